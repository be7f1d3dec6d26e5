"""What the committee decided, with its reasons, its votes and its conditions. Decisions only grow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.committee.tables import AgendaItem
from foundation.database.base import Base


class Decision(Base):
    """The decision on one agenda item; an item has at most one. `tally` counts the votes by choice."""

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
    item: Mapped[AgendaItem] = relationship(lazy="joined")
    conditions: Mapped[list["Condition"]] = relationship(lazy="selectin", order_by="Condition.id")


class Condition(Base):
    """Something the approval depends on: what, under which duty, by when, and how it was met (R11).

    `duty` is the code of a letter of ALGO-CARE. The owner fills in `evidence`; the chair says that it is met.
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
