"""What the law's check makes of what it sees; pure: no query, no clock."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from foundation.web.texts import date_text
from monitoring.footings.values import LOOK_AHEAD_DAYS, Ahead, AheadKind
from registry.agencies.values import AgencyEntry
from registry.agreements.values import AgreementEntry
from registry.catalogue.values import Catalogue
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry
from registry.models.resting import Feed, Reached

SAID = 3
"""How many things a question to the committee spells out; the case has all of them."""


def not_told(sentences: Iterable[str], told: Collection[str]) -> list[str]:
    """What no open case says yet; while a case about it is open, nothing is opened twice (R12)."""
    return [sentence for sentence in sentences if sentence not in told]


def shortened(sentences: Sequence[str]) -> str:
    """The first few sentences in one text, and how many more there are."""
    more = len(sentences) - SAID
    told = " ".join(sentences[:SAID])
    return f"{told} And {more} more, which the case lists." if more > 0 else told


def find_way(reached: Mapping[int, Reached], number: int) -> tuple[str, ...]:
    """What lies between a model's result and a data item made from it: models by name, items in quotation marks."""
    between, found = [], reached[number]
    while found.over is not None:
        between.append(found.model.name if found.model is not None else f"'{found.item.title}'")
        found = reached[found.over.id]
    return tuple(reversed(between))


def find_feeding(catalogue: Catalogue, feeds: Iterable[Feed], items: Iterable[int]) -> dict[str, tuple[str, ...]]:
    """The models whose results go into some data items, by short name, each with the models in between.

    It goes backwards, the nearest first, and past nothing twice: models that feed each other in a circle end it.
    """
    made_by = {feed.item_id: feed for feed in feeds}
    ahead: list[tuple[int, tuple[str, ...]]] = [(number, ()) for number in sorted(items)]
    seen, found = {number for number, _ in ahead}, dict[str, tuple[str, ...]]()
    while ahead:
        number, over = ahead.pop(0)
        feed, item = made_by.get(number), catalogue.items.get(number)
        if feed is not None:
            found.setdefault(feed.slug, over)
        beyond = (feed.name, *over) if feed is not None else over
        before = {*(feed.inputs if feed else ()), *(item.made_from if item else ())} - seen
        seen |= before
        ahead += [(one, beyond) for one in sorted(before)]
    return found


def find_ahead(catalogue: Catalogue, today: date) -> list[Ahead]:
    """The entries of the register that end, or are to be checked, within 60 days; checks that are overdue too (R50)."""
    last = today + timedelta(days=LOOK_AHEAD_DAYS)
    found = [*_agreements(catalogue), *_gateways(catalogue, today), *_items(catalogue), *_agencies(catalogue)]
    overdue = (AheadKind.CHECK,)
    return sorted(
        (one for one in found if one.on <= last and (one.on >= today or one.kind in overdue)),
        key=lambda one: (one.on, one.title),
    )


def _agreements(catalogue: Catalogue) -> Iterator[Ahead]:
    for one in catalogue.agreements.values():
        on = min(one.ends_on, _last_day(one.ended_on) or one.ends_on)
        sentence = f"The agreement '{one.title}' runs until {date_text(on)}."
        place = (("code", one.code),)
        yield Ahead(AheadKind.ENDS, on, one.title, sentence, "agreements.show", place, frozenset(one.items))


def _gateways(catalogue: Catalogue, today: date) -> Iterator[Ahead]:
    for one in catalogue.gateways.values():
        items = frozenset(item.id for item in catalogue.items_citing(one.number))
        place = (("number", one.number),)
        ends = [day for day in (_last_day(one.ended_on), _last_day(one.in_force_to)) if day is not None]
        if ends:
            sentence = f"Gateway {one.title}, can be relied on until {date_text(min(ends))}."
            yield Ahead(AheadKind.ENDS, min(ends), one.title, sentence, "gateways.show", place, items)
        if one.check_again_on is not None and _can_be_relied_on(one, today):
            sentence = f"Gateway {one.title}, is to be checked again by {date_text(one.check_again_on)}."
            yield Ahead(AheadKind.CHECK, one.check_again_on, one.title, sentence, "gateways.show", place, items)


def _items(catalogue: Catalogue) -> Iterator[Ahead]:
    for one in catalogue.items.values():
        if one.ended_on is not None:
            yield _ending(one, "items.show", ("item_id", one.id), frozenset({one.id}))


def _agencies(catalogue: Catalogue) -> Iterator[Ahead]:
    for one in catalogue.agencies.values():
        if one.ended_on is not None:
            items = frozenset(item.id for item in catalogue.items.values() if one in catalogue.suppliers(item))
            yield _ending(one, "agencies.show", ("code", one.code), items)


def _ending(
    entry: ItemEntry | AgencyEntry, endpoint: str, place: tuple[str, int | str], items: frozenset[int]
) -> Ahead:
    on = _last_day(entry.ended_on) or date.max
    sentence = f"'{entry.title}' can be relied on until {date_text(on)}."
    return Ahead(AheadKind.ENDS, on, entry.title, sentence, endpoint, (place,), items)


def _can_be_relied_on(gateway: GatewayEntry, today: date) -> bool:
    return gateway.stands(today) and (gateway.in_force_to is None or today < gateway.in_force_to)


def _last_day(first_without: date | None) -> date | None:
    return first_without - timedelta(days=1) if first_without is not None else None


def find_agreement(ahead: Ahead, catalogue: Catalogue) -> AgreementEntry | None:
    """The agreement that a line is about, if it is about one."""
    return (
        catalogue.agreements.get(str(dict(ahead.arguments).get("code")))
        if ahead.endpoint == "agreements.show"
        else None
    )
