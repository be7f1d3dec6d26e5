"""Writing to the ledger: an entry stands in the same transaction as the change it records (R20)."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, text
from sqlalchemy.orm import Session

from foundation.ledger.queries import last_link
from foundation.ledger.tables import LedgerEntry, LedgerLink, LedgerWaiting
from foundation.ledger.values import FORMAT, START, canonical_bytes, chain, digest

LOCK = 0x616C676F
"""The advisory lock on PostgreSQL that lets one sequencer work at a time."""


def record(
    session: Session,
    kind: str,
    *,
    actor: str,
    at: datetime,
    model: str | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    """Append one entry. `actor` is a reference such as `account:4` or `worker`, never a name;
    `facts` hold references, codes and digests, never personal data."""
    record_all(session, kind, actor=actor, at=at, model=model, facts=[facts or {}])


def record_all(
    session: Session, kind: str, *, actor: str, at: datetime, facts: Sequence[dict[str, Any]], model: str | None = None
) -> None:
    """Append one entry for each of many facts; they are written together."""
    entries = [_entry(kind, actor, at, model, one) for one in facts]
    session.flush()  # what the entries are about comes first
    if entries:
        connection = session.connection()
        connection.execute(ENTER, entries)
        connection.execute(WAIT, [{"entry_id": entry["id"]} for entry in entries])


ENTER, WAIT = insert(LedgerEntry), insert(LedgerWaiting)


def _entry(kind: str, actor: str, at: datetime, model: str | None, facts: dict[str, Any]) -> dict[str, Any]:
    """An entry as its row."""
    identity = secrets.token_hex(16)
    body = canonical_bytes(
        {
            "format": FORMAT,
            "id": identity,
            "kind": kind,
            "at": at.isoformat(timespec="microseconds"),
            "actor": actor,
            "model": model,
            "facts": facts,
        }
    )
    return {"id": identity, "kind": kind, "model": model, "at": at, "body": body, "entry_hash": digest(body)}


def sequence(session: Session, limit: int = 1000) -> int:
    """Give waiting entries their places in the chain and return how many; the stored bytes are hashed afresh.

    Entries without a place are looked for, not numbers after the last one: a transaction that committed late
    is simply found the next time. Called in a writing session by one process at a time.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    last = last_link(session)
    number, head = (last.number + 1, last.chain_hash) if last else (0, START)
    waiting = select(LedgerEntry).join(LedgerWaiting, LedgerWaiting.entry_id == LedgerEntry.id)
    entries = session.scalars(waiting.order_by(LedgerEntry.at, LedgerEntry.id).limit(limit)).all()
    for offset, entry in enumerate(entries):
        entry_hash = digest(entry.body)
        head = chain(head, entry_hash)
        session.add(LedgerLink(number=number + offset, entry_id=entry.id, entry_hash=entry_hash, chain_hash=head))
    session.flush()
    placed = [entry.id for entry in entries]
    session.execute(delete(LedgerWaiting).where(LedgerWaiting.entry_id.in_(placed)))
    return len(entries)
