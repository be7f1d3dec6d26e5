"""The part of a record that people decided: the committee's items, votes and advice, decisions and approvals."""

from collections.abc import Sequence
from typing import Any

from assessments.committee.tables import AgendaItem, Vote
from assessments.decisions.tables import Advice, Condition, Decision
from assessments.members.tables import Seat
from audit.exports.values import account, day, moment
from foundation.clock import london_date
from registry.models.tables import Approval, Use
from registry.watch_plans.tables import PlanVersion


def tell_item(item: AgendaItem, decided: bool, seats: Sequence[Seat] = ()) -> dict[str, Any]:
    """An agenda item. Votes stand in it only once it is decided: until then they are secret (R09).

    `seats` are all that ever were; each vote stands with the marks of the seat that ran on its day (R10).
    """
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
        "votes": [_vote(vote, item, seats) for vote in item.votes] if decided else None,
        "plan": _plan(item.plan) if item.plan else None,
    }


def _plan(plan: PlanVersion) -> dict[str, Any]:
    """A proposed plan of watches, whatever became of it (R12)."""
    return {
        "number": plan.number,
        "stage": plan.stage,
        "reason": plan.reason,
        "proposed_at": moment(plan.proposed_at),
        "proposed_by": account(plan.proposed_by_id),
        "decided_at": moment(plan.decided_at),
        "content": dict(plan.content),
        "sha256": plan.sha256,
    }


def _vote(vote: Vote, item: AgendaItem, seats: Sequence[Seat]) -> dict[str, Any]:
    held = next((seat for seat in seats if seat.account_id == vote.member_id and seat.runs(london_date(vote.at))), None)
    return {
        "member": account(vote.member_id),
        "choice": vote.choice,
        "reason": vote.reason,
        "at": moment(vote.at),
        "seat": {"kind": held.kind, "independent": held.independent, "lay": held.lay} if held else None,
        "counted": item.counted is None or vote.member_id in item.counted,
    }


def tell_advice(advice: Advice) -> dict[str, Any]:
    """What the committee advised, which is another record than what was decided (R09)."""
    proposed = [{"text": one.text, "due_on": day(one.due_on), "critical": one.critical} for one in advice.proposed]
    return {
        "item": advice.item_id,
        "outcome": advice.outcome,
        "reasons": advice.reasons,
        "review_on": day(advice.review_on),
        "tally": dict(advice.tally),
        "conditions": proposed,
        "recorded_at": moment(advice.recorded_at),
        "recorded_by": account(advice.recorded_by_id),
    }


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
        "by_officer": decision.by_officer,
        "departs": decision.departs,
        "published_reasons": decision.published_reasons,
        "conditions": [_condition(one, decision.item.use) for one in decision.conditions],
    }


def _condition(condition: Condition, use: Use) -> dict[str, Any]:
    model = use.version.model
    answers = condition.owner_id or model.owner_id
    return {
        "id": condition.id,
        "duty": condition.duty,
        "text": condition.text,
        "due_on": day(condition.due_on),
        "critical": condition.critical,
        "owner": account(answers) if answers else None,
        "owner_role": "deputy" if answers == model.deputy_id else "owner",
        "met_at": moment(condition.met_at),
        "met_by": account(condition.met_by_id) if condition.met_at else None,
        "evidence": condition.evidence,
    }


def tell_approval(approval: Approval, use: Use) -> dict[str, Any]:
    """An approval: a fact about one use of one version, and how far it goes; `terms` are those of a pilot (R08)."""
    return {
        "id": approval.id,
        "use": use.id,
        "version": use.version.number,
        "granted_at": moment(approval.granted_at),
        "granted_by": account(approval.granted_by_id),
        "expires_on": day(approval.expires_on),
        "permission": approval.permission,
        "terms": dict(approval.terms),
        "extent": approval.extent,
        "fingerprint": approval.fingerprint,
        "conditions": list(approval.conditions),
        "register": approval.footing.state if approval.footing else None,
        "grounds": list(approval.footing.grounds) if approval.footing else [],
        "ended_at": moment(approval.ended_at),
    }
