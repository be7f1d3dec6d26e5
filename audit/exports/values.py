"""The formats of what leaves the house, and the small values the makers hand to each other."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

RECORD_FORMAT = "algocare-record/1"
PACK_FORMAT = "algocare-pack/1"
FIRST_ZIP_DAY = (1980, 1, 1, 0, 0, 0)
"""The earliest time a zip can hold, given to every file so that the same contents are the same bytes."""

Record = dict[str, Any]
"""A model's record: plain values only, so that it is JSON as it stands."""

LEFT_OUT = (
    "Everything about people who were scored: references, facts, scores, reasons and judgements in words. "
    "Of these the pack holds counts only.",
    "The names of staff. Who acted stands as an account number with its roles; the partnership can say who it is. "
    "Answers, reasons, plans, impact assessments and evidence stand as they were written, so a name somebody wrote in "
    "them stays.",
    "What members wrote about an interest. Whether they declared one, stayed or withdrew is here.",
    "Counts of groups of fewer than 10 people, and of one more group where the small one could be worked out. The "
    "people whom somebody looks at again after a model has ended stand as counts, of which small ones are left out.",
    "The content of ledger entries about other models and about accounts. Their hashes are here, so that the chain "
    "can be followed through them.",
)
"""What a pack never holds, in sentences (R26, R54)."""


@dataclass(frozen=True)
class PackBytes:
    """A built pack: the zip, the SHA-256 of its manifest, the ledger's head at that moment, and the gaps found."""

    content: bytes
    manifest_sha256: str
    head: str
    gaps: tuple[str, ...]


def moment(at: datetime | None) -> str | None:
    """A moment in UTC as text, to the second; a moment without a zone is refused."""
    if at is None:
        return None
    if at.tzinfo is None:
        raise ValueError("A moment in a record needs a time zone.")
    offset = at.utcoffset() or timedelta(0)
    return (at.replace(tzinfo=None) - offset).isoformat(timespec="seconds") + "+00:00"


def day(on: date | None) -> str | None:
    """A day as text."""
    return on.isoformat() if on else None


def account(number: int | None) -> str:
    """Who acted, by number and never by name."""
    return "worker" if number is None else f"account:{number}"
