"""What practitioners made of a score: their own judgement, recorded beside it (R07)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Judgement(Base):
    """One practitioner's judgement on one score: agree, disagree or not_used, why, and what they will do."""

    __tablename__ = "judgement"
    __table_args__ = (UniqueConstraint("score_id", "by_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    view: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text, default="")


class FirstView(Base):
    """A practitioner's own view of the person, recorded before the score was shown to them (R39).

    `band` is one of the version's: where they would have placed the person. `reason` says why.
    """

    __tablename__ = "first_view"
    __table_args__ = (UniqueConstraint("score_id", "by_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    band: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(Text)
