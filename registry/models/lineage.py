"""Where a version's inputs come from: features, data items, agencies, sharing agreements, legal gateways (R16)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from foundation.web.texts import count_text, list_text
from registry.agencies.values import AgencyEntry
from registry.agreements.values import AgreementEntry
from registry.catalogue.values import AnyEntry, Catalogue
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry
from registry.models.drawings import Box, Column, Drawing, Edge
from registry.models.tables import Feature


def loss_of(entry: AnyEntry, day: date) -> str:
    """In a word or two why nothing can rest on an entry on a day; empty while something can."""
    if not entry.stands(day):
        return "Ended"
    if isinstance(entry, GatewayEntry):
        if entry.superseded_by is not None and (entry.in_force_to is None or not entry.in_force(day)):
            return f"Replaced by {entry.superseded_by}"
        return "" if entry.in_force(day) else "Not in force"
    if isinstance(entry, AgreementEntry) and not entry.in_force(day):
        return "Expired" if day > entry.ends_on else "Not begun"
    return ""


def box_of(key: str, text: str, entry: AnyEntry, day: date) -> Box:
    """An entry's box: red with the reason first when it has ended, with a broken edge when no lawyer verified it."""
    lost = loss_of(entry, day)
    if lost:
        return Box(key, f"{lost}: {text}", Edge.ENDED)
    unverified = isinstance(entry, GatewayEntry) and not entry.verified
    return Box(key, text, Edge.UNVERIFIED if unverified else Edge.FIRM)


