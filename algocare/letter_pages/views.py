"""What is known beside each letter of ALGO-CARE about one use: what its owner wrote, and facts that nobody typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, render_template, url_for

from assessments.questionnaire.queries import find_current, questions_of, strip
from assessments.questionnaire.rules import count_answered, evidence_by_code
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Letter
from foundation.accounts.values import Permission
from foundation.errors import NotFound
from foundation.web.doors import PUBLIC, actor, door, house, session
from foundation.web.texts import count_text, date_text
from registry.letters.queries import list_facts
from registry.letters.values import LiveFact
from registry.models.queries import get_use

views = Blueprint("letters", __name__)

STATES = {
    "good": ("As it should be", "good"),
    "amber": ("Needs somebody", "attention"),
    "red": ("Not as it should be", "bad"),
    "none": ("Nothing to say yet", "plain"),
}
"""A fact's state in words, with the tone of its tag."""


@dataclass(frozen=True)
class Beside:
    """One letter: its tile, what its owner wrote, where to read it, and its facts, each with where it leads."""

    letter: Letter
    tile: dict[str, Any]
    written: str
    href: str | None
    facts: Sequence[tuple[LiveFact, str | None]]


@views.get("/models/<slug>/uses/<int:use_id>/letters")
@door(Permission.SEE_REGISTER)
def show(slug: str, use_id: int) -> Any:
    """The eight letters of one use, each with its answers in a sentence and its live facts."""
    use, now = get_use(session(), use_id), house().clock.now()
    if use.version.model.slug != slug:
        raise NotFound("There is no such use of this model.")
    assessment, facts = find_current(session(), use.id), list_facts(session(), use, now, house().letters)
    tiles = {tile["code"]: tile for tile in strip(session(), use, now, [lambda *_: facts])}
    letters = [
        Beside(
            letter,
            tiles[letter.code],
            written(assessment, letter),
            _answers_href(assessment, letter),
            [(fact, href_of(fact.endpoint, fact.arguments)) for fact in facts if fact.letter == letter.code],
        )
        for letter in questions_of(assessment).letters
    ]
    return render_template("algocare/letter_pages/show.html", use=use, letters=letters, states=STATES, looked_at=now)


def written(assessment: Assessment | None, letter: Letter) -> str:
    """What the owner wrote under a letter, counted: how many questions, how much evidence, and since when it stands."""
    if assessment is None:
        return "Nothing is written yet. What the owner answers appears here."
    pieces = evidence_by_code(assessment)
    evidence = sum(len(pieces.get(question.code, ())) for question in letter.questions)
    answered = f"{count_answered(assessment, letter)} of {count_text(len(letter.questions), 'question')} answered"
    when = f"submitted on {date_text(assessment.submitted_at)}" if assessment.submitted_at else "not submitted yet"
    return f"{answered} with {count_text(evidence, 'piece')} of evidence, {when}."


def _answers_href(assessment: Assessment | None, letter: Letter) -> str | None:
    if assessment is None:
        return None
    return href_of("assessments.read", {"assessment_id": assessment.id, "_anchor": letter.code})


def href_of(endpoint: str | None, arguments: Any) -> str | None:
    """The address of a page, or none when there is none or the reader may not open it."""
    if endpoint is None:
        return None
    view: Any = current_app.view_functions[endpoint]
    permission = view.permission
    if permission != PUBLIC and not actor().may(Permission(permission)):
        return None
    return url_for(endpoint, **arguments)
