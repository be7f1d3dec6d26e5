"""What the register as a whole says: which data items have no lawful route, which wait for a lawyer.

The engine's answer about thousands of items takes a while. What speaks against a provision depends on few things about
an item, so each combination is asked once; the whole is kept in memory under the digest of the register's state.
"""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from registry.agencies.values import AgencyEntry
from registry.catalogue.values import Catalogue
from registry.footing.routes import make_route
from registry.footing.values import RouteState
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry
from registry.models.tables import RiskModel

KEPT = 6
States = dict[tuple[object, ...], RouteState]


@dataclass(frozen=True)
class Standing:
    """The data items that stand on a day: `blocked` have no lawful route, `waiting` one that a lawyer has to accept."""

    blocked: Sequence[ItemEntry]
    waiting: Sequence[ItemEntry]


_kept: OrderedDict[tuple[str, datetime | None, date], Standing] = OrderedDict()
_lock = Lock()


def find_standing(catalogue: Catalogue, day: date) -> Standing:
    """How every data item stands before the law, whoever asks for it (R16)."""
    key = catalogue.state, catalogue.as_at, day
    with _lock:
        if key in _kept:
            return _kept[key]
    found = _find(catalogue, day)
    with _lock:
        _kept[key] = found
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return found


def count_models(session: Session) -> dict[str, int]:
    """How many models are held here, and how many others are known of."""
    counted = select(RiskModel.held, func.count()).group_by(RiskModel.held)
    found = dict(session.execute(counted).tuples().all())
    return {"held": found.get(True, 0), "others": found.get(False, 0)}


def _find(catalogue: Catalogue, day: date) -> Standing:
    known: States = {}
    blocked, waiting = [], []
    for item in catalogue.listed_items:
        if item.stands(day):
            states = [_best(catalogue, item, who, day, known) for who in catalogue.suppliers(item)]
            if RouteState.NO in states or not item.gateways:
                blocked.append(item)
            elif RouteState.SIGN_OFF in states:
                waiting.append(item)
    return Standing(blocked, waiting)


def _best(catalogue: Catalogue, item: ItemEntry, who: AgencyEntry, day: date, known: States) -> RouteState:
    """The best route by which one agency could disclose an item."""
    states = {_state(item, who, law, day, known) for law in catalogue.gateways_of(item)}
    return next((state for state in (RouteState.STANDS, RouteState.SIGN_OFF) if state in states), RouteState.NO)


def _state(item: ItemEntry, who: AgencyEntry, law: GatewayEntry, day: date, known: States) -> RouteState:
    key = law.number, who.code, item.subjects, item.matter
    if key not in known:
        known[key] = make_route(item, who, law, day, None).state
    return known[key]
