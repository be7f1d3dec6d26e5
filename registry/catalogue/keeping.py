"""Keeping the register by hand: entering, changing, ending and opening again, for every kind of entry alike.

Whoever changes an entry says which revision they looked at (`seen`) and why. If somebody else was first, Conflict is
raised and nothing is lost. Each command gives back the revision it kept.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from registry.catalogue.endings import check_standing, ended, opened_again
from registry.catalogue.service import revise, thing_of
from registry.catalogue.tables import Revision
from registry.catalogue.values import AnyEntry, Change, Thing
from registry.gateways.rules import fallen_back
from registry.gateways.values import GatewayEntry

ENDS = dict.fromkeys(Thing, Permission.KEEP_REGISTER) | {Thing.GATEWAY: Permission.VERIFY_LAW}
"""Who ends what: law is ended by those who check it."""


def enter(session: Session, actor: Actor, entry: AnyEntry, *, reason: str, at: datetime) -> Revision:
    """Enter something new; a code, number or name that is taken is refused."""
    return revise(session, actor, entry, change=Change.ENTERED, reason=reason, at=at)


def amended(before: AnyEntry, after: AnyEntry) -> AnyEntry:
    """What is kept of a change. Law that reads otherwise than verified falls back to unverified (R17, R50).

    Refused: changing nothing, and changing what was ended.
    """
    check_standing(before)
    if isinstance(before, GatewayEntry) and isinstance(after, GatewayEntry):
        after = fallen_back(before, after)
    if after == before:
        raise Invalid("Nothing differs from what the register says already.", code="unchanged")
    return after


def amend(
    session: Session, actor: Actor, before: AnyEntry, after: AnyEntry, *, reason: str, seen: int, at: datetime
) -> Revision:
    """Change an entry; `before` is the entry as the writer looked at it."""
    entry = amended(before, after)
    return revise(session, actor, entry, change=Change.AMENDED, reason=reason, at=at, seen=seen)


def end(
    session: Session, actor: Actor, entry: AnyEntry, *, day: date | None, reason: str, seen: int, at: datetime
) -> Revision:
    """End an entry from a day on, today unless said; it stays readable with the reason."""
    last = ended(entry, day, reason, london_date(at))
    permission = ENDS[thing_of(entry)]
    return revise(session, actor, last, change=Change.ENDED, reason=reason, at=at, seen=seen, permission=permission)


def reopen(session: Session, actor: Actor, entry: AnyEntry, *, reason: str, seen: int, at: datetime) -> Revision:
    """Open again what was ended by mistake."""
    return revise(session, actor, opened_again(entry), change=Change.REOPENED, reason=reason, at=at, seen=seen)
