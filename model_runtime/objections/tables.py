"""Objections of people to being scored, and how each was answered (UK GDPR article 21; R53)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from registry.models.tables import RiskModel


class Objection(Base):
    """What a person objected to, under the reference their agency knows them by, known here or not. Only grows.

    `person_key` is the reference in small letters: an objection stops a score however the reference is typed.
    `model_id` and `use_code` name one use, in every version and edition of it; both are empty for all uses. The ledger
    holds `commitment`, the keyed digest of person and words under `salt`, and never either of them.
    """

    __tablename__ = "objection"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    person_reference: Mapped[str] = mapped_column(String(40))
    person_key: Mapped[str] = mapped_column(String(40), index=True)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("risk_model.id"), index=True)
    use_code: Mapped[str | None] = mapped_column(String(60))
    words: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(String(12))
    received_on: Mapped[date]
    due_on: Mapped[date]
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64))
    model: Mapped[RiskModel | None] = relationship(lazy="joined")
    answer: Mapped["ObjectionAnswer | None"] = relationship(lazy="joined", back_populates="objection")


class ObjectionAnswer(Base):
    """How one objection was answered: upheld, and it stands for good, or overridden for the grounds given. Only grows.

    `told_on` is the day on which the person was told, with the reasons and of their right to complain.
    """

    __tablename__ = "objection_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    objection_id: Mapped[int] = mapped_column(ForeignKey("objection.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    told_on: Mapped[date]
    told_way: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64))
    objection: Mapped[Objection] = relationship(back_populates="answer")
