"""Driving the real services through an assessment and a decision, for the demonstration and for tests."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from algocare.demo.preparing import prepare
from assessments.committee.service import close_vote, declare, vote
from assessments.committee.tables import AgendaItem
from assessments.decisions.service import record_decision
from assessments.decisions.tables import Decision
from assessments.decisions.values import NewCondition
from assessments.questionnaire.queries import find_draft, questions_of
from assessments.questionnaire.rules import list_labels
from assessments.questionnaire.service import answer, attach, start, submit
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import Question
from assessments.reviews.service import review
from assessments.reviews.tables import AnswerReview
from assessments.reviews.values import View, Viewed
from foundation.accounts.values import Actor
from registry.models.tables import Use
from registry.models.values import PermissionStage, PilotTerms

ANSWERS = Path(__file__).parent / "return_to_custody" / "answers.yaml"

Answers = Sequence[Mapping[str, Any]]


def read_answers(path: Path = ANSWERS) -> Answers:
    """Answers from a file: a list of {code, answer, text, evidence: [{title, text, kind}]}, and what a type asks for.

    That is `value` for a single line, `rows` for several, and `each` for a line that is the same for every data item.
    """
    listed: Answers = yaml.safe_load(path.read_text(encoding="utf-8"))
    return listed


def answer_all(session: Session, owner: Actor, use: Use, answers: Answers, at: datetime) -> Assessment:
    """Record what readiness asks for, and answer every question of a use with its evidence; nothing is submitted yet.

    It answers in the use's open round or a new one, and adds no evidence where there is some already.
    """
    prepare(session, owner, use, at)
    assessment = find_draft(session, use.id) or start(session, owner, use, at)
    questionnaire = questions_of(assessment)
    known = {evidence.code for evidence in assessment.evidence}
    for given in answers:
        question = questionnaire.question(given["code"])
        choice = given["answer"] if question.asks_choice else ""
        text = given["text"].strip() if question.asks_choice else f"{given['answer']}\n\n{given['text']}".strip()
        answer(session, owner, assessment, question.code, choice, text, at, value_of(question, given, use))
        for evidence in given["evidence"] if question.code not in known else []:
            told = {"text": evidence["text"], "kind": evidence.get("kind", "other")}
            attach(session, owner, assessment, question.code, evidence["title"], **told, upload_mib=1, at=at)
    return assessment


def value_of(question: Question, given: Mapping[str, Any], use: Use) -> dict[str, Any]:
    """What a typed question is answered with, its lines for this use's data items among it."""
    if "each" in given:
        return {"rows": [{"of": label, **given["each"]} for label in list_labels(question, use.version)]}
    return {"rows": given["rows"]} if "rows" in given else dict(given.get("value", {}))


def fields_of(question: Question, given: Mapping[str, Any], use: Use) -> dict[str, str]:
    """The same under the names of the form's fields, for whoever answers through the pages."""
    value = value_of(question, given, use)
    if question.type.rows == "one":
        return {f"{question.field}_{code}": str(cell) for code, cell in value.items()}
    rows = enumerate(value.get("rows", []))
    return {f"{question.field}_{n}_{code}": str(cell) for n, row in rows for code, cell in row.items() if code != "of"}


def assess(
    session: Session,
    owner: Actor,
    use: Use,
    answers: Answers,
    at: datetime,
    *,
    permission: str = "shadow",
    pilot: PilotTerms | None = None,
) -> AgendaItem:
    """Answer everything, and submit it for a stage of permission."""
    assessment = answer_all(session, owner, use, answers, at)
    return submit(session, owner, assessment, at, permission=PermissionStage(permission), pilot=pilot)


def review_all(session: Session, reviewer: Actor, assessment: Assessment, at: datetime) -> Sequence[AnswerReview]:
    """Somebody other than the authors is satisfied with every answer of a submitted round (R05)."""
    codes = [question.code for question in questions_of(assessment).questions]
    return review(session, reviewer, assessment, {code: Viewed(View.SATISFIED) for code in codes}, at)


def decide(
    session: Session,
    members: Sequence[Actor],
    chair: Actor,
    item: AgendaItem,
    outcome: str,
    reasons: str,
    review_on: date | None,
    at: datetime,
    *,
    conditions: Sequence[tuple[str, date] | NewCondition] = (),
    dissent: Mapping[str, tuple[str, str]] | None = None,
    quorum: int = 3,
    independents: int = 1,
    approval_months: int = 12,
) -> Decision:
    """Every member declares no interest and votes for `outcome`, then the chair closes the vote and records it.

    `dissent` maps a member's name to another choice and its reason. The chair votes only when among `members`.
    """
    for member in members:
        choice, reason = (dissent or {}).get(member.name, (outcome, reasons))
        declare(session, member, item, "none", "", at)
        vote(session, member, item, choice, reason, at)
    close_vote(session, chair, item, quorum=quorum, independents=independents, at=at)
    return record_decision(
        session,
        chair,
        item,
        outcome=outcome,
        reasons=reasons,
        review_on=review_on,
        conditions=conditions,
        at=at,
        approval_months=approval_months,
    )
