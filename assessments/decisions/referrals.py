"""Two ways in which a running use comes back to the committee: somebody stops it, or its owner asks for a review."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.queries import list_items_of
from assessments.committee.service import open_item
from assessments.committee.tables import AgendaItem
from assessments.decisions.suspensions import keep_suspension, kind_of
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Invalid, Refused
from registry.models.rules import check_owns
from registry.models.service import suspend
from registry.models.tables import Use


def suspend_and_refer(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> AgendaItem:
    """Suspend a use at once and put the suspension on the agenda, to be kept or lifted.

    The next request for a score is refused. A reason is needed; owners and deputies stop only their own models. If
    the committee meets and does not decide on it, it lapses (R11).
    """
    check_permission(actor, Permission.SUSPEND)
    _check_reason(reason)
    suspend(session, actor, use, reason.strip(), at)
    question = (
        f"{use.version.title}, was suspended by {actor.name}. The reason given: {reason.strip()} "
        "Is it to stay suspended, be reinstated, or be retired?"
    )
    item = _refer(session, actor, use, f"Suspension of {use.version.title}: {use.purpose}", question, at)
    keep_suspension(session, actor, use, kind=kind_of(actor, use), reason=reason, at=at, item=item)
    return item


def ask_for_review(session: Session, actor: Actor, use: Use, reason: str, at: datetime) -> AgendaItem:
    """The owner or deputy asks the committee to renew, reinstate or end a use; one such item at a time."""
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(use, actor)
    if use.stage not in ("approved", "suspended"):
        raise Refused("A use is reviewed while it is approved or suspended.", code="not_reviewable")
    if any(item.plan_id is None for item in list_items_of(session, use.id)):  # a plan is no review of the use
        raise Conflict("This use is on the committee's agenda already.", code="on_agenda")
    _check_reason(reason)
    question = f"Its owner asks the committee to review {use.version.title}: {reason.strip()}"
    return _refer(session, actor, use, f"Review of {use.version.title}: {use.purpose}", question, at)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        sentence = "Give your reason: it goes into the record and before the committee."
        raise Invalid(sentence, problems={"reason": sentence})


def _refer(session: Session, actor: Actor, use: Use, title: str, question: str, at: datetime) -> AgendaItem:
    return open_item(session, use, kind="review", title=title, question=question, at=at, actor=actor)