@dataclass(frozen=True)
class Lineage:
    """The lineage of some features on a day.

    `users` are the codes of the agencies that use the model: an agreement counts when it is about disclosure to one
    of them. `makers` leads from a data item that is made from others, or is another model's result, to those (R38).
    """

    features: tuple[Feature, ...]
    catalogue: Catalogue
    day: date
    users: frozenset[str] = frozenset()
    makers: Mapping[int, Collection[int]] = field(default_factory=dict)
    results: tuple[int, ...] = ()
    """Data items the lineage starts from where there are no features: the result of a model held elsewhere."""

    @cached_property
    def items(self) -> list[ItemEntry]:
        """The data items the features come from, each once."""
        numbers = dict.fromkeys([*(feature.item_id for feature in self.features), *self.results])
        return [self.catalogue.items[number] for number in numbers if number in self.catalogue.items]

    @cached_property
    def further(self) -> list[ItemEntry]:
        """The data items that those are made from, over as many steps as there are, each once."""
        seen = {item.id for item in self.items}
        found: list[ItemEntry] = []
        ahead = [maker for item in self.items for maker in self._makers(item)]
        while ahead:
            item = ahead.pop(0)
            if item.id not in seen:
                seen.add(item.id)
                found.append(item)
                ahead += self._makers(item)
        return found

    @cached_property
    def all_items(self) -> list[ItemEntry]:
        """Every data item of the lineage."""
        return [*self.items, *self.further]

    @cached_property
    def agencies(self) -> list[AgencyEntry]:
        """The agencies the items come from, by code."""
        found = {agency.code: agency for item in self.all_items for agency in self.catalogue.suppliers(item)}
        return [found[code] for code in sorted(found)]

    @cached_property
    def agreements(self) -> list[AgreementEntry]:
        """The sharing agreements about the items, by code."""
        found = {one.code: one for item in self.all_items for one in self.agreements_of(item)}
        return [found[code] for code in sorted(found)]

    @cached_property
    def gateways(self) -> list[GatewayEntry]:
        """Every gateway the items rest on, by number."""
        found = {gateway.number: gateway for item in self.all_items for gateway in self.catalogue.gateways_of(item)}
        return [found[number] for number in sorted(found)]

    def agreements_of(self, item: ItemEntry) -> list[AgreementEntry]:
        """The agreements about an item's disclosure by one of its agencies to one that uses the model, by code."""
        suppliers = [agency.code for agency in self.catalogue.suppliers(item)]
        return [
            one
            for one in self.catalogue.agreements_about(item.id)
            if any(self._covers(one, item.id, code) for code in suppliers)
        ]

    @property
    def inputs(self) -> dict[int, list[str]]:
        """What the inputs from each data item mean, by the item's number."""
        meanings: dict[int, list[str]] = {}
        for feature in self.features:
            meanings.setdefault(feature.item_id, []).append(feature.meaning)
        return meanings

    @property
    def made_into(self) -> dict[int, list[str]]:
        """For each further item, the titles of those it is made into."""
        found: dict[int, list[str]] = {}
        for item in self.all_items:
            for maker in self._makers(item):
                found.setdefault(maker.id, []).append(item.title)
        return found

    def lost_of(self, entry: AnyEntry) -> str:
        """In a word or two why nothing rests on an entry on the day of the lineage."""
        return loss_of(entry, self.day)

    @cached_property
    def lost(self) -> list[str]:
        """Everything of the lineage on which nothing can rest any more, in words."""
        named: list[tuple[AnyEntry, str]] = [(item, item.title) for item in self.all_items]
        named += [(agency, agency.title) for agency in self.agencies]
        named += [(agreement, agreement.title) for agreement in self.agreements]
        named += [(gateway, gateway.title) for gateway in self.gateways]
        return [f"{title} ({loss_of(entry, self.day).lower()})" for entry, title in named if loss_of(entry, self.day)]

    @property
    def sentence(self) -> str:
        """The picture in a sentence or two."""
        unverified = sum(not gateway.verified for gateway in self.gateways)
        items, gateways = count_text(len(self.all_items), "data item"), count_text(len(self.gateways), "legal gateway")
        whence = f"{count_text(len(self.features), 'input')} come from" if self.features else "It comes from"
        rest = "rests" if len(self.all_items) == 1 else "rest"
        told = f"{whence} {items}, which {rest} on {gateways}; {unverified} not verified by a lawyer."
        return f"{told} No longer to be relied on: {list_text(self.lost)}." if self.lost else told

    @cached_property
    def drawing(self) -> Drawing:
        """The lineage as boxes in columns; further items and agreements have theirs only when there are any."""
        day = self.day
        columns = (
            Column(
                "Inputs of the model",
                165,
                tuple(Box(f"f{one.position}", one.name.replace("_", " ")) for one in self.features),
            ),
            Column("Data items", 215, tuple(box_of(f"i{item.id}", item.name, item, day) for item in self.items)),
            Column("Made from", 215, tuple(box_of(f"i{item.id}", item.name, item, day) for item in self.further)),
            Column("Agencies", 220, tuple(box_of(f"a{one.code}", one.name, one, day) for one in self.agencies)),
            Column(
                "Sharing agreements", 200, tuple(box_of(f"s{one.code}", one.title, one, day) for one in self.agreements)
            ),
            Column(
                "Legal gateways",
                240,
                tuple(box_of(f"g{one.number}", f"{one.number}. {one.statute}", one, day) for one in self.gateways),
            ),
        )
        return Drawing(columns, tuple(self._pairs()))

    def _pairs(self) -> Iterator[tuple[str, str]]:
        known = {item.id for item in self.items}
        for feature in self.features:
            if feature.item_id in known:
                yield f"f{feature.position}", f"i{feature.item_id}"
        for item in self.all_items:
            yield from ((f"i{item.id}", f"i{maker.id}") for maker in self._makers(item) if maker.id not in known)
            yield from self._law_pairs(item)

    def _law_pairs(self, item: ItemEntry) -> Iterator[tuple[str, str]]:
        agreements = self.agreements_of(item)
        gateways = [gateway.number for gateway in self.catalogue.gateways_of(item)]
        for agency in self.catalogue.suppliers(item):
            yield f"i{item.id}", f"a{agency.code}"
            covering = [one for one in agreements if self._covers(one, item.id, agency.code)]
            for agreement in covering:
                yield f"a{agency.code}", f"s{agreement.code}"
                yield from ((f"s{agreement.code}", f"g{number}") for number in gateways)
            if not covering:
                yield from ((f"a{agency.code}", f"g{number}") for number in gateways)

    def _covers(self, agreement: AgreementEntry, item_id: int, supplier: str) -> bool:
        users = self.users or frozenset(agreement.parties)
        return any(agreement.covers(item_id, supplier, user) for user in users if user != supplier)

    def _makers(self, item: ItemEntry) -> list[ItemEntry]:
        numbers = dict.fromkeys([*item.made_from, *self.makers.get(item.id, ())])
        return [self.catalogue.items[number] for number in numbers if number in self.catalogue.items]
