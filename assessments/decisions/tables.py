"""What the committee advised, what was decided, conditions and suspensions. Advice and decisions only grow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.committee.tables import AgendaItem
from assessments.decisions.values import NewCondition
from foundation.database.base import Base
from registry.models.tables import Use


class Advice(Base):
    """What the committee says about one agenda item, as its votes carry it; an item has at most one (R09).

    `conditions` are those it proposes: text, due day, duty, whether critical, and who answers for it.
    """

    __tablename__ = "advice"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    outcome: Mapped[str] = mapped_column(String(24))
    reasons: Mapped[str] = mapped_column(Text)
    review_on: Mapped[date | None]
    conditions: Mapped[list[Any]]
    tally: Mapped[dict[str, Any]]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]

    @property
    def proposed(self) -> list[NewCondition]:
        """The conditions it proposes."""
        return [NewCondition.from_dict(condition) for condition in self.conditions]


class Decision(Base):
    """The decision on one agenda item; an item has at most one. `tally` counts the votes by choice.

    The committee decides, or, where it only advises, an accountable officer (`by_officer`): `departs` is then whether
    the decision is another one than the advice, with `published_reasons` for everybody to read (R09).
    """

    __tablename__ = "decision"

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    outcome: Mapped[str] = mapped_column(String(24))
    reasons: Mapped[str] = mapped_column(Text)
    review_on: Mapped[date | None]
    tally: Mapped[dict[str, Any]]
    fingerprint: Mapped[str] = mapped_column(String(64))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    recorded_at: Mapped[datetime]
    by_officer: Mapped[bool] = mapped_column(default=False)
    departs: Mapped[bool] = mapped_column(default=False)
    published_reasons: Mapped[str] = mapped_column(Text, default="")
    item: Mapped[AgendaItem] = relationship(lazy="joined")
    conditions: Mapped[list["Condition"]] = relationship(lazy="selectin", order_by="Condition.id")


class Condition(Base):
    """Something the approval depends on: what, under which duty, by when, by whom, and how it was met (R11).

    `duty` is the code of a letter of ALGO-CARE. `owner_id` is the model's owner or deputy; none means the owner. They
    fill in `evidence`; the chair says that it is met. A `critical` one that is overdue suspends the use.
    """

    __tablename__ = "condition"

    id: Mapped[int] = mapped_column(primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decision.id"), index=True)
    duty: Mapped[str] = mapped_column(String(20), default="responsible")
    text: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date]
    met_at: Mapped[datetime | None]
    met_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    evidence: Mapped[str] = mapped_column(Text, default="")
    evidence_at: Mapped[datetime | None]
    critical: Mapped[bool] = mapped_column(default=False)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Suspension(Base):
    """A use that was stopped at once, by whom and why, and what became of that (R11, R12).

    `by_id` is none for the worker. `ratified_at` is when it was decided that the stop stays, `lifted_at` when the use
    was let go on, `lapsed_at` when a meeting ended without deciding. Only those three are ever filled in later.
    """

    __tablename__ = "suspension"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    ratified_at: Mapped[datetime | None]
    lifted_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    use: Mapped[Use] = relationship(lazy="joined")
