"""Watches that ran: what was compared, what was found. Rows only grow."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from registry.models.tables import Use


class WatchRun(Base):
    """One watch of one use: `result` is the dictionary of `WatchResult`, `due_at` the night it was for.

    `plan_number` is the version of the plan in force when it ran: its report shows the limits of that day (R12).
    """

    __tablename__ = "watch_run"
    __table_args__ = (UniqueConstraint("use_id", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    due_at: Mapped[datetime]
    ran_at: Mapped[datetime]
    verdict: Mapped[str] = mapped_column(String(12), index=True)
    sentence: Mapped[str] = mapped_column(Text)
    result: Mapped[dict[str, Any]]
    current_sha256: Mapped[str] = mapped_column(String(64))
    plan_number: Mapped[int] = mapped_column(default=1)
    use: Mapped[Use] = relationship(lazy="joined")
