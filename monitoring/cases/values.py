"""What a case can be about, its life, and how long its owner has to explain."""

from dataclasses import dataclass
from enum import StrEnum

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step
from monitoring.cases.rules import check_closes, check_explains


class CaseKind(StrEnum):
    """Why a case was opened; stored codes are never renamed."""

    WATCH = "watch"
    LAW = "law"
    UPSTREAM = "upstream"
    PRACTICE = "practice"


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
}
"""Kinds of case, by stored code."""

EXPLAIN_WITHIN_DAYS = 14
"""Days in which the owner explains, so that the committee can read it before it meets."""

CASE_LIFE = Lifecycle(
    thing="case",
    title="The case",
    first="open",
    stages={
        "open": Stage("To be explained", "bad", "The model's owner has to explain it."),
        "explained": Stage("Explained", "attention", "The committee's chair reads the explanation and closes it."),
        "closed": Stage("Closed", "good", "Somebody other than the owner accepted it as dealt with."),
    },
    steps=(
        Step("explain", ("open",), "explained", Permission.EXPLAIN_BREACH, "Explain", check_explains),
        Step("close_case", ("open", "explained"), "closed", Permission.CHAIR, "Close", check_closes),
    ),
)
"""Every stage of a case; explaining and closing are never one person's (R12)."""
