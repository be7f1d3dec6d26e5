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
