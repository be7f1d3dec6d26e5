"""Reading the register's data and law, now or as at a past moment, from rows that only grow (R50).

Reading five thousand entries takes a while, so the last few catalogues are kept in memory. They are kept under the
digest of the register's state: the same digest always means the same content, whichever process or database asks.
So does the digest of the state that one revision led to: after a change only what was changed is read again.
"""

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from threading import Lock
from typing import Any
from weakref import WeakValueDictionary

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from registry.agencies.values import AgencyEntry
from registry.agreements.values import AgreementEntry
from registry.catalogue.tables import RegisterState, Revision
from registry.catalogue.values import THINGS, AnyEntry, Catalogue, Thing
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry

EMPTY = Catalogue("", {}, {}, {}, {}, {})
KEPT = 6
SLICE = 500
"""How many revisions one statement names; both databases bound the number of parameters."""
_kept: OrderedDict[tuple[str, datetime | None], Catalogue] = OrderedDict()
_entries: WeakValueDictionary[str, AnyEntry] = WeakValueDictionary()
_lock = Lock()


def read_catalogue(session: Session, as_at: datetime | None = None, *, lock: bool = False) -> Catalogue:
    """The register now, or as at a past moment.

    With `lock` whoever wants to revise the register waits until this transaction ends: what a score rests on cannot
    be ended between the gate and the commit.
    """
    if as_at is not None:
        last = _last_revision(session, as_at)
        return _catalogue(session, last.state, last.id, as_at) if last else EMPTY
    chosen = select(RegisterState)
    if lock:  # read afresh: what this session saw before it held the row may have changed
        chosen = chosen.with_for_update(read=True).execution_options(populate_existing=True)
    state = session.scalars(chosen).first()
    return _catalogue(session, state.state, state.revision_id, None) if state and state.revision_id else EMPTY


def get_gateway(catalogue: Catalogue, number: int) -> GatewayEntry:
    """A gateway by number; an unknown one is refused."""
    return _found(catalogue.gateways.get(number), f"There is no legal gateway {number} in the register")


def get_item(catalogue: Catalogue, item_id: int) -> ItemEntry:
    """A data item by number; an unknown one is refused."""
    return _found(catalogue.items.get(item_id), "There is no such data item in the register")


def get_agreement(catalogue: Catalogue, code: str) -> AgreementEntry:
    """A sharing agreement by code; an unknown one is refused."""
    return _found(catalogue.agreements.get(code), f"There is no sharing agreement {code} in the register")


def get_agency_entry(catalogue: Catalogue, code: str) -> AgencyEntry:
    """An agency by code; an unknown one is refused."""
    return _found(catalogue.agencies.get(code), f"There is no agency {code} in the register")


def list_revisions(session: Session, thing: Thing, key: str, as_at: datetime | None = None) -> Sequence[Revision]:
    """Everything that was done to one entry, newest first, up to a moment."""
    chosen = select(Revision).where(Revision.thing == thing.value, Revision.key == key)
    chosen = chosen.where(Revision.at <= as_at) if as_at else chosen
    return session.scalars(chosen.order_by(Revision.number.desc())).all()


def list_history(
    session: Session, *, thing: str = "", as_at: datetime | None = None, start: int = 0, count: int = 50
) -> Sequence[Revision]:
    """The register's changes, newest first; one page of them."""
    chosen = select(Revision).order_by(Revision.id.desc()).offset(start).limit(count)
    chosen = chosen.where(Revision.thing == thing) if thing else chosen
    return session.scalars(chosen.where(Revision.at <= as_at) if as_at else chosen).all()


def find_last_number(session: Session, thing: Thing, key: str) -> int:
    """How often an entry was revised; 0 when nobody entered it yet."""
    chosen = select(func.max(Revision.number)).where(Revision.thing == thing.value, Revision.key == key)
    return session.scalar(chosen) or 0


def find_last_numbers(session: Session, wanted: Sequence[tuple[Thing, str]]) -> dict[tuple[str, str], int]:
    """How often each of many entries was revised; those nobody entered yet are left out."""
    found: dict[tuple[str, str], int] = {}
    for thing in {thing for thing, _ in wanted}:
        keys = [key for one, key in wanted if one == thing]
        for start in range(0, len(keys), SLICE):
            chosen = select(Revision.key, func.max(Revision.number)).where(Revision.thing == thing.value)
            rows = session.execute(chosen.where(Revision.key.in_(keys[start : start + SLICE])).group_by(Revision.key))
            found |= {(thing.value, key): number for key, number in rows.tuples()}
    return found


def _found(entry: Any, sentence: str) -> Any:
    if entry is None:
        raise NotFound(f"{sentence}.")
    return entry


def _last_revision(session: Session, as_at: datetime) -> Revision | None:
    return session.scalars(select(Revision).where(Revision.at <= as_at).order_by(Revision.id.desc()).limit(1)).first()


def _catalogue(session: Session, state: str, last_id: int, as_at: datetime | None) -> Catalogue:
    key = state, as_at
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    read = _read(session, state, last_id, as_at)
    with _lock:
        _kept[key] = read
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return read


def _read(session: Session, state: str, last_id: int, as_at: datetime | None) -> Catalogue:
    newest = select(func.max(Revision.id)).where(Revision.id <= last_id).group_by(Revision.thing, Revision.key)
    newest = newest.where(Revision.at <= as_at) if as_at else newest
    chosen = select(Revision.id, Revision.thing, Revision.state).where(Revision.id.in_(newest)).order_by(Revision.id)
    rows = session.execute(chosen).tuples().all()
    entries = _read_entries(session, {number: state for number, _, state in rows})
    by_key: dict[Thing, Any] = {thing: {} for thing in Thing}
    for number, code, _ in rows:
        by_key[Thing(code)][_own_key(entries[number])] = entries[number]
    return Catalogue(
        state=state,
        agencies=by_key[Thing.AGENCY],
        systems=by_key[Thing.SYSTEM],
        gateways=by_key[Thing.GATEWAY],
        items=by_key[Thing.ITEM],
        agreements=by_key[Thing.AGREEMENT],
        as_at=as_at,
    )


def _read_entries(session: Session, states: dict[int, str]) -> dict[int, AnyEntry]:
    """The entries of revisions by their numbers; `states` are the states of the register these led to."""
    known = {number: entry for number, state in states.items() if (entry := _entries.get(state)) is not None}
    missing = [number for number in states if number not in known]
    for start in range(0, len(missing), SLICE):
        chosen = select(Revision.id, Revision.thing, Revision.content)
        chosen = chosen.where(Revision.id.in_(missing[start : start + SLICE]))
        for number, code, content in session.execute(chosen).tuples():
            known[number] = _entries[states[number]] = THINGS[Thing(code)].entry.model_validate(content)
    return known


def _own_key(entry: AnyEntry) -> int | str:
    if isinstance(entry, GatewayEntry):
        return entry.number
    return entry.id if isinstance(entry, ItemEntry) else entry.key
