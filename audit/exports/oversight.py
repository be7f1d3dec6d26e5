"""The part of a record that people decided: assessments, the committee's items and votes, decisions, approvals."""

import re
from collections.abc import Mapping
from typing import Any

from assessments.committee.tables import AgendaItem, Vote
from assessments.decisions.tables import Condition, Decision
from assessments.questionnaire.tables import Answer, Assessment, Evidence
from assessments.questionnaire.values import load_questionnaire
from audit.exports.values import account, day, moment
from registry.models.tables import Approval, Use

DOTS = re.compile(r"\.\.+")


def tell_assessment(assessment: Assessment) -> dict[str, Any]:
    """One round of answers: every question of its version, with its answer and evidence or without."""
    answers = {answer.code: answer for answer in assessment.answers}
    questions = list(load_questionnaire(assessment.questionnaire).questions)
    told = [{"code": q.code, "duty": q.word, "question": q.text, **_answer(answers.get(q.code))} for q in questions]
    return {
        "id": assessment.id,
        "use": assessment.use_id,
        "version": assessment.use.version.number,
        "questionnaire": assessment.questionnaire,
        "stage": assessment.stage,
        "started_at": moment(assessment.started_at),
        "started_by": account(assessment.started_by_id),
        "submitted_at": moment(assessment.submitted_at),
        "answers_sha256": assessment.answers_sha256,
        "answers": told,
        "evidence": [_evidence(evidence) for evidence in assessment.evidence],
    }


def _answer(answer: Answer | None) -> dict[str, Any]:
    if answer is None:
        return {"answered": False, "choice": "", "text": "", "by": None, "at": None}
    given = {"by": account(answer.answered_by_id), "at": moment(answer.answered_at)}
    return {"answered": True, "choice": answer.choice, "text": answer.text, **given}


def _evidence(evidence: Evidence) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "code": evidence.code,
        "title": evidence.title,
        "text": evidence.text,
        "link": evidence.link,
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


def tell_item(item: AgendaItem, decided: bool) -> dict[str, Any]:
    """An agenda item. Votes stand in it only once it is decided: until then they are secret (R09)."""
    return {
        "id": item.id,
        "use": item.use_id,
        "assessment": item.assessment_id,
        "kind": item.kind,
        "title": item.title,
        "question": item.question,
        "fingerprint": item.fingerprint,
        "stage": item.stage,
        "opened_at": moment(item.opened_at),
        "interests": [
            {"member": account(one.member_id), "declared": one.declared, "at": moment(one.at)} for one in item.interests
        ],
        "votes": [_vote(vote) for vote in item.votes] if decided else None,
    }


def _vote(vote: Vote) -> dict[str, Any]:
    return {"member": account(vote.member_id), "choice": vote.choice, "reason": vote.reason, "at": moment(vote.at)}


def tell_decision(decision: Decision) -> dict[str, Any]:
    """A decision with its tally and its conditions."""
    return {
        "id": decision.id,
        "item": decision.item_id,
        "use": decision.use_id,
        "outcome": decision.outcome,
        "reasons": decision.reasons,
        "review_on": day(decision.review_on),
        "tally": dict(decision.tally),
        "fingerprint": decision.fingerprint,
        "recorded_at": moment(decision.recorded_at),
        "recorded_by": account(decision.recorded_by_id),
        "conditions": [_condition(condition) for condition in decision.conditions],
    }


def _condition(condition: Condition) -> dict[str, Any]:
    return {
        "id": condition.id,
        "duty": condition.duty,
        "text": condition.text,
        "due_on": day(condition.due_on),
        "met_at": moment(condition.met_at),
        "met_by": account(condition.met_by_id) if condition.met_at else None,
        "evidence": condition.evidence,
    }


def tell_approval(approval: Approval, use: Use) -> dict[str, Any]:
    """An approval: a fact about one use of one version."""
    return {
        "id": approval.id,
        "use": use.id,
        "version": use.version.number,
        "granted_at": moment(approval.granted_at),
        "granted_by": account(approval.granted_by_id),
        "expires_on": day(approval.expires_on),
        "fingerprint": approval.fingerprint,
        "conditions": list(approval.conditions),
        "register": approval.footing.state if approval.footing else None,
        "grounds": list(approval.footing.grounds) if approval.footing else [],
        "ended_at": moment(approval.ended_at),
    }


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
