"""Rows that other tables point to: an agency, a system, a data item. They follow the newest revision."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy.orm import Session

from registry.agencies.tables import Agency, Source
from registry.agencies.values import AgencyEntry, SystemEntry
from registry.catalogue.values import AnyEntry
from registry.items.tables import DataItem
from registry.items.values import ItemEntry


def number_anew(entries: Iterable[AnyEntry]) -> Iterator[AnyEntry]:
    """The entries, with a number below zero for each data item that has none yet, so that no two are mixed up."""
    for position, entry in enumerate(entries, start=1):
        new = isinstance(entry, ItemEntry) and entry.id == 0
        yield entry.model_copy(update={"id": -position}) if new else entry


def keep_anchors(session: Session, entries: Sequence[AnyEntry]) -> list[AnyEntry]:
    """Make or bring up to date the rows that others point to; new data items come back with their own numbers.

    The rows of all items are written together, so that a file of ten thousand does not take minutes.
    """
    rows = {index: _item_row(session, entry) for index, entry in enumerate(entries) if isinstance(entry, ItemEntry)}
    session.flush()
    for entry in entries:
        _keep_source(session, entry)
    return [
        entry.model_copy(update={"id": rows[index].id}) if index in rows else entry
        for index, entry in enumerate(entries)
    ]


def _item_row(session: Session, entry: ItemEntry) -> DataItem:
    row = session.get(DataItem, entry.id) if entry.id > 0 else None
    row = row or DataItem()
    row.group_name, row.name = entry.group, entry.name
    session.add(row)
    return row


def _keep_source(session: Session, entry: AnyEntry) -> None:
    if isinstance(entry, AgencyEntry):
        session.merge(Agency(code=entry.code, name=entry.name, kind=entry.kind.value))
        session.flush()
        session.merge(Source(code=entry.code, name=entry.name, kind=entry.kind.value, agency_code=entry.code))
    elif isinstance(entry, SystemEntry):
        session.merge(Source(code=entry.code, name=entry.name, kind="system", agency_code=entry.agency))
    session.flush()
