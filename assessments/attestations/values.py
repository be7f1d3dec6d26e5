"""What is attested, how often, and how near its day somebody is reminded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

ATTEST_EVERY_DAYS = 183
"""Days an attestation holds unless the setting says otherwise."""

NEAR = timedelta(days=30)
"""How long before its day an attestation is asked for."""

OPENED_WITHIN = timedelta(days=31)
"""How long ago the source may have been opened: somebody who attests has looked lately."""

STATEMENTS: Mapping[str, str] = {
    "answers": "I still answer for this model.",
    "deputy": "The deputy named above still stands in for me, or I for the owner, and we both know it.",
    "unchanged": "Nothing about the model or its use has changed that the ethics committee does not know.",
}
"""What is confirmed, by code: all of it, or nothing is attested."""


@dataclass(frozen=True)
class Told:
    """What somebody attests: the source they opened, its revision, the day (None: no real day), what they confirm."""

    location: str
    revision: str
    opened_on: date | None
    confirmed: frozenset[str]
