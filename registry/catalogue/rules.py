"""What entries owe each other: what they name exists, nothing is there twice, nothing goes in a circle."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from foundation.errors import Invalid
from registry.agencies.values import AgencyEntry, SystemEntry
from registry.agreements.values import AgreementEntry
from registry.catalogue.values import AnyEntry, Catalogue
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry


@dataclass(frozen=True)
class LinkProblem:
    """One thing that does not fit: which of the new entries (from 0), at which field, and why."""

    index: int
    field: str
    sentence: str


def check_links(catalogue: Catalogue, entries: Sequence[AnyEntry]) -> None:
    """Refuse entries that do not fit the register or each other, with every problem at once."""
    found = find_link_problems(catalogue, entries)
    if found:
        listed = "; ".join(f"{entries[one.index].title}: {one.sentence}" for one in found)
        raise Invalid(f"Nothing was changed. {listed}", problems={one.field: one.sentence for one in found})


def find_link_problems(catalogue: Catalogue, entries: Sequence[AnyEntry]) -> list[LinkProblem]:
    """Everything that would not fit once all of these entries were in the register."""
    after = with_entries(catalogue, entries)
    return [
        LinkProblem(index, field, sentence)
        for index, entry in enumerate(entries)
        for field, sentence in _problems(after, catalogue, entry)
    ] + list(_doubled(after, entries))


def with_entries(catalogue: Catalogue, entries: Sequence[AnyEntry]) -> Catalogue:
    """The register as it would be with these entries in place of the ones of the same key."""

    def merged(mapping: Mapping[str, AnyEntry], kind: type) -> dict[str, AnyEntry]:
        return {**mapping, **{entry.key: entry for entry in entries if isinstance(entry, kind)}}

    return replace(
        catalogue,
        agencies=merged(catalogue.agencies, AgencyEntry),  # type: ignore[arg-type]
        systems=merged(catalogue.systems, SystemEntry),  # type: ignore[arg-type]
        agreements=merged(catalogue.agreements, AgreementEntry),  # type: ignore[arg-type]
        gateways={**catalogue.gateways, **{one.number: one for one in entries if isinstance(one, GatewayEntry)}},
        items={**catalogue.items, **{one.id: one for one in entries if isinstance(one, ItemEntry)}},
    )


def _problems(after: Catalogue, before: Catalogue, entry: AnyEntry) -> Iterator[tuple[str, str]]:
    if isinstance(entry, AgencyEntry) and entry.code in after.systems:
        yield "code", f"{entry.code} is a system already"
    elif isinstance(entry, SystemEntry):
        if entry.agency not in after.agencies:
            yield "agency", f"the register has no agency {entry.agency}"
        if entry.code in after.agencies:
            yield "code", f"{entry.code} is an agency already"
    elif isinstance(entry, GatewayEntry):
        yield from _gateway_problems(after, entry)
    elif isinstance(entry, ItemEntry):
        yield from _item_problems(after, before, entry)
    elif isinstance(entry, AgreementEntry):
        yield from _agreement_problems(after, entry)


def _gateway_problems(after: Catalogue, entry: GatewayEntry) -> Iterator[tuple[str, str]]:
    following = entry.superseded_by
    if following is None:
        return
    if following not in after.gateways:
        yield "superseded_by", f"the register has no legal gateway {following}"
    elif _circles(entry.number, lambda number: _followers(after, number)):
        yield "superseded_by", f"gateway {entry.number} would follow itself: supersession goes in a circle"


def _item_problems(after: Catalogue, before: Catalogue, entry: ItemEntry) -> Iterator[tuple[str, str]]:
    for code in entry.sources:
        if after.agency_of(code) is None:
            yield "sources", f"the register has no agency or system {code}"
    earlier = before.items.get(entry.id)
    for number in entry.gateways:
        gateway = after.gateways.get(number)
        if gateway is None:
            yield "gateways", f"the register has no legal gateway {number}"
        elif gateway.ended_on is not None and (earlier is None or number not in earlier.gateways):
            yield "gateways", f"gateway {number} has ended and cannot be cited anew"
    for item_id in entry.made_from:
        if item_id not in after.items:
            yield "made_from", f"the register has no data item {item_id}"
    if entry.made_from and _circles(entry.id, lambda item_id: _makers(after, item_id)):
        yield "made_from", "the item would be made from itself, over others"


def _agreement_problems(after: Catalogue, entry: AgreementEntry) -> Iterator[tuple[str, str]]:
    for code in entry.parties:
        if code not in after.agencies:
            yield "parties", f"the register has no agency {code}"
    for item_id in entry.items:
        if item_id not in after.items:
            yield "items", f"the register has no data item {item_id}"
    for number in entry.gateways:
        if number not in after.gateways:
            yield "gateways", f"the register has no legal gateway {number}"


def _doubled(after: Catalogue, entries: Sequence[AnyEntry]) -> Iterator[LinkProblem]:
    """Items are told apart by group and name, so two of one group and name are one too many (R51)."""
    owners: dict[tuple[str, str], int] = {}
    new = {entry.id for entry in entries if isinstance(entry, ItemEntry)}
    for item in after.items.values():
        if item.id not in new:
            owners[(item.group, item.name)] = item.id
    for index, entry in enumerate(entries):
        if isinstance(entry, ItemEntry):
            other = owners.setdefault((entry.group, entry.name), entry.id)
            if other != entry.id:
                yield LinkProblem(index, "name", f"the register already has a data item '{entry.title}'")


def _circles(start: int, following: Callable[[int], Sequence[int]]) -> bool:
    seen: set[int] = set()
    ahead = list(following(start))
    while ahead:
        number = ahead.pop()
        if number == start:
            return True
        if number not in seen:
            seen.add(number)
            ahead += following(number)
    return False


def _followers(after: Catalogue, number: int) -> Sequence[int]:
    gateway = after.gateways.get(number)
    return [gateway.superseded_by] if gateway is not None and gateway.superseded_by is not None else []


def _makers(after: Catalogue, item_id: int) -> Sequence[int]:
    item = after.items.get(item_id)
    return item.made_from if item is not None else ()
