"""Everything the register holds about data and law, as rows that only grow: who changed what, when and why.

An agency, system, gateway, data item or sharing agreement is never changed in place. Each change is a revision that
holds the whole entry as it then stood, so that the register can be read as at any past moment (R50).
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Revision(Base):
    """One entry as somebody left it. `state` is the digest of the whole register after this revision.

    `thing` is a code of `Thing`, `key` the entry's own number or code, `number` counts the entry's revisions from 1.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("thing", "key", "number"), Index("ix_revision_at", "at"))

    id: Mapped[int] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(String(12))
    key: Mapped[str] = mapped_column(String(60))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    change: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    content: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
    state: Mapped[str] = mapped_column(String(64))


class RegisterState(Base):
    """The one row that says which state the register is in; whoever revises it holds this row until the commit."""

    __tablename__ = "register_state"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(64))
