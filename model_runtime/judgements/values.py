"""What a practitioner can make of a score."""

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
