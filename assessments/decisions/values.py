"""What a committee can decide, and what becomes of the use and of its assessment."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from assessments.committee.values import Choice


@dataclass(frozen=True)
class Outcome:
    """One outcome: its title, how a sentence about it goes on, its tone, and whether it grants an approval."""

    title: str
    phrase: str
    tone: str
    approves: bool = False
    conditional: bool = False


OUTCOMES: Mapping[str, Outcome] = {
    Choice.APPROVE: Outcome("Approved", "approved this use", "good", approves=True),
    Choice.APPROVE_WITH_CONDITIONS: Outcome(
        "Approved with conditions", "approved this use with conditions", "good", approves=True, conditional=True
    ),
    Choice.MORE_INFORMATION: Outcome("More information asked", "asked the owner for more information", "attention"),
    Choice.REJECT: Outcome("Rejected", "rejected this use", "bad"),
    Choice.SUSPEND: Outcome("Suspended", "suspended this use", "bad"),
    Choice.RETIRE: Outcome("Retired", "retired this use for good", "plain"),
    Choice.ADOPT: Outcome("Watch plan put in force", "put another watch plan in force", "good"),
    Choice.KEEP: Outcome("Watch plan kept", "left the watch plan as it is", "plain"),
}
"""Every outcome that can be recorded, under the code of the vote for it."""

APPROVING = tuple(str(code) for code, outcome in OUTCOMES.items() if outcome.approves)


@dataclass(frozen=True)
class NewCondition:
    """A condition as the chair words it: what has to be done, by which day, under which duty (a letter's code).

    An overdue `critical` one suspends the use. `owner_id` is the model's owner or deputy; none means the owner (R11).
    """

    text: str
    due_on: date
    duty: str = "responsible"
    critical: bool = False
    owner_id: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """For the row of an advice."""
        return {**asdict(self), "due_on": self.due_on.isoformat()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "NewCondition":
        """From the row of an advice."""
        return cls(**{**data, "due_on": date.fromisoformat(data["due_on"])})


@dataclass(frozen=True)
class Proposal:
    """A decision as the chair proposes to record it."""

    outcome: str
    reasons: str
    review_on: date | None
    conditions: Sequence[NewCondition]


class SuspensionKind(StrEnum):
    """Who or what stopped a use at once. Codes are never renamed."""

    OWNER = "owner"
    PROTECTION = "protection"
    CHAIR = "chair"
    OFFICER = "officer"
    WATCH = "watch"
    CONDITION = "condition"
    LAW = "law"


SUSPENDED_BY = {
    SuspensionKind.OWNER: "its owner",
    SuspensionKind.PROTECTION: "the data protection officer",
    SuspensionKind.CHAIR: "the chair of the ethics committee",
    SuspensionKind.OFFICER: "the accountable officer",
    SuspensionKind.WATCH: "a watch",
    SuspensionKind.CONDITION: "an overdue condition",
    SuspensionKind.LAW: "the law that fell away",
}
"""Who or what stopped it, in words."""

STANDING_KINDS = frozenset({SuspensionKind.WATCH, SuspensionKind.CONDITION, SuspensionKind.LAW})
"""Suspensions that never lapse: the committee set the limit or the condition, so only its decision lifts them."""

PERMISSION_PHRASES = {"": "", "shadow": " in the shadow", "pilot": " as a pilot", "operational": " for operational use"}
"""How a sentence about a submission goes on: how far the use was to be permitted (R08)."""
