"""What left the runtime: advisory scores, refusals, and every viewing of a score. All three only grow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from model_runtime.people.tables import Person
from registry.models.tables import Use


class Score(Base):
    """One advisory score as it was given. `value` is for watching the model and never shown to people (R41).

    `value` is in the unit of the version's bands and threshold: a chance from 0 to 1, or a point score's points.
    `advisory` is the complete advisory score; the ledger holds its keyed digest under `salt`, which nobody can guess
    without this row. `request_key` makes one press of the button one score. A `shadow` score was given under a
    shadow approval: it is recorded to be measured and never shown to anybody (R08). `layers` are those that really
    shut the engine in when it was made; `through` is the token of the system that asked on behalf of `asked_by`.
    """

    __tablename__ = "score"
    __table_args__ = (Index("ix_score_approval_id_person_id", "approval_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    request_key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    as_of: Mapped[date]
    value: Mapped[float]
    band: Mapped[str] = mapped_column(String(20))
    shadow: Mapped[bool] = mapped_column(default=False)
    features: Mapped[dict[str, Any]]
    largest_error: Mapped[float]
    artefact_sha256: Mapped[str] = mapped_column(String(64))
    advisory: Mapped[dict[str, Any]]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    commitment: Mapped[str] = mapped_column(String(64))
    layers: Mapped[list[Any]] = mapped_column(default=list)
    through_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"))
    person: Mapped[Person] = relationship(lazy="joined")
    use: Mapped[Use] = relationship(lazy="joined")


class Refusal(Base):
    """A score that was asked for and not given: which gate was closed, in a stable code and a sentence."""

    __tablename__ = "refusal"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    request_key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    use_id: Mapped[int | None] = mapped_column(ForeignKey("model_use.id"), index=True)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    purpose: Mapped[str] = mapped_column(String(200))
    code: Mapped[str] = mapped_column(String(40), index=True)
    sentence: Mapped[str] = mapped_column(Text)
    what_next: Mapped[list[Any]]
    through_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"))
    person: Mapped[Person | None] = relationship(lazy="joined")
    use: Mapped[Use | None] = relationship(lazy="joined")


class Viewing(Base):
    """Somebody looked at a score."""

    __tablename__ = "viewing"

    id: Mapped[int] = mapped_column(primary_key=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
