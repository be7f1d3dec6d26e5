"""Law that fell away under a use, and law that is about to."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from foundation.web.texts import count_text, date_text
from registry.models.resting import UseOn

LAW_TITLE = "The law it rests on no longer holds"
UPSTREAM_TITLE = "A model it takes results from was stopped"

LOOK_AHEAD_DAYS = 60
"""How many days before law ends somebody is told, so that it can be renewed or another route found."""


class AheadKind(StrEnum):
    """Why law has to be looked at."""

    ENDS = "ends"
    CHECK = "check"
    SIGN_OFF = "sign_off"
    EXEMPTION = "exemption"


@dataclass(frozen=True)
class AheadCard:
    """A kind as people read it: a heading, what is said when there is none, and how a task is told."""

    title: str
    empty: str
    one: str
    many: str


AHEAD = {
    AheadKind.ENDS: AheadCard(
        "Agreements, law and data that end",
        "An agreement, a legal gateway, a data item or an agency appears here when it ends within 60 days.",
        "entry of the register ends soon",
        "entries of the register end soon",
    ),
    AheadKind.CHECK: AheadCard(
        "Law to check again",
        "A legal gateway appears here 60 days before the day on which somebody said it has to be checked again.",
        "legal gateway is to be checked again",
        "legal gateways are to be checked again",
    ),
    AheadKind.SIGN_OFF: AheadCard(
        "Legal sign-offs that lapse",
        "A sign-off of a use that is approved or suspended appears here 60 days before it lapses.",
        "legal sign-off lapses soon",
        "legal sign-offs lapse soon",
    ),
    AheadKind.EXEMPTION: AheadCard(
        "Exemptions from telling people, to review",
        "An exemption from telling people appears here 60 days before its review is due.",
        "exemption from telling people is to be reviewed",
        "exemptions from telling people are to be reviewed",
    ),
}
"""Kinds in words, in the order of the page."""


@dataclass(frozen=True)
class Ahead:
    """Law to look at: `on` is the last day on which it still holds, or the day a look is due.

    `endpoint` and `arguments` lead to its page; `items` are the data items that rest on it, `uses` the uses that do.
    """

    kind: AheadKind
    on: date
    title: str
    sentence: str
    endpoint: str
    arguments: tuple[tuple[str, Any], ...]
    items: frozenset[int] = frozenset()
    uses: Sequence[UseOn] = field(default=())

    def overdue(self, today: date) -> bool:
        """Whether the day has passed."""
        return self.on < today


@dataclass(frozen=True)
class Dependant:
    """A use that takes a model's result: over which data item, and by which way.

    `way` begins with the model whose result it is and ends with the model of the use; data items that are made from a
    result lie between, and other models that take it (R38).
    """

    use: Any
    item: str
    way: tuple[str, ...]

    @property
    def chain(self) -> str:
        """The way in words, or nothing where one feeds the other directly."""
        pairs = [f"{one} feeds {other}" for one, other in zip(self.way, self.way[1:], strict=False)]
        return f"{', '.join(pairs)}." if len(pairs) > 1 else ""


@dataclass(frozen=True)
class Linked:
    """A model at the other end of a chain: its short name, its name, its stage, and the models in between."""

    slug: str
    name: str
    stage: str
    over: tuple[str, ...]


def told_count(kind: AheadKind, number: int) -> str:
    """How many of a kind there are, as a task says it."""
    return count_text(number, AHEAD[kind].one, AHEAD[kind].many)


def due_text(ahead: Ahead, today: date) -> str:
    """When, in words."""
    if ahead.overdue(today):
        return f"Overdue since {date_text(ahead.on)}"
    return date_text(ahead.on)
