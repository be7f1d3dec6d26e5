"""The life of a meeting, the lines of its agenda, who is in the room, and what other floors report to it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step
from foundation.web.texts import count_text

MEETING_LIFE = Lifecycle(
    thing="meeting",
    title="The meeting",
    first="called",
    stages={
        "called": Stage("Called", "info", "The agenda follows what falls due until the chair opens the meeting."),
        "open": Stage("Open", "attention", "The meeting is being held; its agenda is fixed."),
        "closed": Stage("Closed", "good", "It was held. Its minutes are written, agreed and published."),
        "off": Stage("Called off", "plain", "It was not held. What was on its agenda waits for the next one."),
    },
    steps=(
        Step("open", ("called",), "open", Permission.CHAIR, "Open the meeting"),
        Step("close", ("open",), "closed", Permission.CHAIR, "Close the meeting"),
        Step("call_off", ("called",), "off", Permission.KEEP_COMMITTEE, "Call the meeting off"),
    ),
)
"""From the call to the close. A closed meeting is never opened again: what is left waits for the next one."""


class LineKind(StrEnum):
    """What a line of the agenda is, in the order in which a new line finds its place."""

    ITEM = "item"
    CONDITION = "condition"
    REPORT = "report"
    BUSINESS = "business"


RANK = {kind: rank for rank, kind in enumerate(LineKind)}

LINE_TITLES = {
    LineKind.ITEM: "To decide",
    LineKind.CONDITION: "Condition due",
    LineKind.REPORT: "Report",
    LineKind.BUSINESS: "Other business",
}


@dataclass(frozen=True)
class Line:
    """One line of an agenda. `note` says why it was put off, and is empty while it is to be dealt with.

    `text` is what a report says or what was added in words, `public_text` the same with small numbers left out.
    """

    key: str
    kind: LineKind
    title: str
    text: str = ""
    public_text: str = ""
    item_id: int | None = None
    condition_id: int | None = None
    note: str = ""


@dataclass(frozen=True)
class Report:
    """Numbers that another floor reports to the committee; `public` are the same sentences fit for everybody."""

    code: str
    title: str
    sentences: Sequence[str]
    public: Sequence[str]

    def line(self) -> Line:
        """The report as a line of an agenda."""
        key = f"report-{self.code}"
        return Line(key, LineKind.REPORT, self.title, "\n\n".join(self.sentences), "\n\n".join(self.public))


ReportSource = Callable[[Session, datetime], Report]
"""A function of another floor, gathered on the roof, that reports how things stand at a moment."""


class Presence(StrEnum):
    """How somebody attended."""

    PRESENT = "present"
    LATE = "late"
    LEFT = "left"
    APOLOGIES = "apologies"
    ABSENT = "absent"


PRESENCES = {
    Presence.PRESENT: "Present",
    Presence.LATE: "Present, joined late",
    Presence.LEFT: "Left early",
    Presence.APOLOGIES: "Sent apologies",
    Presence.ABSENT: "Absent",
}

IN_ROOM = frozenset({Presence.PRESENT, Presence.LATE})
"""Who counts for the quorum."""

ATTENDED = IN_ROOM | {Presence.LEFT}
"""Who was there for at least a part."""


@dataclass(frozen=True)
class Entry:
    """What is entered about somebody: how they attended, and whether the public minutes leave them unnamed."""

    state: str
    unnamed: bool = False


@dataclass(frozen=True)
class InRoom:
    """Who of those that vote is in the room, and how many are needed."""

    voters: int
    independents: int
    quorum: int
    independents_needed: int

    @property
    def enough(self) -> bool:
        """Whether the meeting has its quorum."""
        return self.voters >= self.quorum and self.independents >= self.independents_needed

    @property
    def sentence(self) -> str:
        """How many are here, and whether anything can be decided (R10)."""
        here = f"{count_text(self.voters, 'voting member is', 'voting members are')} here"
        here += f", {count_text(self.independents, 'of them independent', 'of them independent')}."
        if self.enough:
            return f"{here} The meeting has its quorum."
        missing = _missing(
            (self.quorum - self.voters, "more voting member", "more voting members"),
            (self.independents_needed - self.independents, "more independent", "more independents"),
        )
        return f"{here} There is no quorum: {missing} must join before anything can be decided."


def _missing(*short: tuple[int, str, str]) -> str:
    return " and ".join(count_text(number, one, many) for number, one, many in short if number > 0)
