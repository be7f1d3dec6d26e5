"""Driving the real services through an assessment and a decision, for the demonstration and for tests."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy.orm import Session

from assessments.committee.service import close_vote, declare, vote
from assessments.committee.tables import AgendaItem
from assessments.decisions.service import record_decision
from assessments.decisions.tables import Decision
from assessments.decisions.values import NewCondition
from assessments.questionnaire.queries import find_draft, questions_of
from assessments.questionnaire.service import answer, attach, start, submit
from assessments.questionnaire.tables import Assessment
from foundation.accounts.values import Actor
from registry.models.tables import Use

ANSWERS = Path(__file__).parent / "return_to_custody" / "answers.yaml"

Answers = Sequence[Mapping[str, Any]]


def read_answers(path: Path = ANSWERS) -> Answers:
    """Answers from a file: a list of {code, answer, text, evidence: [{title, text}]}."""
    listed: Answers = yaml.safe_load(path.read_text(encoding="utf-8"))
    return listed


def answer_all(session: Session, owner: Actor, use: Use, answers: Answers, at: datetime) -> Assessment:
    """Answer every question of a use with its evidence, in its open round or a new one; nothing is submitted yet."""
    assessment = find_draft(session, use.id) or start(session, owner, use, at)
    questionnaire = questions_of(assessment)
    for given in answers:
        asks_choice = questionnaire.question(given["code"]).asks_choice
        choice = given["answer"] if asks_choice else ""
        text = given["text"].strip() if asks_choice else f"{given['answer']}\n\n{given['text']}".strip()
        answer(session, owner, assessment, given["code"], choice, text, at)
        for evidence in given["evidence"]:
            attach(
                session,
                owner,
                assessment,
                given["code"],
                evidence["title"],
                text=evidence["text"],
                upload_mib=1,
                at=at,
            )
    return assessment


def assess(session: Session, owner: Actor, use: Use, answers: Answers, at: datetime) -> AgendaItem:
    """Answer everything and submit it to the committee."""
    return submit(session, owner, answer_all(session, owner, use, answers, at), at)


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
    approval_months: int = 12,
) -> Decision:
    """Every member declares no interest and votes for `outcome`, then the chair closes the vote and records it.

    `dissent` maps a member's name to another choice and its reason. The chair votes only when among `members`.
    """
    for member in members:
        choice, reason = (dissent or {}).get(member.name, (outcome, reasons))
        declare(session, member, item, "none", "", at)
        vote(session, member, item, choice, reason, at)
    close_vote(session, chair, item, quorum=quorum, at=at)
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
