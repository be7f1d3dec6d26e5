"""Rules of seats: who can hold one and for how long; pure, each refusal at its field (R10)."""

from collections.abc import Collection, Sequence
from datetime import date

from assessments.members.tables import Seat
from assessments.members.values import LONGEST, LONGEST_YEARS, PRESIDING, VOTING, NewSeat, SeatKind, Term
from foundation.accounts.values import FORBIDDEN_PAIRS, ROLES, Permission, Role
from foundation.errors import Conflict, Invalid
from foundation.web.texts import date_text


def check_holder(kind: str, roles: Collection[Role]) -> None:
    """A seat goes with the role that lets somebody do its work, and never with owning or answering (R10)."""
    for one, other, why in FORBIDDEN_PAIRS:
        if other is Role.COMMITTEE_MEMBER and one in roles:
            raise _problem("account_id", why, "seat_forbidden")
    if kind not in list(SeatKind):
        raise _problem("kind", "Choose what they are on the committee.")
    needed = _needed(SeatKind(kind))
    if not any(needed in ROLES[role].permissions for role in roles):
        titles = " or ".join(card.title.lower() for card in ROLES.values() if needed in card.permissions)
        raise _problem("account_id", f"An administrator has to give them the role first: {titles}.", "role_missing")


def _needed(kind: SeatKind) -> Permission:
    if kind in PRESIDING:
        return Permission.CHAIR
    return Permission.VOTE if kind in VOTING else Permission.SEE_COMMITTEE


def check_term(new: NewSeat, held: Sequence[Term], today: date) -> None:
    """A term ends after today and after it starts, overlaps no other of theirs, and all are at most eight years."""
    if new.ends_on < new.starts_on or new.ends_on < today:
        raise _problem("ends_on", "A term ends after it starts, and not in the past.")
    for term in held:
        if term.length and term.starts_on <= new.ends_on and new.starts_on <= term.ends_on:
            sentence = f"They hold a seat until {date_text(term.ends_on)}. End that one first, or start after it."
            raise _problem("starts_on", sentence, "seat_running")
    total = sum((term.length for term in held), Term(new.starts_on, new.ends_on).length)
    if total > LONGEST:
        sentence = f"Nobody sits on the committee for more than {LONGEST_YEARS} years, all terms together."
        raise _problem("ends_on", sentence, "seat_too_long")


def check_may_end(seat: Seat, today: date) -> None:
    """A seat is ended once, before its term is over."""
    over = seat.ends_on is not None and seat.ends_on < today
    if seat.ended_at is not None or over:
        raise Conflict("This seat has ended already.", code="seat_ended")


def _problem(field: str, sentence: str, code: str | None = None) -> Invalid:
    return Invalid(sentence, problems={field: sentence}, code=code)
