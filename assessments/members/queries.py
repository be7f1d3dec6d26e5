"""Reading who sits on the committee."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.members.tables import Seat
from assessments.members.values import Term
from foundation.accounts.queries import list_accounts
from foundation.accounts.tables import Account
from foundation.clock import london_date
from foundation.errors import NotFound


def get_seat(session: Session, seat_id: int) -> Seat:
    """A seat by number."""
    seat = session.get(Seat, seat_id)
    if seat is None:
        raise NotFound("There is no such seat.")
    return seat


def list_seats(session: Session, on: date) -> Sequence[Seat]:
    """The seats that run on a day, in the order in which they were entered."""
    return [seat for seat in list_all_seats(session) if seat.runs(on)]


def list_all_seats(session: Session) -> Sequence[Seat]:
    """Every seat that runs, ran or will run."""
    return session.scalars(select(Seat).order_by(Seat.id)).all()


def find_seat(session: Session, account_id: int | None, on: date) -> Seat | None:
    """The seat somebody holds on a day, or none."""
    chosen = session.scalars(select(Seat).where(Seat.account_id == account_id)).all()
    return next((seat for seat in chosen if seat.runs(on)), None)


def list_terms(session: Session, account_id: int, today: date) -> list[Term]:
    """The days somebody sits or sat on the committee; a seat without an entered end counts until today."""
    chosen = session.scalars(select(Seat).where(Seat.account_id == account_id)).all()
    return [_term(seat, today) for seat in chosen]


def _term(seat: Seat, today: date) -> Term:
    last = seat.ends_on or max(today, seat.starts_on)
    if seat.ended_at is not None:
        last = min(last, london_date(seat.ended_at) - timedelta(days=1))
    return Term(seat.starts_on, last)


def list_seatable(session: Session) -> list[Account]:
    """Everybody with an account in use, for a form that asks who takes a seat."""
    return [account for account in list_accounts(session) if account.disabled_at is None]
