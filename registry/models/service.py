"""Commands about models: the steps of a use's life, and granting an approval."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.errors import Conflict
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from foundation.lifecycle.service import move
from registry.catalogue.queries import read_catalogue
from registry.footing.grounds import grounds_of
from registry.footing.queries import answer_use
from registry.footing.rules import check_footing
from registry.items.tables import DataItem
from registry.models.queries import find_approval, find_last_pilot, find_reached
from registry.models.rules import (
    check_complete,
    check_lower,
    check_may_stop,
    check_next_stage,
    check_owns,
    check_pilot,
    fingerprint,
    slug_of,
)
from registry.models.tables import Approval, ApprovalFooting, RiskModel, Use
from registry.models.values import USE_LIFE, PermissionStage, PilotTerms

LOOK_BACK = "look_back"
"""The worker's job that lists everybody a retired use scored, to be looked at again (R14)."""

CHECK_UPSTREAM = "check_upstream"
"""The worker's job that tells the committee which uses take the result of a model that was just stopped (R38)."""


def enter_named_model(session: Session, name: str, note: str, item: DataItem, at: datetime) -> RiskModel:
    """Enter a model that is only known from a document (R42): nothing of it is held and it gives no scores.

    `item` is the data item it appears as; `note` is what the document says about how it works.
    """
    model = RiskModel(
        slug=slug_of(name),
        name=name,
        held=False,
        summary="Named in the source document among the data that agencies share. The model itself is not held here.",
        outcome={},
        expert={},
        code_reference={},
        item=item,
        note=note,
        registered_at=at,
    )
    session.add(model)
    session.flush()
    return model


def submit(session: Session, actor: Actor, use: Use, at: datetime) -> None:
    """Send a use to the committee; only its owner or deputy does. Refused for an excluded decision (R37).

    An approved use stays approved as far as it is, while the committee looks at the next stage of permission (R08).
    """
    check_owns(use, actor)
    check_complete(use)
    if use.stage != "approved":
        _step(session, actor, use, "submit", at)


def approve(
    session: Session,
    actor: Actor,
    use: Use,
    *,
    expires_on: date,
    conditions: list[str],
    answers_sha256: str,
    reason: str,
    at: datetime,
    permission: PermissionStage,
    pilot: PilotTerms | None = None,
) -> Approval:
    """Grant an approval bound to the fingerprint of what the committee saw; an earlier one ends.

    Refused while the law does not carry the use (R16), for a stage of permission that skips one, and for a pilot
    without its terms (R08). What it rests on is kept as it now stands (R50).
    """
    check_complete(use)
    check_next_stage(find_reached(session, use), permission)
    check_pilot(permission, pilot)
    answer = answer_use(session, use, london_date(at), lock=True)
    check_footing(answer)
    _step(session, actor, use, "approve", at, reason)
    earlier = find_approval(session, use)  # under the lock of the step
    approval = Approval(
        use_id=use.id,
        granted_at=at,
        granted_by_id=actor.account_id,
        expires_on=expires_on,
        answers_sha256=answers_sha256,
        conditions=conditions,
        footing=ApprovalFooting(state=read_catalogue(session).state, grounds=grounds_of(answer)),
    )
    return _put(session, actor, use, earlier, approval, permission, pilot)


