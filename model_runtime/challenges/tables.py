"""Challenges to a score or a model, and apart from them how to reach whoever wrote (R22)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from model_runtime.scores.tables import Score
from registry.models.tables import RiskModel


class Challenge(Base):
    """One challenge. `raised_by_id` is set when a colleague raised it; `due_on` is the last day to acknowledge it.

    `model_id` is empty while nobody knows which model it is about. The ledger holds `commitment`, the keyed digest of
    the words under `salt`, and never the words.
    """

    __tablename__ = "challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    writer: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(12))
    model_id: Mapped[int | None] = mapped_column(ForeignKey("risk_model.id"), index=True)
    raised_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    stage: Mapped[str] = mapped_column(String(20), index=True)
    text: Mapped[str] = mapped_column(Text)
    received_at: Mapped[datetime]
    due_on: Mapped[date]
    acknowledged_at: Mapped[datetime | None]
    reviewer_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    reviewer_named_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64))
    model: Mapped[RiskModel | None] = relationship(lazy="joined")


class ChallengeContact(Base):
    """Who wrote from outside, how to reach them, and whom it is about: apart from all that is audited."""

    __tablename__ = "challenge_contact"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    reach: Mapped[str] = mapped_column(String(300))
    about: Mapped[str] = mapped_column(String(300))


class ChallengeScore(Base):
    """A score that a challenge is about; a wrong link can be taken off until there is an outcome."""

    __tablename__ = "challenge_score"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"), primary_key=True, index=True)
    linked_at: Mapped[datetime]
    linked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    score: Mapped[Score] = relationship(lazy="joined")


class ChallengeOutcome(Base):
    """What the reviewer decided and why: upheld, partly_upheld or not_upheld. Only grows."""

    __tablename__ = "challenge_outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(20))
    reasons: Mapped[str] = mapped_column(Text)
    correction: Mapped[str] = mapped_column(Text)
    rescore: Mapped[bool]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64))


class ChallengeNotice(Base):
    """Somebody who saw a score is told that a challenge to it was upheld; `read_at` says when they read it."""

    __tablename__ = "challenge_notice"
    __table_args__ = (UniqueConstraint("challenge_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    told_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    challenge: Mapped[Challenge] = relationship(lazy="joined")
