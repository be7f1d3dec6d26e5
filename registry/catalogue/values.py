"""The register's data and law at one moment, as one immutable value that rules and pages work on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property

from registry.agencies.values import AgencyEntry, SystemEntry
from registry.agreements.values import AgreementEntry
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry


class Thing(StrEnum):
    """What a revision is about."""

    AGENCY = "agency"
    SYSTEM = "system"
    GATEWAY = "gateway"
    ITEM = "item"
    AGREEMENT = "agreement"


@dataclass(frozen=True)
class ThingCard:
    """A kind of entry: what it is called, and the value that holds one."""

    title: str
    plural: str
    entry: type[AgencyEntry] | type[SystemEntry] | type[GatewayEntry] | type[ItemEntry] | type[AgreementEntry]


THINGS: Mapping[Thing, ThingCard] = {
    Thing.AGENCY: ThingCard("Agency", "Agencies", AgencyEntry),
    Thing.SYSTEM: ThingCard("System", "Systems", SystemEntry),
    Thing.GATEWAY: ThingCard("Legal gateway", "Legal gateways", GatewayEntry),
    Thing.ITEM: ThingCard("Data item", "Data items", ItemEntry),
    Thing.AGREEMENT: ThingCard("Sharing agreement", "Sharing agreements", AgreementEntry),
}

AnyEntry = AgencyEntry | SystemEntry | GatewayEntry | ItemEntry | AgreementEntry


class Change(StrEnum):
    """What somebody did to an entry."""

    ENTERED = "entered"
    AMENDED = "amended"
    VERIFIED = "verified"
    ENDED = "ended"
    REOPENED = "reopened"


CHANGES = {
    Change.ENTERED: "Entered",
    Change.AMENDED: "Changed",
    Change.VERIFIED: "Verified",
    Change.ENDED: "Ended",
    Change.REOPENED: "Opened again",
}
"""Changes in words, by stored code."""


@dataclass(frozen=True)
class Catalogue:
    """Every entry as it stood, by its own number or code. `state` is the digest of the register at that moment."""

    state: str
    agencies: Mapping[str, AgencyEntry]
    systems: Mapping[str, SystemEntry]
    gateways: Mapping[int, GatewayEntry]
    items: Mapping[int, ItemEntry]
    agreements: Mapping[str, AgreementEntry]
    as_at: datetime | None = None

    def agency_of(self, source: str) -> AgencyEntry | None:
        """The agency behind a source: itself, or the one whose system it is."""
        system = self.systems.get(source)
        return self.agencies.get(system.agency if system else source)

    def source_name(self, source: str) -> str:
        """A source's name in words."""
        found = self.systems.get(source) or self.agencies.get(source)
        return found.name if found else source

    def suppliers(self, item: ItemEntry) -> tuple[AgencyEntry, ...]:
        """The agencies an item comes from, each once, by code."""
        found = {agency.code: agency for agency in map(self.agency_of, item.sources) if agency is not None}
        return tuple(found[code] for code in sorted(found))

    def gateways_of(self, item: ItemEntry) -> tuple[GatewayEntry, ...]:
        """The gateways an item cites, by number."""
        return tuple(self.gateways[number] for number in sorted(item.gateways) if number in self.gateways)

    def items_citing(self, number: int) -> tuple[ItemEntry, ...]:
        """The items that cite a gateway, by group and name."""
        return self._citing.get(number, ())

    def agreements_about(self, item_id: int) -> tuple[AgreementEntry, ...]:
        """The sharing agreements about an item, by code."""
        return self._agreed.get(item_id, ())

    def find_item(self, group: str, name: str) -> ItemEntry | None:
        """An item by group and name."""
        return self._named.get((group, name))

    @cached_property
    def listed_items(self) -> tuple[ItemEntry, ...]:
        """Every item by group and name."""
        return tuple(sorted(self.items.values(), key=lambda item: (item.group, item.name, item.id)))

    @cached_property
    def _named(self) -> Mapping[tuple[str, str], ItemEntry]:
        return {(item.group, item.name): item for item in self.items.values()}

    @cached_property
    def _citing(self) -> Mapping[int, tuple[ItemEntry, ...]]:
        found: dict[int, list[ItemEntry]] = {}
        for item in self.listed_items:
            for number in item.gateways:
                found.setdefault(number, []).append(item)
        return {number: tuple(items) for number, items in found.items()}

    @cached_property
    def _agreed(self) -> Mapping[int, tuple[AgreementEntry, ...]]:
        found: dict[int, list[AgreementEntry]] = {}
        for agreement in sorted(self.agreements.values(), key=lambda one: one.code):
            for item_id in agreement.items:
                found.setdefault(item_id, []).append(agreement)
        return {item_id: tuple(agreements) for item_id, agreements in found.items()}
