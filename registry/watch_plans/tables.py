"""Proposed changes of how a use is watched: numbered versions of its plan, and what became of each (R12)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from foundation.lifecycle.values import Stage
from registry.models.tables import Use
from registry.watch_plans.values import PLAN_LIFE, WatchPlan


class PlanVersion(Base):
    """A version of the plan by which a use is watched, from number 2; number 1 is what was declared and has no row.

    `content` is the dictionary of `WatchPlan` under its digest `sha256`: what does not agree with it is never watched
    by. Only the stage and `decided_at` are ever filled in later, by the committee's decision.
    """

    __tablename__ = "watch_plan"
    __table_args__ = (UniqueConstraint("use_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    reason: Mapped[str] = mapped_column(Text)
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime]
    stage: Mapped[str] = mapped_column(String(12), default=PLAN_LIFE.first)
    decided_at: Mapped[datetime | None]
    use: Mapped[Use] = relationship(lazy="joined")

    @property
    def plan(self) -> WatchPlan:
        """What it says, to be shown; whoever watches by it reads it through `queries.read_plan`."""
        return WatchPlan.from_dict(self.content, self.number)

    @property
    def stage_card(self) -> Stage:
        """Its stage as people read it."""
        return PLAN_LIFE.stages[self.stage]
