"""What a reviewer can think of an answer, and reviews and comments as they are read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class View(StrEnum):
    """A reviewer's view of an answer and its evidence (R05)."""

    SATISFIED = "satisfied"
    WITH_CONDITION = "with_condition"
    NOT_SATISFIED = "not_satisfied"
    NOT_APPLICABLE = "not_applicable"

    @property
    def words(self) -> str:
        """As people read it."""
        return VIEW_WORDS[self]


VIEW_WORDS: Mapping[View, str] = {
    View.SATISFIED: "Satisfied",
    View.WITH_CONDITION: "Satisfied with a condition",
    View.NOT_SATISFIED: "Not satisfied",
    View.NOT_APPLICABLE: "Does not apply here",
}


@dataclass(frozen=True)
class Viewed:
    """What a reviewer says about one answer: the view, and the reason that every view but the first needs."""

    view: View
    reason: str = ""


@dataclass(frozen=True)
class Review:
    """A review that stands: the newest of this reviewer about this question, of the answer as it is.

    `carried` when it was given in an earlier round of the same use and neither answer nor evidence changed since.
    """

    code: str
    view: View
    reason: str
    by_id: int
    by: str
    at: datetime
    carried: bool


@dataclass(frozen=True)
class Remark:
    """A comment as it is read."""

    id: int
    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Thread:
    """A comment with its replies, oldest first."""

    first: Remark
    replies: Sequence[Remark]
