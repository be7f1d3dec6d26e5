"""The life of a challenge, who can write one and about what, and how a challenged score is marked (R22)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step
from foundation.web.texts import date_text
from model_runtime.challenges.rules import check_reviews


class Writer(StrEnum):
    """Who challenges."""

    PERSON = "person"
    PARENT = "parent"
    HELPER = "helper"
    COLLEAGUE = "colleague"


WRITERS = {
    Writer.PERSON: "I write for myself",
    Writer.PARENT: "I am a parent or carer of the person it is about",
    Writer.HELPER: "I write for somebody else, who knows that I do",
}
"""Who can write from outside, in their own words."""

WRITER_TITLES = {
    Writer.PERSON: "Somebody for themselves",
    Writer.PARENT: "A parent or carer",
    Writer.HELPER: "Somebody for another person",
    Writer.COLLEAGUE: "A practitioner",
}


class Kind(StrEnum):
    """What is challenged."""

    SCORE = "score"
    SCORING = "scoring"
    DATA = "data"
    MODEL = "model"


KINDS = {
    Kind.SCORE: "A score, and what it says",
    Kind.SCORING: "Being scored at all",
    Kind.DATA: "The data that was used",
    Kind.MODEL: "The model itself",
}

UPHELD = ("upheld", "partly_upheld")
OUTCOMES = {"upheld": "Upheld", "partly_upheld": "Partly upheld", "not_upheld": "Not upheld"}
OUTCOME_STEPS = {"upheld": "uphold", "partly_upheld": "uphold_partly", "not_upheld": "not_uphold"}

_OPEN = ("received", "acknowledged", "under_review")

CHALLENGE_LIFE = Lifecycle(
    thing="challenge",
    title="The challenge",
    first="received",
    stages={
        "received": Stage("Received", "attention", "The data protection officer acknowledges it within 30 days."),
        "acknowledged": Stage("Acknowledged", "info", "The data protection officer names an independent reviewer."),
        "under_review": Stage("Under review", "info", "The reviewer looks at it and decides."),
        "upheld": Stage("Upheld", "bad", "The score or model was wrong; who saw the score is told."),
        "partly_upheld": Stage("Partly upheld", "bad", "Some of it was wrong; who saw the score is told."),
        "not_upheld": Stage("Not upheld", "plain", "The reviewer found nothing wrong, and says why."),
        "withdrawn": Stage("Withdrawn", "plain", "Whoever challenged it does not want it looked at any more."),
    },
    steps=(
        Step("acknowledge", ("received",), "acknowledged", Permission.HANDLE_CHALLENGES, "Acknowledge"),
        Step(
            "name_reviewer",
            ("acknowledged", "under_review"),
            "under_review",
            Permission.HANDLE_CHALLENGES,
            "Name the reviewer",
        ),
        Step("uphold", ("under_review",), "upheld", Permission.REVIEW_CHALLENGE, "Uphold", check_reviews),
        Step(
            "uphold_partly",
            ("under_review",),
            "partly_upheld",
            Permission.REVIEW_CHALLENGE,
            "Uphold in part",
            check_reviews,
        ),
        Step(
            "not_uphold", ("under_review",), "not_upheld", Permission.REVIEW_CHALLENGE, "Do not uphold", check_reviews
        ),
        Step("withdraw", _OPEN, "withdrawn", Permission.HANDLE_CHALLENGES, "Record that it was withdrawn"),
    ),
)
"""Every stage of a challenge. Handling it and deciding it are never one person's: nobody names themselves."""

PUBLIC_STAGES = {
    "received": "Received",
    "acknowledged": "Acknowledged",
    "under_review": "Being reviewed",
    "upheld": "Decided",
    "partly_upheld": "Decided",
    "not_upheld": "Decided",
    "withdrawn": "Withdrawn",
}
"""What the receipt's holder is shown. How it was decided is told to the person alone, once it is known who they are:
anything else would tell a stranger with a guess whether somebody was scored."""


@dataclass(frozen=True)
class Words:
    """What somebody outside writes: codes of writer and kind, how to reach them, whom it is about, and the text."""

    writer: str
    kind: str
    name: str
    reach: str
    about: str
    text: str


@dataclass(frozen=True)
class Withdrawal:
    """What is said beside a score whose use was retired: nothing it said counts any more (R14)."""

    at: datetime
    warns = True
    code = "score_withdrawn"

    @property
    def sentence(self) -> str:
        """The mark in words."""
        return f"Withdrawn: the committee retired this use on {date_text(self.at)}. Do not rely on this score."


@dataclass(frozen=True)
class Mark:
    """What is said beside a score that was challenged; `warns` when it must not be relied on."""

    code = "score_challenged"

    stage: str
    received_at: datetime
    closed_at: datetime | None
    rescore: bool

    @property
    def warns(self) -> bool:
        """Whether the challenge was upheld, wholly or in part."""
        return self.stage in UPHELD

    @property
    def sentence(self) -> str:
        """The mark in words."""
        if self.warns:
            word = "upheld" if self.stage == "upheld" else "partly upheld"
            return f"Challenged and {word} on {date_text(self.closed_at)}: do not rely on it."
        if self.stage == "not_upheld":
            return f"Challenged on {date_text(self.received_at)}, and not upheld on {date_text(self.closed_at)}."
        return f"Challenged on {date_text(self.received_at)}. The challenge is not decided yet."


@dataclass(frozen=True)
class ChallengeFigures:
    """Challenges to one model, or to none that is known (`slug` is empty), as counts (R43).

    `in_time` and `late`: acknowledged by the last day or after it. `median_days`: from receipt to outcome, in days in
    London; None without an outcome.
    """

    slug: str
    model: str
    received: int
    in_time: int
    late: int
    not_acknowledged: int
    open: int
    upheld: int
    partly_upheld: int
    not_upheld: int
    withdrawn: int
    median_days: float | None
