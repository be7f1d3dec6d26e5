"""Commands about decisions: record one, and follow up its conditions."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from assessments.committee.queries import find_answers, fingerprint_now, get_sitting, list_items_of
from assessments.committee.service import hold
from assessments.committee.tables import AgendaItem
from assessments.committee.values import AGENDA_LIFE, Choice
from assessments.decisions.rules import (
    check_decision,
    check_may_answer_condition,
    check_may_meet_condition,
    check_may_record,
    check_unchanged,
)
from assessments.decisions.tables import Condition, Decision
from assessments.decisions.values import OUTCOMES, NewCondition, Proposal
from assessments.questionnaire.values import ASSESSMENT_LIFE
from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from registry.models.service import approve, ask_for_more, reject, retire, suspend


def record_decision(
    session: Session,
    actor: Actor,
    item: AgendaItem,
    *,
    outcome: str,
    reasons: str,
    review_on: date | None,
    conditions: Sequence[tuple[str, date] | NewCondition] = (),
    at: datetime,
    approval_months: int,
) -> Decision:
    """Record what the committee decided and carry it out, all in one transaction.

    The outcome has the most votes, abstentions left out; of outcomes that are tied the chair chooses. Refused when
    what was voted on has changed since (`changed_since_vote`). Of two who record at once, one gets a Conflict.
    """
    hold(session, item)
    sitting = get_sitting(session, item)
    check_may_record(sitting, actor)
    listed = tuple(one if isinstance(one, NewCondition) else NewCondition(*one) for one in conditions)
    approves = outcome in OUTCOMES and OUTCOMES[outcome].approves
    proposal = Proposal(outcome, reasons, review_on if approves else None, listed)
    check_decision(sitting, proposal, london_date(at), approval_months)
    check_unchanged(item.fingerprint, fingerprint_now(session, item.use, item.assessment))
    decision = _write(session, actor, item, proposal, sitting.tally, at)
    _record(session, "decision_recorded", actor, decision, at)
    _carry_out(session, actor, item, proposal, at)
    return decision


def _write(
    session: Session, actor: Actor, item: AgendaItem, proposal: Proposal, tally: dict[str, int], at: datetime
) -> Decision:
    facts = {"use": item.use_id, "outcome": proposal.outcome}
    slug = item.use.version.model.slug
    move(session, AGENDA_LIFE, item, "decide", actor, at, reason=proposal.reasons, model=slug, facts=facts)
    decision = Decision(
        item=item,
        use_id=item.use_id,
        outcome=proposal.outcome,
        reasons=proposal.reasons.strip(),
        review_on=proposal.review_on,
        tally=tally,
        fingerprint=item.fingerprint,
        recorded_by_id=actor.account_id,
        recorded_at=at,
        conditions=[Condition(duty=one.duty, text=one.text.strip(), due_on=one.due_on) for one in proposal.conditions],
    )
    session.add(decision)
    session.flush()
    return decision


def _carry_out(session: Session, actor: Actor, item: AgendaItem, proposal: Proposal, at: datetime) -> None:
    """Move the use, and with a submission its assessment, to where the decision puts them."""
    use, reason = item.use, proposal.reasons.strip()
    if OUTCOMES[proposal.outcome].approves:
        _approve(session, actor, item, proposal, at)
    elif proposal.outcome == Choice.MORE_INFORMATION:
        ask_for_more(session, actor, use, reason, at)
    elif proposal.outcome == Choice.REJECT:
        reject(session, actor, use, reason, at)
    elif proposal.outcome == Choice.SUSPEND and use.stage != "suspended":
        suspend(session, actor, use, reason, at)
    elif proposal.outcome == Choice.RETIRE:
        retire(session, actor, use, reason, at)
        _drop_others(session, actor, item, at)
    if item.assessment is not None:
        step = "return" if proposal.outcome == Choice.MORE_INFORMATION else "decide"
        slug = use.version.model.slug
        move(session, ASSESSMENT_LIFE, item.assessment, step, actor, at, reason=reason, model=slug)


def _approve(session: Session, actor: Actor, item: AgendaItem, proposal: Proposal, at: datetime) -> None:
    answers = find_answers(session, item.use_id, item.assessment)
    if proposal.review_on is None or answers is None or answers.answers_sha256 is None:
        raise Invalid("An approval needs a review date and an assessment that was submitted.")
    approve(
        session,
        actor,
        item.use,
        expires_on=proposal.review_on,
        conditions=[condition.text.strip() for condition in proposal.conditions],
        answers_sha256=answers.answers_sha256,
        reason=proposal.reasons.strip(),
        at=at,
    )


def _drop_others(session: Session, actor: Actor, item: AgendaItem, at: datetime) -> None:
    """Take the use's other items off the agenda: about a retired use nothing is left to decide."""
    for other in list_items_of(session, item.use_id):
        slug, facts = item.use.version.model.slug, {"use": item.use_id}
        move(session, AGENDA_LIFE, other, "drop", actor, at, reason="The use was retired.", model=slug, facts=facts)


def _record(session: Session, kind: str, actor: Actor, decision: Decision, at: datetime) -> None:
    facts = {
        "item": decision.item_id,
        "use": decision.use_id,
        "outcome": decision.outcome,
        "review_on": decision.review_on.isoformat() if decision.review_on else None,
        "tally": decision.tally,
        "conditions": len(decision.conditions),
        "fingerprint": decision.fingerprint,
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
    check_may_meet_condition(condition, get_sitting(session, decision.item), actor)
    condition.met_at, condition.met_by_id = at, actor.account_id
    _record_condition(session, "condition_met", actor, condition, decision, at)


def _record_condition(
    session: Session, kind: str, actor: Actor, condition: Condition, decision: Decision, at: datetime
) -> None:
    session.flush()
    facts = {"condition": condition.id, "item": decision.item_id, "use": decision.use_id}
    slug = decision.item.use.version.model.slug
    record(session, kind, actor=actor.reference, at=at, model=slug, facts=facts)
