"""The tiles of the ALGO-CARE strip: each letter's state in words, the worst of the record and of live facts.

What people wrote and decided gives a letter its state; a fact that nobody typed turns it amber or red by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from assessments.decisions.tables import Condition
from assessments.questionnaire.rules import count_answered
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Letter
from foundation.web.texts import count_text, date_text
from registry.letters.rules import find_worst
from registry.letters.values import LiveFact
from registry.models.tables import Approval, Use

REVIEW_NEAR = timedelta(days=30)
"""How long before its review date a use's Responsible tile says so."""

State = tuple[str, str]
"""A state of the strip (met, due, attention, not_met, none) and its words."""

GRAVENESS = ("none", "met", "due", "attention", "not_met")
"""How grave a tile's state is, the gravest last: a fact counts only when it is graver than the record."""

TURNS = {"amber": "attention", "red": "not_met"}
"""What a live fact turns a tile to."""


@dataclass(frozen=True)
class Standing:
    """What the tiles are made from: the use, its newest round of answers, its approval, its open conditions, today.

    `facts` are the live facts about the use, of every letter.
    """

    use: Use
    assessment: Assessment | None
    approval: Approval | None
    conditions: Sequence[Condition]
    today: date
    facts: Sequence[LiveFact] = ()


def make_tile(letter: Letter, standing: Standing) -> dict[str, Any]:
    """One tile for templates/parts/strip.html; its address is made by the view.

    `live` says that a live fact gave it its state and words, not the record.
    """
    recorded = _find_state(letter, standing)
    told = _find_live(letter, standing)
    live = told is not None and GRAVENESS.index(told[0]) > GRAVENESS.index(recorded[0])
    state, words = told if told is not None and live else recorded
    return {
        "letter": letter.letter,
        "word": letter.word,
        "state": state,
        "state_text": words,
        "href": None,
        "code": letter.code,
        "live": live,
    }


def _find_live(letter: Letter, standing: Standing) -> State | None:
    worst = find_worst(fact for fact in standing.facts if fact.letter == letter.code)
    return (TURNS[worst.state], worst.words) if worst else None


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
