"""Work for the worker process: jobs and due times, each claimed once, and the signs of life of whoever claims them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Firing(Base):
    """One due time of one schedule: what ran then, or that nothing did. Each due time is one row and is claimed once.

    What ran is forgotten after two years; what did not run, and what somebody ran by hand, stays.
    """

    __tablename__ = "firing"
    __table_args__ = (UniqueConstraint("schedule", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    schedule: Mapped[str] = mapped_column(String(40))
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(12))
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(120))
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    by_hand_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Job(Base):
    """A job: `key` is unique, so that one piece of work asked for twice is done once."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12), index=True, default="queued")
    asked_by: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(Text)
    claimed_by: Mapped[str | None] = mapped_column(String(120))
    interruptions: Mapped[int] = mapped_column(default=0, server_default="0")
    firing_id: Mapped[int | None] = mapped_column(ForeignKey("firing.id"), index=True)


class WorkerSign(Base):
    """A worker process: when it began and, by a number that grows, that it still lives.

    Others compare the number with the one they saw before, never its time with their clock: clocks can be moved.
    """

    __tablename__ = "worker_sign"

    name: Mapped[str] = mapped_column(String(120), primary_key=True)
    started_at: Mapped[datetime]
    beats: Mapped[int] = mapped_column(default=0)
    beat_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
