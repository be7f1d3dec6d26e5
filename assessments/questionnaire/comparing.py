"""Two rounds of answers about the same use side by side: what was asked for, answered, shown and reviewed (R05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from assessments.questionnaire.answer_types import tell_value
from assessments.questionnaire.queries import questions_of
from assessments.questionnaire.rules import answers_by_code, asked_of, evidence_by_code
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import Question
from assessments.reviews.queries import list_reviews
from assessments.reviews.values import Review
from foundation.errors import NotFound
from foundation.web.texts import count_text, date_text, list_text

Sides = tuple[str, str]
"""What a thing was before and what it is now."""


@dataclass(frozen=True)
class Difference:
    """A question whose answer, evidence or review is not what it was: each part that changed, before and now."""

    code: str
    question: str
    parts: Sequence[tuple[str, Sides]]


@dataclass(frozen=True)
class Comparison:
    """Two rounds, the earlier one first. `asked` holds what is asked for where it changed."""

    before: Assessment
    now: Assessment
    asked: Sequence[tuple[str, Sides]]
    differences: Sequence[Difference]
    unchanged: int


def compare(session: Session, one: Assessment, other: Assessment) -> Comparison:
    """Two rounds of the same use, or of the same use of two versions of a model; others are not found."""
    if (one.use.version.model_id, one.use.code) != (other.use.version.model_id, other.use.code):
        raise NotFound("These two assessments are not about the same use of a model.")
    before, now = sorted((one, other), key=lambda assessment: assessment.id)
    questions = {q.code: q for assessment in (before, now) for q in questions_of(assessment).questions}
    sides = (_tell(session, before, questions), _tell(session, now, questions))
    found = [_difference(question, sides[0][code], sides[1][code]) for code, question in questions.items()]
    differences = [difference for difference in found if difference.parts]
    asked = _changed(_tell_asked(before), _tell_asked(now))
    return Comparison(before, now, asked, differences, len(questions) - len(differences))


def _difference(question: Question, before: Mapping[str, str], now: Mapping[str, str]) -> Difference:
    return Difference(question.code, question.text, _changed(before, now))


def _changed(before: Mapping[str, str], now: Mapping[str, str]) -> list[tuple[str, Sides]]:
    return [(part, (before[part], now[part])) for part in before if before[part] != now[part]]


def _tell_asked(assessment: Assessment) -> dict[str, str]:
    permission, pilot = asked_of(assessment)
    terms = pilot.to_dict() if pilot else {}
    return {"Permission": permission.words, **{title: _term(terms.get(name)) for name, title in TERMS.items()}}


TERMS = {
    "hypothesis": "What the pilot is to find out",
    "success": "What counts as success",
    "stop": "What stops it early",
    "people": "People at most",
    "teams": "Teams that see scores",
}


def _term(value: Any) -> str:
    if isinstance(value, list):
        return list_text([str(team) for team in value])
    return f"{value:,}" if isinstance(value, int) else value or "No pilot"


def _tell(session: Session, assessment: Assessment, questions: Mapping[str, Question]) -> dict[str, dict[str, str]]:
    asked = {question.code for question in questions_of(assessment).questions}
    answers, evidence = answers_by_code(assessment), evidence_by_code(assessment)
    reviews = list_reviews(session, assessment.id)
    return {
        code: {
            "Answer": _tell_answer(question, answers.get(code)) if code in asked else "Not asked",
            "Evidence": "\n".join(sorted(map(_tell_evidence, evidence.get(code, [])))) or "None",
            "Reviews": "\n".join(_tell_review(one) for one in reviews if one.code == code) or "None",
        }
        for code, question in questions.items()
    }


def _tell_answer(question: Question, answer: Answer | None) -> str:
    if answer is None:
        return "Not answered"
    said = (answer.choice.capitalize(), tell_value(question.type, answer.value), answer.text)
    return "\n".join(part for part in said if part) or "Not answered"


def _tell_evidence(one: Evidence) -> str:
    version = f"version {one.document_version}" if one.document_version else ""
    days = [f"{word} {date_text(day)}" for word, day in (("from", one.effective_on), ("until", one.expires_on)) if day]
    file = f"file {one.file_name} ({one.file_sha256[:12]})" if one.file_sha256 else ""
    return ", ".join(part for part in (one.title, one.kind_text, version, *days, one.text, one.link, file) if part)


def _tell_review(review: Review) -> str:
    said = f"{review.view.words}, {review.by}"
    return f"{said}: {review.reason}" if review.reason else said


def tell_counts(comparison: Comparison) -> str:
    """How much changed, in a sentence."""
    changed, unchanged = len(comparison.differences), comparison.unchanged
    if not changed:
        return f"Nothing changed in any of the {unchanged} questions."
    return f"{count_text(changed, 'question')} changed; {unchanged} did not."