def step_back(
    session: Session,
    actor: Actor,
    use: Use,
    to: PermissionStage,
    reason: str,
    at: datetime,
    pilot: PilotTerms | None = None,
) -> Approval:
    """Let a use go less far from now on (R08): a new approval in place of the one that stands, which ends.

    What was approved, its conditions, its last day and the law it rests on stay. By whoever may suspend it; refused
    without a reason, and to a stage that is not lower. A pilot without terms gets those of the use's last pilot.
    """
    check_may_stop(use, actor)
    standing = find_approval(session, use)
    check_lower(standing.stage if standing else None, to)
    if to is PermissionStage.PILOT:
        pilot = pilot or find_last_pilot(session, use)
    check_pilot(to, pilot)
    _step(session, actor, use, "step_back", at, reason)
    if standing is None or find_approval(session, use) is not standing:
        raise Conflict("Somebody else changed how far this use is approved. Look at it again.")
    footing = standing.footing
    approval = Approval(
        use_id=use.id,
        granted_at=at,
        granted_by_id=actor.account_id or standing.granted_by_id,
        expires_on=standing.expires_on,
        answers_sha256=standing.answers_sha256,
        conditions=list(standing.conditions),
        lapses_on=standing.lapses_on,
        footing=ApprovalFooting(state=footing.state, grounds=list(footing.grounds)) if footing else None,
    )
    return _put(session, actor, use, standing, approval, to, pilot)


def _put(
    session: Session,
    actor: Actor,
    use: Use,
    earlier: Approval | None,
    approval: Approval,
    permission: PermissionStage,
    pilot: PilotTerms | None,
) -> Approval:
    """Put an approval in the place of the earlier one, bound to what it is for and how far it goes."""
    approval.permission, approval.terms = permission.value, pilot.to_dict() if pilot else {}
    approval.fingerprint = fingerprint(use, approval.answers_sha256, approval.permission, approval.terms)
    if earlier is not None:
        earlier.ended_at = approval.granted_at
    session.add(approval)
    session.flush()
    footing = approval.footing
    facts = {
        "approval": approval.id,
        "use": use.id,
        "version": use.version.number,
        "expires_on": approval.expires_on.isoformat(),
        "fingerprint": approval.fingerprint,
        "permission": approval.permission,
        "terms": content_digest(approval.terms),
        "register": footing.state if footing else None,
        "footing": content_digest(footing.grounds) if footing else None,
        "conditions": len(approval.conditions),
    }
    model = use.version.model.slug
    record(session, "approval_granted", actor=actor.reference, at=approval.granted_at, model=model, facts=facts)
    return approval


def set_lapse(session: Session, actor: Actor, use: Use, lapses_on: date | None, at: datetime) -> None:
    """Keep with the standing approval until when its first open critical condition has to be met, if one is open.

    After that day the gate is closed, whether or not the worker has suspended the use by then (R11).
    """
    standing = find_approval(session, use, lock=True)
    if standing is None or standing.lapses_on == lapses_on:
        return
    standing.lapses_on = lapses_on
    facts = {"approval": standing.id, "use": use.id, "lapses_on": lapses_on.isoformat() if lapses_on else None}
    record(session, "approval_lapse_set", actor=actor.reference, at=at, model=use.version.model.slug, facts=facts)


def ask_for_more(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Send a submission back to its owner."""
    _step(session, actor, use, "return", at, reason)


def reject(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Refuse a submission."""
    _step(session, actor, use, "reject", at, reason)


def suspend(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Stop a use at once; the next request for a score is refused."""
    check_may_stop(use, actor)
    _step(session, actor, use, "suspend", at, reason)
    _queue(session, actor, CHECK_UPSTREAM, use, at)


def retire(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """End a use for good; its record stays (R14)."""
    standing = find_approval(session, use)
    _step(session, actor, use, "retire", at, reason)
    if standing is not None:
        standing.ended_at = at
    _queue(session, actor, CHECK_UPSTREAM, use, at)
    _queue(session, actor, LOOK_BACK, use, at)


def _queue(session: Session, actor: Actor, kind: str, use: Use, at: datetime) -> None:
    enqueue(session, kind, f"{kind}:{use.id}:{at.isoformat()}", {"use": use.id}, asked_by=actor.reference, at=at)


def _step(session: Session, actor: Actor, use: Use, step: str, at: datetime, reason: str = "") -> None:
    facts: dict[str, Any] = {"use": use.id, "version": use.version.number}
    move(session, USE_LIFE, use, step, actor, at, reason=reason, model=use.version.model.slug, facts=facts)
