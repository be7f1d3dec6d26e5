"""Reading the ledger: for auditors, packs and the check, never for a feature."""

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.ledger.tables import LedgerEntry, LedgerLink, LedgerWaiting
from foundation.ledger.values import START, Verification, chain, digest


def last_link(session: Session) -> LedgerLink | None:
    """The newest link of the chain, or none while the ledger is empty."""
    return session.scalars(select(LedgerLink).order_by(LedgerLink.number.desc()).limit(1)).first()


def count_waiting(session: Session) -> int:
    """How many entries have no place in the chain yet."""
    return session.scalar(select(func.count()).select_from(LedgerWaiting)) or 0


def list_recent(session: Session, limit: int = 100, model: str | None = None) -> Sequence[LedgerEntry]:
    """The newest entries first, of one model or of all."""
    chosen = select(LedgerEntry).order_by(LedgerEntry.at.desc(), LedgerEntry.id).limit(limit)
    if model:
        chosen = chosen.where(LedgerEntry.model == model)
    return session.scalars(chosen).all()


def iterate_chain(session: Session) -> Iterator[tuple[LedgerLink, LedgerEntry | None]]:
    """Every link in order with its entry (none where the entry is gone)."""
    rows = (
        select(LedgerLink, LedgerEntry)
        .join(LedgerEntry, LedgerEntry.id == LedgerLink.entry_id, isouter=True)
        .order_by(LedgerLink.number)
        .execution_options(yield_per=1000)
    )
    yield from session.execute(rows).tuples()


def verify(session: Session) -> Verification:
    """Hash every stored entry again and follow the chain from its start; list each fault in words."""
    faults: list[str] = []
    head, count = START, 0
    for link, entry in iterate_chain(session):
        faults += _faults_of(link, entry, count, head)
        head, count = link.chain_hash, link.number + 1
    return Verification(entries=count, waiting=count_waiting(session), head=head, faults=tuple(faults))


def _faults_of(link: LedgerLink, entry: LedgerEntry | None, expected: int, head: str) -> list[str]:
    faults = []
    if link.number != expected:
        faults.append(f"Entries {expected} to {link.number - 1} are missing from the chain.")
    if entry is None:
        faults.append(f"Entry {link.number} is gone.")
    elif digest(entry.body) != link.entry_hash or entry.entry_hash != link.entry_hash:
        faults.append(f"Entry {link.number} was changed after it was written.")
    if chain(head, link.entry_hash) != link.chain_hash:
        faults.append(f"The chain is broken at entry {link.number}.")
    return faults
