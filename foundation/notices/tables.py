"""The outbox: everybody is told once of each thing that waits for them, in the house and by e-mail (R12)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Notice(Base):
    """One thing that waits for an account. Its words say nothing about anybody who was scored: they leave the house.

    `key` tells one thing from another; `ended_at` is set when it no longer waits. `claimed_at` is set and committed
    before an e-mail is handed over: with it and without `sent_at` nobody knows whether it arrived, and it is not
    sent again. `problem` says why it was not taken, `tries` how often it was offered.
    """

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    key: Mapped[str] = mapped_column(String(64))
    subject: Mapped[str] = mapped_column(String(300))
    endpoint: Mapped[str] = mapped_column(String(80))
    arguments: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(300), default="")
    tries: Mapped[int] = mapped_column(default=0)
