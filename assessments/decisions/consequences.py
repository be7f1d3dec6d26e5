"""What a decision does: where it puts the use, its assessment, its suspensions and its other agenda items."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from assessments.committee.queries import find_answers, list_items_of
from assessments.committee.tables import AgendaItem
from assessments.committee.values import AGENDA_LIFE, Choice
from assessments.decisions.suspensions import settle_by_decision
from assessments.decisions.values import OUTCOMES, Proposal
from assessments.questionnaire.tables import Assessment
from assessments.questionnaire.values import ASSESSMENT_LIFE
from foundation.accounts.values import Actor
from foundation.errors import Invalid
from foundation.lifecycle.service import move
from registry.models.queries import find_approval
from registry.models.service import approve, ask_for_more, reject, retire, suspend
from registry.models.tables import Approval
from registry.models.values import PermissionStage, PilotTerms
from registry.watch_plans.service import put_in_force, refuse, withdraw_proposal


def carry_out(session: Session, actor: Actor, item: AgendaItem, proposal: Proposal, at: datetime) -> None:
    """Move the use, and with a submission its assessment, to where the decision puts them.

    A submission about a use that runs asks for its next stage: sent back or rejected, it leaves the use as it is (R08).
    What is decided about a watch plan changes the plan alone (R12).
    """
    if item.plan is not None:
        command = put_in_force if proposal.outcome == Choice.ADOPT else refuse
        command(session, actor, item.plan, proposal.reasons.strip(), at)
        return
    use, reason, outcome = item.use, proposal.reasons.strip(), proposal.outcome
    if OUTCOMES[outcome].approves:
        _approve(session, actor, item, proposal, at)
    elif outcome == Choice.MORE_INFORMATION and use.stage == "submitted":
        ask_for_more(session, actor, use, reason, at)
    elif outcome == Choice.REJECT and use.stage == "submitted":
        reject(session, actor, use, reason, at)
    elif outcome == Choice.SUSPEND and use.stage != "suspended":
        suspend(session, actor, use, reason, at)
    elif outcome == Choice.RETIRE:
        retire(session, actor, use, reason, at)
        withdraw_proposal(session, actor, use, "The use was retired.", at)
        _drop_others(session, actor, item, at)
    if OUTCOMES[outcome].approves or outcome in (Choice.SUSPEND, Choice.RETIRE):
        settle_by_decision(session, actor, use, outcome, at)
    if item.assessment is not None:
        step = "return" if outcome == Choice.MORE_INFORMATION else "decide"
        slug = use.version.model.slug
        move(session, ASSESSMENT_LIFE, item.assessment, step, actor, at, reason=reason, model=slug)


def _approve(session: Session, actor: Actor, item: AgendaItem, proposal: Proposal, at: datetime) -> None:
    answers = find_answers(session, item.use, item.assessment)
    standing = find_approval(session, item.use)
    if proposal.review_on is None or answers is None or answers.answers_sha256 is None:
        raise Invalid("An approval needs a review date and an assessment that was submitted.")
    approve(
        session,
        actor,
        item.use,
        expires_on=proposal.review_on,
        conditions=[condition.text.strip() for condition in proposal.conditions],
        answers_sha256=item.answers_sha256 or answers.answers_sha256,
        reason=proposal.reasons.strip(),
        at=at,
        **_how_far(answers if item.assessment or standing is None else standing),
    )


def _how_far(said: Assessment | Approval) -> dict[str, Any]:
    """What a submission asks for; without one the approval that stands is renewed as far as it goes (R08)."""
    permission = PermissionStage(said.permission or PermissionStage.SHADOW)
    pilot = PilotTerms.from_dict(said.terms) if permission is PermissionStage.PILOT and said.terms else None
    return {"permission": permission, "pilot": pilot}


def _drop_others(session: Session, actor: Actor, item: AgendaItem, at: datetime) -> None:
    """Take the use's other items off the agenda: about a retired use nothing is left to decide."""
    for other in list_items_of(session, item.use_id):
        slug, facts = item.use.version.model.slug, {"use": item.use_id}
        move(session, AGENDA_LIFE, other, "drop", actor, at, reason="The use was retired.", model=slug, facts=facts)
