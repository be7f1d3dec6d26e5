"""What a practitioner can make of a score."""

from dataclasses import dataclass
from enum import StrEnum


class View(StrEnum):
    """A judgement on a score, recorded beside it (R07)."""

    AGREE = "agree"
    DISAGREE = "disagree"
    NOT_USED = "not_used"


VIEW_TITLES = {
    View.AGREE: "I agree",
    View.DISAGREE: "I disagree",
    View.NOT_USED: "I did not use it",
}


@dataclass(frozen=True)
class Practice:
    """How a use's scores are judged (R07), as counts.

    `given` scores that people may be shown, `viewed` of them that somebody looked at, `answered` of those with a
    judgement. Of the newest judgements: `judged` how many, `agreed` how many of them agree with the score, `seconds`
    the median time from somebody's first look at a score to their judgement; None when nobody looked first.
    """

    given: int
    viewed: int
    answered: int
    judged: int
    agreed: int
    seconds: float | None
