"""The ledger: what was written, and the place each entry has in the chain. Both only grow."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class LedgerEntry(Base):
    """One thing that happened; `body` is the canonical bytes whose SHA-256 is `entry_hash`."""

    __tablename__ = "ledger_entry"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40), index=True)
    model: Mapped[str | None] = mapped_column(String(80), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
    entry_hash: Mapped[str] = mapped_column(String(64))


class LedgerLink(Base):
    """The place of an entry: `number` counts from 0 without a gap, `chain_hash` covers all entries up to it."""

    __tablename__ = "ledger_link"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[str] = mapped_column(ForeignKey("ledger_entry.id"), unique=True)
    entry_hash: Mapped[str] = mapped_column(String(64))
    chain_hash: Mapped[str] = mapped_column(String(64))


class LedgerWaiting(Base):
    """Entries that have no place in the chain yet: written with the entry, removed when it gets its place."""

    __tablename__ = "ledger_waiting"

    entry_id: Mapped[str] = mapped_column(ForeignKey("ledger_entry.id"), primary_key=True)
