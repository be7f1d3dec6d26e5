"""Commands about decisions: record the committee's advice, decide, and follow up conditions."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from assessments.benefits.queries import check_may_run_until
from assessments.committee.queries import get_sitting, list_agency_kinds, list_changed, list_voting_kinds
from assessments.committee.service import hold
from assessments.committee.tables import AgendaItem
from assessments.committee.values import AGENDA_LIFE, Sitting
from assessments.decisions.consequences import carry_out
from assessments.decisions.queries import get_advice, list_open_conditions
from assessments.decisions.rules import (
    check_both_agencies,
    check_condition_owners,
    check_decision,
    check_departure,
    check_may_answer_condition,
    check_may_determine,
    check_may_meet_condition,
    check_may_record,
    check_proposal,
    check_submission_runs,
    check_unchanged,
)
from assessments.decisions.tables import Advice, Condition, Decision
from assessments.decisions.values import APPROVING, OUTCOMES, NewCondition, Proposal
from assessments.readiness.queries import list_gaps
from assessments.readiness.rules import check_may_be_approved
from assessments.readiness.values import Asked
from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from registry.models.service import set_lapse
from registry.models.tables import Use
from registry.models.values import PermissionStage

Conditions = Sequence[tuple[str, date] | NewCondition]


def record_decision(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    *,
    outcome: str,
    reasons: str,
    review_on: date | None,
    conditions: Conditions = (),
    at: datetime,
    approval_months: int,
) -> Decision:
    """Record what the committee says and, as it decides, carry it out, all in one transaction.

    The outcome has the most votes, abstentions left out; of outcomes that are tied the chair chooses. Refused when
    what was voted on has changed since (`changed_since_vote`), when council and police did not both vote for what
    brings them together (`one_agency`), and while something is missing (`not_ready`). Of two who record at once, one
    gets a Conflict.
    """
    sitting, proposal = _hear(session, actor, item, outcome, reasons, review_on, conditions, at, approval_months)
    _check_may_be_decided(session, item, sitting, proposal, at)
    advice = _write_advice(session, actor, item, proposal, sitting, at)
    return _decide(session, actor, item, advice, proposal, "decide", at)


def record_advice(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    *,
    outcome: str,
    reasons: str,
    review_on: date | None,
    conditions: Conditions = (),
    at: datetime,
    approval_months: int,
) -> Advice:
    """Record what the committee advises where an accountable officer decides; nothing runs before they have (R09)."""
    sitting, proposal = _hear(session, actor, item, outcome, reasons, review_on, conditions, at, approval_months)
    _check_may_be_decided(session, item, sitting, proposal, at)
    advice = _write_advice(session, actor, item, proposal, sitting, at)
    slug, facts = item.use.version.model.slug, {"use": item.use_id, "outcome": outcome}
    move(session, AGENDA_LIFE, item, "advise", actor, at, reason=advice.reasons, model=slug, facts=facts)
    return advice


def decide_on_advice(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    *,
    outcome: str,
    reasons: str,
    published_reasons: str = "",
    review_on: date | None = None,
    conditions: Conditions = (),
    at: datetime,
    approval_months: int,
) -> Decision:
    """An accountable officer decides on the committee's advice, and carries it out (R09).

    The outcome that was advised follows it, with its review date and its conditions; another one departs, with its own
    and with reasons that are published. Everything a decision of the committee is refused for is refused here too.
    """
    hold(session, item)
    sitting = get_sitting(session, item, london_date(at))
    check_may_determine(sitting, actor)
    advice = get_advice(session, item.id)
    departs = outcome != advice.outcome
    check_departure(sitting, outcome, departs=departs, published=published_reasons)
    if departs:
        proposal = _propose(outcome, reasons, review_on, conditions)
    else:
        proposal = _propose(outcome, reasons, advice.review_on, advice.proposed)
    check_proposal(proposal, london_date(at), approval_months)
    _check_may_be_decided(session, item, sitting, proposal, at)
    published = published_reasons if departs else ""
    return _decide(session, actor, item, advice, proposal, "determine", at, published=published)


def _hear(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    outcome: str,
    reasons: str,
    review_on: date | None,
    conditions: Conditions,
    at: datetime,
    approval_months: int,
) -> tuple[Sitting, Proposal]:
    """What the chair puts down as the committee's word, held against its votes."""
    hold(session, item)
    today = london_date(at)
    sitting = get_sitting(session, item, today)
    check_may_record(sitting, actor)
    proposal = _propose(outcome, reasons, review_on, conditions)
    check_decision(sitting, proposal, today, approval_months)
    return sitting, proposal


def _propose(outcome: str, reasons: str, review_on: date | None, conditions: Conditions) -> Proposal:
    listed = tuple(one if isinstance(one, NewCondition) else NewCondition(*one) for one in conditions)
    approves = outcome in OUTCOMES and OUTCOMES[outcome].approves
    return Proposal(outcome, reasons, review_on if approves else None, listed)


