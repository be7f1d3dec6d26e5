"""Commands about models: the steps of a use's life, and granting an approval."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Role
from foundation.clock import london_date
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from foundation.lifecycle.service import move
from registry.catalogue.queries import read_catalogue
from registry.footing.grounds import grounds_of
from registry.footing.queries import answer_use
from registry.footing.rules import check_footing
from registry.items.tables import DataItem
from registry.models.queries import find_approval
from registry.models.rules import check_complete, check_owns, fingerprint, slug_of
from registry.models.tables import Approval, ApprovalFooting, RiskModel, Use
from registry.models.values import USE_LIFE

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
    """Send a use to the committee; only its owner or deputy does. Refused for an excluded decision (R37)."""
    check_owns(use, actor)
    check_complete(use)
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
) -> Approval:
    """Grant an approval bound to the fingerprint of what the committee saw; an earlier one ends.

    Refused while the law does not carry the use (R16). What it rests on is kept as it now stands (R50).
    """
    earlier = find_approval(session, use)
    check_complete(use)
    answer = answer_use(session, use, london_date(at), lock=True)
    check_footing(answer)
    _step(session, actor, use, "approve", at, reason)
    if earlier is not None:
        earlier.ended_at = at
    approval = Approval(
        use_id=use.id,
        granted_at=at,
        granted_by_id=actor.account_id,
        expires_on=expires_on,
        fingerprint=fingerprint(use, answers_sha256),
        answers_sha256=answers_sha256,
        conditions=conditions,
    )
    session.add(approval)
    session.flush()
    approval.footing = ApprovalFooting(
        approval_id=approval.id, state=read_catalogue(session).state, grounds=grounds_of(answer)
    )
    session.flush()
    record(
        session,
        "approval_granted",
        actor=actor.reference,
        at=at,
        model=use.version.model.slug,
        facts={
            "approval": approval.id,
            "use": use.id,
            "version": use.version.number,
            "expires_on": expires_on.isoformat(),
            "fingerprint": approval.fingerprint,
            "register": approval.footing.state,
            "footing": content_digest(approval.footing.grounds),
            "conditions": len(conditions),
        },
    )
    return approval


def ask_for_more(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Send a submission back to its owner."""
    _step(session, actor, use, "return", at, reason)


def reject(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Refuse a submission."""
    _step(session, actor, use, "reject", at, reason)


def suspend(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """Stop a use at once; the next request for a score is refused."""
    if actor.account_id is not None and not _oversees(actor):
        check_owns(use, actor)
    _step(session, actor, use, "suspend", at, reason)
    _look_downstream(session, actor, use, at)


def retire(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> None:
    """End a use for good; its record stays (R14)."""
    standing = find_approval(session, use)
    _step(session, actor, use, "retire", at, reason)
    if standing is not None:
        standing.ended_at = at
    _look_downstream(session, actor, use, at)


def _look_downstream(session: Session, actor: Actor, use: Use, at: datetime) -> None:
    key = f"{CHECK_UPSTREAM}:{use.id}:{at.isoformat()}"
    enqueue(session, CHECK_UPSTREAM, key, {"use": use.id}, asked_by=actor.reference, at=at)


def _oversees(actor: Actor) -> bool:

    return bool(actor.roles - {Role.MODEL_OWNER, Role.CONTRIBUTOR})


def _step(session: Session, actor: Actor, use: Use, step: str, at: datetime, reason: str = "") -> None:
    facts: dict[str, Any] = {"use": use.id, "version": use.version.number}
    move(session, USE_LIFE, use, step, actor, at, reason=reason, model=use.version.model.slug, facts=facts)
