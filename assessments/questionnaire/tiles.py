"""The tiles of the ALGO-CARE strip: each letter's state in words, from what is really on record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from assessments.decisions.tables import Condition
from assessments.questionnaire.rules import count_answered
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Letter
from foundation.web.texts import count_text, date_text
from registry.models.tables import Approval, Use

REVIEW_NEAR = timedelta(days=30)
"""How long before its review date a use's Responsible tile says so."""

State = tuple[str, str]
"""A state of the strip (met, due, attention, not_met, none) and its words."""


@dataclass(frozen=True)
class Standing:
    """What the tiles are made from: the use, its newest round of answers, its approval, its open conditions, today."""

    use: Use
    assessment: Assessment | None
    approval: Approval | None
    conditions: Sequence[Condition]
    today: date


def make_tile(letter: Letter, standing: Standing) -> dict[str, Any]:
    """One tile for templates/parts/strip.html; its address is made by the view."""
    state, words = _find_state(letter, standing)
    return {
        "letter": letter.letter,
        "word": letter.word,
        "state": state,
        "state_text": words,
        "href": None,
        "code": letter.code,
    }


def _find_state(letter: Letter, standing: Standing) -> State:
    if standing.use.stage in ("approved", "suspended"):
        return _granted(letter, standing)
    if standing.use.stage == "retired":
        return "none", "Retired"
    return _asked(letter, standing)


def _granted(letter: Letter, standing: Standing) -> State:
    approval, today = standing.approval, standing.today
    if approval is None or approval.expires_on < today:
        return "not_met", f"Approval ended {date_text(approval.expires_on)}" if approval else "Approval ended"
    own = [condition for condition in standing.conditions if condition.duty == letter.code]
    if own:
        return _open_conditions(own, today)
    if letter.code == "responsible":
        return _reviewed(standing.use, approval, today)
    return "met", "Met"


def _reviewed(use: Use, approval: Approval, today: date) -> State:
    if use.stage == "suspended":
        return "not_met", "Suspended until the committee decides"
    left = approval.expires_on - today
    if left > REVIEW_NEAR:
        return "met", "Met"
    return "due", "Review today" if not left.days else f"Review in {count_text(left.days, 'day')}"


def _open_conditions(conditions: Sequence[Condition], today: date) -> State:
    first = min(condition.due_on for condition in conditions)
    count = count_text(len(conditions), "condition")
    if first < today:
        return "not_met", f"{count}, overdue since {date_text(first)}"
    return "due", f"{count} due {date_text(first)}"


def _asked(letter: Letter, standing: Standing) -> State:
    assessment = standing.assessment
    if assessment is None:
        return "none", "Not answered yet"
    if assessment.stage == "submitted":
        return "due", "With the committee"
    if assessment.stage == "returned":
        return "attention", "The committee asked for more"
    if assessment.stage == "decided":
        return "not_met", "Rejected"
    return _in_draft(count_answered(assessment, letter), len(letter.questions))


def _in_draft(answered: int, of: int) -> State:
    if not answered:
        return "none", "Not answered yet"
    if answered < of:
        return "attention", f"{answered} of {of} answered"
    return "due", "Answered, not submitted yet"
