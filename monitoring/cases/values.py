"""What a case can be about, its life, what can follow from it, and how long its owner has to explain."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step
from monitoring.cases.rules import check_chooses, check_closes, check_explains, check_explains_late, check_worker


class CaseKind(StrEnum):
    """Why a case was opened; stored codes are never renamed."""

    WATCH = "watch"
    LAW = "law"
    UPSTREAM = "upstream"
    PRACTICE = "practice"
    RECONCILE = "reconcile"


@dataclass(frozen=True)
class KindCard:
    """A kind as people read it: who found it, and how the timeline tells its beginning."""

    found_by: str
    opened: str


KINDS = {
    CaseKind.WATCH: KindCard("A watch", "A watch opened the case"),
    CaseKind.LAW: KindCard("The check of the law that every use rests on", "The law it rests on fell away"),
    CaseKind.UPSTREAM: KindCard("The check of models that feed models", "A model it takes results from was stopped"),
    CaseKind.PRACTICE: KindCard("The check of how scores are judged", "Judgements look like a habit"),
    CaseKind.RECONCILE: KindCard("The comparison of what runs with the register", "It was found outside the register"),
}
"""Kinds of case, by stored code."""

EXPLAIN_WITHIN_DAYS = 14
"""Days in which the owner explains, so that the committee can read it before it meets."""


class StepKind(StrEnum):
    """What can follow from a case, and what the worker notes; stored codes are never renamed."""

    RETEST = "retest"
    RETRAIN = "retrain"
    REREFER = "rerefer"
    SUSPEND = "suspend"
    OVERDUE = "overdue"
    LATE = "late"


@dataclass(frozen=True)
class StepCard:
    """A step as people read it: as a choice with what it does, in the timeline, and what is then to be done.

    `dated` says whether a day has to be given by which it is done, `days` within how many days it is done otherwise,
    `stages` in which stages of the use it is possible; without any it always is.
    """

    title: str
    hint: str
    told: str
    tone: str = "plain"
    dated: bool = False
    days: int | None = None
    stages: tuple[str, ...] = ()


STEPS = {
    StepKind.RETEST: StepCard(
        "Run the watch again",
        "The watch runs again now, and its verdict is shown here.",
        "The watch was asked to run again",
        days=1,
        stages=("approved",),
    ),
    StepKind.RETRAIN: StepCard(
        "Train it again",
        "The owner puts a new version to the committee by the day you give. The case then closes.",
        "A new version was asked for",
        dated=True,
    ),
    StepKind.REREFER: StepCard(
        "Put it to the committee",
        "It stands on the agenda, to be decided by the day you give.",
        "It was put to the committee",
        dated=True,
        stages=("approved", "suspended"),
    ),
    StepKind.SUSPEND: StepCard(
        "Suspend it",
        "The next request for a score is refused. The committee then decides whether it stays stopped.",
        "The use was suspended",
        tone="bad",
        stages=("approved",),
    ),
}
"""What the chair can choose, in the order of the page."""

ON_AGENDA = STEPS[StepKind.REREFER].stages
"""Stages of a use about which the committee can still decide something."""

NOTED = {
    StepKind.OVERDUE: StepCard("", "", "Nobody explained it in time", tone="bad"),
    StepKind.LATE: StepCard("", "", "No new version was put to the committee in time", tone="bad"),
}
"""What the worker notes when a day has passed."""


def card_of(step: str) -> StepCard:
    """A step as people read it, by its stored code."""
    kind = StepKind(step)
    return STEPS[kind] if kind in STEPS else NOTED[kind]


@dataclass(frozen=True)
class Chosen:
    """A next step as the chair chose it; `due_on` is the day by which it is to be done, for steps that need one."""

    step: StepKind
    reason: str
    due_on: date | None = None


CASE_LIFE = Lifecycle(
    thing="case",
    title="The case",
    first="open",
    stages={
        "open": Stage("To be explained", "bad", "The model's owner has to explain it."),
        "explained": Stage("Explained", "attention", "The committee's chair reads it and says what follows."),
        "following": Stage("Being dealt with", "attention", "The chair said what follows, and it is being done."),
        "closed": Stage("Closed", "good", "Somebody other than the owner accepted it as dealt with."),
    },
    steps=(
        Step("explain", ("open",), "explained", Permission.EXPLAIN_BREACH, "Explain", check_explains),
        Step(
            "explain_late", ("following",), "following", Permission.EXPLAIN_BREACH, "Explain late", check_explains_late
        ),
        Step(
            "choose",
            ("open", "explained", "following"),
            "following",
            Permission.CHAIR,
            "Say what follows",
            check_chooses,
        ),
        Step("close_case", ("open", "explained", "following"), "closed", Permission.CHAIR, "Close", check_closes),
        Step("fulfil", ("following",), "closed", Permission.RUN_WATCH, "Close what was done", check_worker),
    ),
)
"""Every stage of a case; explaining is never the same person's as choosing what follows, or closing (R12)."""
