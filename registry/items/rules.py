"""What can be said about a data item's legal footing without being a lawyer: plain contradictions in the register."""

from registry.gateways.tables import Gateway
from registry.gateways.values import Kind
from registry.items.tables import DataItem


def find_misfits(item: DataItem) -> dict[int, str]:
    """Gateways of an item that cannot carry it as the register reads them, by number, each with a sentence (R17)."""
    found = {gateway.number: _misfit(item, gateway) for gateway in item.gateways}
    return {number: sentence for number, sentence in found.items() if sentence}


def _misfit(item: DataItem, gateway: Gateway) -> str:
    if gateway.kind == Kind.AIM:
        return "This is an aim, not a power to disclose."
    if gateway.who_may_rely == "council" and not any(_is_council(source.owner.kind) for source in item.sources):
        return "Only a council may rely on this, and none of the item's sources is a council."
    return ""


def has_power(item: DataItem) -> bool:
    """Whether at least one of the item's gateways is a power to disclose that one of its sources may use."""
    misfits = find_misfits(item)
    return any(gateway.kind == Kind.POWER and gateway.number not in misfits for gateway in item.gateways)


def _is_council(kind: str) -> bool:
    return kind == "council"
