"""Seats of the ethics committee: what somebody is on it, and how long a term may be."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class SeatKind(StrEnum):
    """What somebody is on the committee. Codes are never renamed."""

    MEMBER = "member"
    CHAIR = "chair"
    DEPUTY = "deputy"
    CO_OPTED = "co_opted"


KIND_TITLES = {
    SeatKind.MEMBER: "Member",
    SeatKind.CHAIR: "Chair",
    SeatKind.DEPUTY: "Deputy chair",
    SeatKind.CO_OPTED: "Co-opted expert, who advises and does not vote",
}

VOTING = frozenset({SeatKind.MEMBER, SeatKind.CHAIR, SeatKind.DEPUTY})
"""Seats that vote; a co-opted expert reads and advises."""

PRESIDING = frozenset({SeatKind.CHAIR, SeatKind.DEPUTY})
"""Seats that close votes and record what the committee says."""

TERM_YEARS = 3
"""How long a term is when no end is entered, in years."""

LONGEST_YEARS = 8
LONGEST = timedelta(days=365 * LONGEST_YEARS + 2)
"""How long somebody may sit on the committee, all their terms together."""


@dataclass(frozen=True)
class NewSeat:
    """A seat as it is entered. `ends_on` is the last day of the term, included."""

    kind: str
    starts_on: date
    ends_on: date
    independent: bool = False
    lay: bool = False


@dataclass(frozen=True)
class Term:
    """The days of a seat somebody held or holds, both included."""

    starts_on: date
    ends_on: date

    @property
    def length(self) -> timedelta:
        """How long it is; nothing for one that ended before it began."""
        return max(self.ends_on - self.starts_on + timedelta(days=1), timedelta())


def end_of_term(starts_on: date) -> date:
    """The last day of a term of usual length: the day before its third anniversary."""
    year = starts_on.year + TERM_YEARS
    leap = (starts_on.month, starts_on.day) == (2, 29)
    return (date(year, 3, 1) if leap else starts_on.replace(year=year)) - timedelta(days=1)
