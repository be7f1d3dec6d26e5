"""Concerns that staff raise about a score: their kinds, and how long an answer may take."""

from enum import StrEnum

ANSWER_WITHIN_DAYS = 20
"""Days in which a concern is answered; a promise of the product, not of any law."""


class Kind(StrEnum):
    """What a concern is about."""

    WRONG_DATA = "wrong_data"
    OUT_OF_DATE = "out_of_date"
    UNFAIR = "unfair"
    MISUSE = "misuse"
    OTHER = "other"


KINDS: dict[str, str] = {
    Kind.WRONG_DATA: "Something it used is wrong",
    Kind.OUT_OF_DATE: "Something it used is out of date",
    Kind.UNFAIR: "It is unfair to somebody",
    Kind.MISUSE: "It is used for something it is not for",
    Kind.OTHER: "Something else",
}
FOUNDED: dict[str, str] = {
    "yes": "Yes, something has to change",
    "no": "No, it was right as it was",
}