def _check_may_be_decided(
    session: Session, item: AgendaItem, sitting: Sitting, proposal: Proposal, at: datetime
) -> None:
    """Everything an outcome is refused for apart from the votes and the wording."""
    today, outcome, model = london_date(at), proposal.outcome, item.use.version.model
    check_condition_owners(proposal, (model.owner_id, model.deputy_id))
    check_unchanged(list_changed(session, item, today, lock=True), outcome)
    check_submission_runs(sitting, outcome)
    voted_for = list_voting_kinds(session, sitting, APPROVING)
    check_both_agencies(list_agency_kinds(session, item.use), voted_for, outcome)
    if proposal.review_on is not None:
        check_may_run_until(session, item.use, _asked_for(item), proposal.review_on)
    if item.assessment is not None and OUTCOMES[outcome].approves:
        permission = _asked_for(item) or PermissionStage.SHADOW
        check_may_be_approved(list_gaps(session, Asked(item.use, item.assessment, permission, today)))


def _asked_for(item: AgendaItem) -> PermissionStage | None:
    said = item.assessment.permission if item.assessment else ""
    return PermissionStage(said) if said else None


def _write_advice(
    session: Session, actor: Actor, item: AgendaItem, proposal: Proposal, sitting: Sitting, at: datetime
) -> Advice:
    advice = Advice(
        item_id=item.id,
        outcome=proposal.outcome,
        reasons=proposal.reasons.strip(),
        review_on=proposal.review_on,
        conditions=[condition.to_dict() for condition in proposal.conditions],
        tally=sitting.tally,
        recorded_by_id=actor.account_id,
        recorded_at=at,
    )
    session.add(advice)
    session.flush()
    facts = {"item": item.id, "use": item.use_id, "outcome": advice.outcome, "tally": advice.tally}
    slug = item.use.version.model.slug
    record(session, "advice_recorded", actor=actor.reference, at=at, model=slug, facts=facts)
    return advice


def _decide(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    advice: Advice,
    proposal: Proposal,
    step: str,
    at: datetime,
    *,
    published: str = "",
) -> Decision:
    facts = {"use": item.use_id, "outcome": proposal.outcome}
    slug = item.use.version.model.slug
    move(session, AGENDA_LIFE, item, step, actor, at, reason=proposal.reasons, model=slug, facts=facts)
    decision = Decision(
        item=item,
        use_id=item.use_id,
        outcome=proposal.outcome,
        reasons=proposal.reasons.strip(),
        review_on=proposal.review_on,
        tally=advice.tally,
        fingerprint=item.fingerprint,
        recorded_by_id=actor.account_id,
        recorded_at=at,
        by_officer=step == "determine",
        departs=proposal.outcome != advice.outcome,
        published_reasons=published.strip(),
        conditions=[_condition(one, item) for one in proposal.conditions],
    )
    session.add(decision)
    session.flush()
    _record(session, "decision_recorded", actor, decision, at)
    carry_out(session, actor, item, proposal, at)
    _keep_lapse(session, actor, item.use, at)
    return decision


def _keep_lapse(session: Session, actor: Actor, use: Use, at: datetime) -> None:
    """Tell the approval until when its first open critical condition has to be met: the gate reads it there (R11)."""
    open_days = [one.due_on for one in list_open_conditions(session, [use.id]) if one.critical]
    set_lapse(session, actor, use, min(open_days, default=None), at)


def _condition(one: NewCondition, item: AgendaItem) -> Condition:
    owner_id = one.owner_id or item.use.version.model.owner_id
    return Condition(duty=one.duty, text=one.text.strip(), due_on=one.due_on, critical=one.critical, owner_id=owner_id)


def _record(session: Session, kind: str, actor: Actor, decision: Decision, at: datetime) -> None:
    facts: dict[str, Any] = {
        "item": decision.item_id,
        "use": decision.use_id,
        "outcome": decision.outcome,
        "review_on": decision.review_on.isoformat() if decision.review_on else None,
        "tally": decision.tally,
        "conditions": len(decision.conditions),
        "fingerprint": decision.fingerprint,
        "departs": decision.departs,
    }
    record(session, kind, actor=actor.reference, at=at, model=decision.item.use.version.model.slug, facts=facts)


def answer_condition(
    session: Session, actor: Actor, condition: Condition, decision: Decision, evidence: str, at: datetime
) -> None:
    """The owner or deputy shows how a condition was met; the chair still has to agree."""
    session.refresh(condition, ["met_at"], with_for_update=True)
    check_may_answer_condition(condition, decision.item.use, actor)
    if not evidence.strip():
        sentence = "Say how the condition was met, and where that can be seen."
        raise Invalid(sentence, problems={"evidence": sentence})
    condition.evidence, condition.evidence_at = evidence.strip(), at
    _record_condition(session, "condition_answered", actor, condition, decision, at)


def meet_condition(session: Session, actor: Actor, condition: Condition, decision: Decision, at: datetime) -> None:
    """The chair says that a condition is met, after its owner has shown how (R11)."""
    session.refresh(condition, ["met_at", "evidence"], with_for_update=True)
    check_may_meet_condition(condition, get_sitting(session, decision.item, london_date(at)), actor)
    condition.met_at, condition.met_by_id = at, actor.account_id
    _record_condition(session, "condition_met", actor, condition, decision, at)
    _keep_lapse(session, actor, decision.item.use, at)


def _record_condition(
    session: Session, kind: str, actor: Actor, condition: Condition, decision: Decision, at: datetime
) -> None:
    session.flush()
    facts = {"condition": condition.id, "item": decision.item_id, "use": decision.use_id}
    slug = decision.item.use.version.model.slug
    record(session, kind, actor=actor.reference, at=at, model=slug, facts=facts)
