"""Commands about watch plans: proposing one, and carrying out what the committee decided about it (R12)."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from foundation.lifecycle.service import move
from registry.models.tables import Use
from registry.watch_plans.queries import find_in_force, find_proposed, list_versions, plan_of
from registry.watch_plans.rules import check_intact, check_may_propose, check_proposal
from registry.watch_plans.tables import PlanVersion
from registry.watch_plans.values import PLAN_LIFE, WatchPlan


def propose(session: Session, actor: Actor, use: Use, plan: WatchPlan, reason: str, at: datetime) -> PlanVersion:
    """Keep a proposed version of how a use is watched; it changes nothing before the committee decided on it.

    Refused to others than the owner or deputy, without a reason, without a difference from the plan in force, and
    while another proposal waits. Whoever calls this puts it on the committee's agenda.
    """
    session.refresh(use, ["stage"], with_for_update=True)
    check_may_propose(use, find_proposed(session, use), actor)
    check_proposal(plan_of(session, use), plan, reason)
    content = plan.content()
    version = PlanVersion(
        use=use,
        number=max((one.number for one in list_versions(session, use)), default=1) + 1,
        content=content,
        sha256=content_digest(content),
        reason=reason.strip(),
        proposed_by_id=actor.account_id,
        proposed_at=at,
        stage=PLAN_LIFE.first,
    )
    session.add(version)
    session.flush()
    record(session, "plan_proposed", actor=actor.reference, at=at, model=_slug(version), facts=_facts(version))
    return version


def put_in_force(session: Session, actor: Actor, version: PlanVersion, reason: str, at: datetime) -> None:
    """Let watches follow a proposed plan from now on, by the committee's decision; the one before is replaced."""
    check_intact(version)
    standing = find_in_force(session, version.use)
    if standing is not None:
        why, facts = f"Plan {version.number} was put in force.", _facts(standing)
        move(session, PLAN_LIFE, standing, "replace", actor, at, reason=why, model=_slug(version), facts=facts)
    _decide(session, actor, version, "adopt", reason, at)


def refuse(session: Session, actor: Actor, version: PlanVersion, reason: str, at: datetime) -> None:
    """Leave the plan as it is, by the committee's decision."""
    _decide(session, actor, version, "refuse", reason, at)


def withdraw_proposal(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Withdraw what is proposed about a use that is retired; nothing happens where nothing is proposed."""
    waiting = find_proposed(session, use)
    if waiting is not None and waiting.use_id == use.id:
        _decide(session, actor, waiting, "withdraw", reason, at)


def _decide(session: Session, actor: Actor, version: PlanVersion, step: str, reason: str, at: datetime) -> None:
    move(session, PLAN_LIFE, version, step, actor, at, reason=reason, model=_slug(version), facts=_facts(version))
    version.decided_at = at


def _facts(version: PlanVersion) -> dict[str, int | str]:
    return {"plan": version.id, "use": version.use_id, "number": version.number, "sha256": version.sha256}


def _slug(version: PlanVersion) -> str:
    return version.use.version.model.slug
