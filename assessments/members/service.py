"""Commands about seats: enter one, end one."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.members.queries import list_terms
from assessments.members.rules import check_holder, check_may_end, check_term
from assessments.members.tables import Seat
from assessments.members.values import NewSeat
from foundation.accounts.rules import check_permission
from foundation.accounts.tables import Account
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Invalid, Refused
from foundation.ledger.service import record


def enter_seat(session: Session, actor: Actor | None, account: Account, new: NewSeat, at: datetime) -> Seat:
    """Give somebody a seat for a term (R10). Nobody holds two at once, and nobody enters their own.

    Refused for owners, contributors and auditors, without the role the seat needs, and beyond eight years in all.
    `actor` is none for the founding of a partnership.
    """
    if actor is not None:
        check_permission(actor, Permission.KEEP_COMMITTEE)
        _refuse_own(actor, account.id)
    session.refresh(account, ["disabled_at"], with_for_update=True)  # of two who enter at once one comes second
    if account.disabled_at is not None:
        raise Refused("This account is closed, so it takes no seat.", code="account_closed")
    check_holder(new.kind, account.roles)
    today = london_date(at)
    check_term(new, list_terms(session, account.id, today), today)
    by = actor.account_id if actor else None
    seat = Seat(account_id=account.id, **vars(new), entered_at=at, entered_by_id=by)
    session.add(seat)
    session.flush()
    _record(session, "seat_entered", actor, seat, at, ends_on=new.ends_on.isoformat(), independent=seat.independent)
    return seat


def end_seat(session: Session, actor: Actor, seat: Seat, reason: str, at: datetime) -> None:
    """End a seat before its term is over, with a reason; from that moment it neither votes nor closes."""
    check_permission(actor, Permission.KEEP_COMMITTEE)
    _refuse_own(actor, seat.account_id)
    session.refresh(seat, ["ended_at"], with_for_update=True)
    check_may_end(seat, london_date(at))
    if not reason.strip():
        sentence = "Give the reason: it goes into the record."
        raise Invalid(sentence, problems={"reason": sentence})
    seat.ended_at, seat.ended_by_id, seat.reason = at, actor.account_id, reason.strip()
    _record(session, "seat_ended", actor, seat, at)


def _refuse_own(actor: Actor, account_id: int) -> None:
    if actor.account_id == account_id:
        sentence = "Nobody enters or ends their own seat; the committee's secretary or another chair does."
        raise Refused(sentence, code="own_seat")


def _record(session: Session, kind: str, actor: Actor | None, seat: Seat, at: datetime, **facts: str | bool) -> None:
    told = {"seat": seat.id, "account": f"account:{seat.account_id}", "seat_kind": seat.kind, **facts}
    record(session, kind, actor=actor.reference if actor else "command-line", at=at, facts=told)
