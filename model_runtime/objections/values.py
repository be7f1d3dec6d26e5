"""Objections to being scored (UK GDPR article 21; R53)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


@dataclass(frozen=True)
class Standing:
    """An objection that stands: since when, and its reference. An override with a reason ends it."""

    reference: str
    since: date


class Way(StrEnum):
    """How somebody objected, or was told of the answer."""

    LETTER = "letter"
    EMAIL = "email"
    TELEPHONE = "telephone"
    IN_PERSON = "in_person"


WAYS = {
    Way.IN_PERSON: "In person",
    Way.TELEPHONE: "By telephone",
    Way.LETTER: "By letter",
    Way.EMAIL: "By e-mail",
}


class Outcome(StrEnum):
    """How an objection is answered. One that is upheld stands for good."""

    UPHELD = "upheld"
    OVERRIDDEN = "overridden"


OUTCOMES = {
    Outcome.UPHELD: "Uphold it: the person is not scored",
    Outcome.OVERRIDDEN: "Override it: there are compelling legitimate grounds",
}

STATES = {
    "waiting": ("Stands, to answer", "attention"),
    "overdue": ("Stands, answer overdue", "bad"),
    Outcome.UPHELD: ("Upheld, stands", "bad"),
    Outcome.OVERRIDDEN: ("Overridden", "plain"),
}
"""The words and the tone of a tag, for each state an objection can be in."""


@dataclass(frozen=True)
class Words:
    """An objection as it was received.

    `agency` and `person` say whose reference it is; `model_id` and `use_code` name one use, or are both None for all
    uses; `way` is one of WAYS, `received_on` the day it reached the partnership.
    """

    agency: str
    person: str
    words: str
    way: str
    received_on: date
    model_id: int | None = None
    use_code: str | None = None

    @property
    def key(self) -> str:
        """The reference as it is compared: an objection counts however the reference is typed."""
        return self.person.strip().lower()


@dataclass(frozen=True)
class Reply:
    """An answer: one of OUTCOMES, the reasons the person was given, and when and how they were told."""

    outcome: str
    reason: str
    told_on: date
    told_way: str
