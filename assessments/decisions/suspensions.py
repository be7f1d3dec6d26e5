"""Suspensions: keeping each, settling it by a decision, and letting it lapse when a meeting ended without one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.service import open_item
from assessments.committee.tables import AgendaItem
from assessments.decisions.queries import get_condition, list_open_conditions
from assessments.decisions.tables import Condition, Suspension
from assessments.decisions.values import OUTCOMES, STANDING_KINDS, SuspensionKind
from foundation.accounts.rules import check_permission
from foundation.accounts.values import WORKER, Actor, Permission, Role
from foundation.clock import london_date
from foundation.ledger.service import record
from foundation.lifecycle.service import move
from foundation.web.texts import date_text
from registry.models.rules import owns
from registry.models.service import suspend
from registry.models.tables import Use
from registry.models.values import USE_LIFE


def kind_of(actor: Actor, use: Use) -> SuspensionKind:
    """In which capacity somebody suspends a use."""
    if owns(use.version.model, actor):
        return SuspensionKind.OWNER
    if Role.CHAIR in actor.roles:
        return SuspensionKind.CHAIR
    watches_over = Role.DATA_PROTECTION_OFFICER in actor.roles
    return SuspensionKind.PROTECTION if watches_over else SuspensionKind.OFFICER


def keep_suspension(
    session: Session, actor: Actor, use: Use, *, kind: str, reason: str, at: datetime, item: AgendaItem | None
) -> Suspension:
    """Keep that a use was stopped at once, with the agenda item that is about it (R11, R12)."""
    suspension = Suspension(
        use=use,
        at=at,
        by_id=actor.account_id,
        kind=SuspensionKind(kind).value,
        reason=reason.strip(),
        item_id=item.id if item else None,
    )
    session.add(suspension)
    session.flush()
    _record(session, "suspension_kept", actor, suspension, at)
    return suspension


def list_suspensions(session: Session, use_id: int) -> Sequence[Suspension]:
    """Every suspension of a use, newest first."""
    chosen = select(Suspension).where(Suspension.use_id == use_id).order_by(Suspension.id.desc())
    return session.scalars(chosen).all()


def list_unsettled(session: Session) -> Sequence[Suspension]:
    """Suspensions nobody has decided on and that have not lapsed, oldest first."""
    chosen = select(Suspension).where(Suspension.ratified_at.is_(None), Suspension.lifted_at.is_(None))
    return session.scalars(chosen.where(Suspension.lapsed_at.is_(None)).order_by(Suspension.id)).all()


def find_unsettled(session: Session, use_id: int) -> Suspension | None:
    """The suspension of a use that nobody has decided on, or none."""
    return next((one for one in list_unsettled(session) if one.use_id == use_id), None)


def list_lapsing(session: Session, since: datetime) -> list[Suspension]:
    """The suspensions that lapse if a meeting that opened at `since` is closed now."""
    return [
        one
        for one in list_unsettled(session)
        if one.at < since and one.kind not in STANDING_KINDS and one.use.stage == "suspended"
    ]


def settle_suspensions(session: Session, actor: Actor, since: datetime, at: datetime) -> list[Suspension]:
    """Let what was suspended before a meeting opened, and not decided in it, go on as it was approved; what lapsed.

    What a watch, an overdue condition or the law stopped stays stopped until the committee decides (R12). The item
    stays on the agenda: what the suspension was about is still to be decided.
    """
    check_permission(actor, Permission.CHAIR)
    found = [one for one in list_lapsing(session, since) if _still_suspended(session, one.use)]
    for suspension in found:
        use, slug = suspension.use, suspension.use.version.model.slug
        reason = f"The committee met and did not decide on the suspension of {date_text(suspension.at)}."
        move(session, USE_LIFE, use, "lapse", actor, at, reason=reason, model=slug, facts={"use": use.id})
        suspension.lapsed_at = at
        _record(session, "suspension_lapsed", actor, suspension, at)
    return found


def _still_suspended(session: Session, use: Use) -> bool:
    """Lock a use and see whether somebody decided about it meanwhile."""
    session.refresh(use, ["stage"], with_for_update=True)
    return use.stage == "suspended"


def settle_by_decision(session: Session, actor: Actor, use: Use, outcome: str, at: datetime) -> None:
    """Mark a use's suspensions by what was decided: kept or retired ratifies them, letting the use go on lifts them."""
    for suspension in list_unsettled(session):
        if suspension.use_id == use.id:
            lifts = OUTCOMES[outcome].approves
            suspension.lifted_at, suspension.ratified_at = (at, None) if lifts else (None, at)
            _record(session, "suspension_lifted" if lifts else "suspension_ratified", actor, suspension, at)


def stop_overdue(session: Session, condition_id: int, at: datetime) -> Suspension | None:
    """Suspend an approved use whose critical condition is overdue, and put it on the agenda; none if all is well.

    A condition is met when the chair has said so; one whose owner has only shown how is still open (R11).
    """
    condition, decision = get_condition(session, condition_id)
    use = decision.item.use
    session.refresh(use, ["stage"], with_for_update=True)
    session.refresh(condition, ["met_at"])
    if use.stage != "approved" or condition not in list_overdue(session, [use.id], at):
        return None
    sentence = (
        f"A critical condition of its approval was due on {date_text(condition.due_on)} and is not met: "
        f"{condition.text.rstrip('.')}."
    )
    suspend(session, WORKER, use, sentence, at)
    item = open_item(
        session,
        use,
        kind="review",
        title=f"{use.version.model.name[:120]}: a critical condition is overdue",
        question=f"{use.version.title}, was suspended at once. {sentence} Is it to stay suspended, or may it go on?",
        at=at,
        actor=WORKER,
    )
    kind = SuspensionKind.CONDITION
    return keep_suspension(session, WORKER, use, kind=kind, reason=sentence, at=at, item=item)


def list_overdue(session: Session, use_ids: Sequence[int], at: datetime) -> list[Condition]:
    """Critical conditions of standing approvals whose day has passed and that are not met."""
    today = london_date(at)
    return [one for one in list_open_conditions(session, use_ids) if one.critical and one.due_on < today]


def _record(session: Session, kind: str, actor: Actor, suspension: Suspension, at: datetime) -> None:
    facts = {"suspension": suspension.id, "use": suspension.use_id, "suspension_kind": suspension.kind}
    record(session, kind, actor=actor.reference, at=at, model=suspension.use.version.model.slug, facts=facts)
