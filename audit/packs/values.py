"""Where a pack stands."""

from enum import StrEnum


class PackState(StrEnum):
    """Asked for, ready or failed."""

    BUILDING = "building"
    READY = "ready"
    FAILED = "failed"


CARDS: dict[PackState, tuple[str, str]] = {
    PackState.BUILDING: ("Being built", "info"),
    PackState.READY: ("Ready", "good"),
    PackState.FAILED: ("Not built", "bad"),
}
"""The words of each state and the tone of its tag."""
