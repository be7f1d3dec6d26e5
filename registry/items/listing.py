"""Finding data items in a long list; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.catalogue.listing import Search, agrees
from registry.catalogue.values import Catalogue
from registry.items.values import ItemEntry

COLUMNS: tuple[str, ...] = (
    "id",
    "group",
    "name",
    "sources",
    "gateways",
    "subjects",
    "matter",
    "sensitivity",
    "refresh_days",
)
COLUMNS += ("stale_after_days", "retention", "made_from", "note", "ended_on", "ended_reason")


@dataclass(frozen=True)
class ItemSearch(Search):
    """What a reader looks for among data items. `gateway` is a number, `agency` the code of whom it comes from."""

    group: str = ""
    agency: str = ""
    gateway: str = ""
    matter: str = ""
    sensitivity: str = ""

    def fits(self, item: ItemEntry, catalogue: Catalogue, day: date) -> bool:
        """Whether an item is one of those looked for."""
        return (
            self.group in ("", item.group)
            and self.matter in ("", item.matter)
            and self.sensitivity in ("", item.sensitivity)
            and self.gateway in ("", *map(str, item.gateways))
            and agrees(self.ended, not item.stands(day))
            and self.has_words(item.title, item.note, *item.sources)
            and self.agency in ("", *(one.code for one in catalogue.suppliers(item) if self.agency))
        )


def find_items(catalogue: Catalogue, search: ItemSearch, day: date) -> Sequence[ItemEntry]:
    """The items that fit, by group and name."""
    if not search.chosen:
        return catalogue.listed_items
    return [item for item in catalogue.listed_items if search.fits(item, catalogue, day)]


def list_groups(catalogue: Catalogue) -> list[str]:
    """The names of the groups, in order."""
    return sorted({item.group for item in catalogue.items.values()})


def plain_item(item: ItemEntry, catalogue: Catalogue) -> dict[str, Any]:
    """An item as plain values for a file, without the line it came from; what it is made from by name."""
    values = item.plain()
    made = [catalogue.items[number].title for number in item.made_from if number in catalogue.items]
    return {**{name: values[name] for name in COLUMNS}, "made_from": made}
