"""Every change of stage, as rows that only grow: the history that screens read."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class StageChange(Base):
    """One step taken by one thing: what it was, what it became, who did it, when and why."""

    __tablename__ = "stage_change"
    __table_args__ = (Index("ix_stage_change_thing", "thing", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(String(20))
    thing_id: Mapped[int]
    step: Mapped[str] = mapped_column(String(40))
    source: Mapped[str] = mapped_column(String(20))
    target: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
