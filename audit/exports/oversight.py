"""The part of a record that people answered and reviewed: rounds of answers, their evidence, and steps of a life."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from assessments.questionnaire.answer_types import tell_value
from assessments.questionnaire.queries import questions_of
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import Question
from assessments.reviews.values import Review
from audit.exports.values import account, day, moment

DOTS = re.compile(r"\.\.+")


def tell_assessment(assessment: Assessment, reviews: Sequence[Review] = ()) -> dict[str, Any]:
    """One round of answers: every question of its version, with its answer, evidence and reviews or without."""
    answers = {answer.code: answer for answer in assessment.answers}
    questions = list(questions_of(assessment).questions)
    told = [{"code": q.code, "duty": q.word, "question": q.text, **_answer(answers.get(q.code), q)} for q in questions]
    return {
        "id": assessment.id,
        "use": assessment.use_id,
        "version": assessment.use.version.number,
        "questionnaire": assessment.questionnaire,
        "permission": assessment.permission,
        "terms": dict(assessment.terms),
        "stage": assessment.stage,
        "started_at": moment(assessment.started_at),
        "started_by": account(assessment.started_by_id),
        "submitted_at": moment(assessment.submitted_at),
        "answers_sha256": assessment.answers_sha256,
        "answers": told,
        "evidence": [_evidence(evidence) for evidence in assessment.evidence],
        "reviews": [_review(review) for review in reviews],
    }


def _answer(answer: Answer | None, question: Question) -> dict[str, Any]:
    if answer is None:
        return {"answered": False, "choice": "", "text": "", "value": {}, "typed": "", "by": None, "at": None}
    given = {"by": account(answer.answered_by_id), "at": moment(answer.answered_at)}
    given["typed"] = tell_value(question.type, answer.value)
    return {"answered": True, "choice": answer.choice, "text": answer.text, "value": dict(answer.value), **given}


def _review(review: Review) -> dict[str, Any]:
    return {
        "code": review.code,
        "view": review.view.value,
        "words": review.view.words,
        "reason": review.reason,
        "by": account(review.by_id),
        "at": moment(review.at),
        "carried": review.carried,
    }


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "code": evidence.code,
        "title": evidence.title,
        "text": evidence.text,
        "link": evidence.link,
        "kind": evidence.kind,
        "document_version": evidence.document_version,
        "effective_on": day(evidence.effective_on),
        "expires_on": day(evidence.expires_on),
        "origin": evidence.origin,
        "file_name": evidence.file_name,
        "file_sha256": evidence.file_sha256,
        "path": evidence_path(evidence.file_sha256, evidence.file_name) if evidence.file_sha256 else None,
        "by": account(evidence.added_by_id),
        "at": moment(evidence.added_at),
    }


def evidence_path(sha256: str, name: str) -> str:
    """Where an evidence file stands in a pack: under its hash, and a name that no system misreads."""
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "._-") else "_" for letter in name)
    return f"assessment/evidence/{sha256}/{DOTS.sub('.', plain).strip('.')[-80:] or 'file'}"


def tell_step(change: Any, titles: Mapping[str, str]) -> dict[str, Any]:
    """A change of stage; `titles` are the stages' names as people read them."""
    return {
        "at": moment(change.at),
        "thing": f"{change.thing}:{change.thing_id}",
        "step": change.step,
        "from": change.source,
        "to": change.target,
        "to_title": titles.get(change.target, change.target),
        "by": account(change.by_id),
        "reason": change.reason,
    }
