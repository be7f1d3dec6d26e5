"""Rules of data items; pure."""

from foundation.errors import NotFound
from registry.catalogue.endings import check_standing
from registry.catalogue.entries import read_entry
from registry.items.values import ItemEntry


def without_gateway(item: ItemEntry, number: int) -> ItemEntry:
    """The item as it stands once it is no longer shared under a gateway; one that it does not cite is refused."""
    check_standing(item)
    if number not in item.gateways:
        raise NotFound(f"{item.title} does not cite gateway {number}.")
    kept = [one for one in item.gateways if one != number]
    return read_entry(ItemEntry, {**item.plain(), "gateways": kept})
