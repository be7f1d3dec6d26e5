"""Concerns that staff raise about a score, and the answers to them. Both only grow."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from model_runtime.scores.tables import Score


class Concern(Base):
    """One concern about a score. `due_on` is the last day to answer it.

    The ledger holds `commitment`, the keyed digest of the words under `salt`, and never the words.
    """

    __tablename__ = "concern"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    raised_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime]
    due_on: Mapped[date]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64))
    score: Mapped[Score] = relationship(lazy="joined")
    answer: Mapped["ConcernAnswer | None"] = relationship(lazy="joined", viewonly=True)


class ConcernAnswer(Base):
    """What was found and what is done about it: one for each concern."""

    __tablename__ = "concern_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    concern_id: Mapped[int] = mapped_column(ForeignKey("concern.id"), unique=True)
    founded: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64))
