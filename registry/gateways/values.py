"""What a gateway is, in words: its kind, who may rely on it, whether anybody has checked it."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a provision does for somebody who wants to share data."""

    POWER = "power"
    DUTY = "duty"
    AIM = "aim"


@dataclass(frozen=True)
class KindCard:
    """A kind as people read it."""

    title: str
    meaning: str


KINDS = {
    Kind.POWER: KindCard("A power to disclose", "The provision itself allows data to be disclosed, within its limits."),
    Kind.DUTY: KindCard(
        "A duty",
        "The provision gives a body a duty or function. That data may be shared for it is implied, not said.",
    ),
    Kind.AIM: KindCard(
        "An aim only",
        "The provision states an aim or something to consider. It is not a power to disclose anything.",
    ),
}

WHO = {"council": "Councils only", "any": "Any of the partners that the provision names"}
"""Who may rely on a gateway, by stored code."""

COVERS = {"any": "Anybody"}
"""Whose data a gateway covers, by stored code; other values are words already."""

UNVERIFIED = "Not verified by a lawyer"
VERIFIED = "Verified by a lawyer"

CAUTION = (
    "Which law each number stands for was worked out from two documents of different years. It is inferred, not stated "
    "in either of them."
)
"""How the numbers of the data-item table came to be read as the numbered list of gateways."""


@dataclass(frozen=True)
class Newer:
    """A law that the source lists leave out, and why it matters to a lawyer who checks them."""

    statute: str
    effect: str


NEWER_LAW = (
    Newer(
        "UK GDPR and Data Protection Act 2018, as amended by the Data (Use and Access) Act 2025",
        "A gateway is not a lawful basis. Every use needs both.",
    ),
    Newer(
        "Digital Economy Act 2017, section 35",
        "Disclosure between named bodies for objectives set in regulations, under a code of practice.",
    ),
    Newer(
        "Police, Crime, Sentencing and Courts Act 2022, section 16",
        "Disclosure for the serious violence duty; not patient information, and no personal information held by "
        "health or social care authorities.",
    ),
    Newer(
        "Children's Wellbeing and Schools Act 2026, section 4",
        "A duty to disclose information relevant to a child's welfare between safeguarding bodies. Check whether it is "
        "in force.",
    ),
)
"""Law that is missing from both source documents; as unverified as the rest (R17)."""
