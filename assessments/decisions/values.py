"""What a committee can decide, and what becomes of the use and of its assessment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
}
"""Every outcome that can be recorded, under the code of the vote for it."""

APPROVING = tuple(str(code) for code, outcome in OUTCOMES.items() if outcome.approves)


@dataclass(frozen=True)
class NewCondition:
    """A condition as the chair words it: what has to be done, by which day, under which duty (a letter's code)."""

    text: str
    due_on: date
    duty: str = "responsible"


@dataclass(frozen=True)
class Proposal:
    """A decision as the chair proposes to record it."""

    outcome: str
    reasons: str
    review_on: date | None
    conditions: Sequence[NewCondition]
