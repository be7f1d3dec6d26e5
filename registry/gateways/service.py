"""Commands of those who check the law: verifying, doubting, superseding. Each gives back the revision it kept."""

from datetime import date, datetime

from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from registry.catalogue.queries import get_gateway, list_revisions, read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.tables import Revision
from registry.catalogue.values import Change, Thing
from registry.gateways.rules import check_not_own, doubted, superseded, verified


def verify(
    session: Session,
    actor: Actor,
    number: int,
    *,
    section: str,
    source_link: str,
    check_again_on: date | str | None,
    reason: str,
    seen: int,
    at: datetime,
) -> Revision:
    """Say that a lawyer has checked how a gateway is read (R17, R50).

    Refused: no section, link or day of the next check; law that the same person wrote down.
    """
    gateway = get_gateway(read_catalogue(session), number)
    check_not_own(list_revisions(session, Thing.GATEWAY, gateway.key), actor)
    checked = verified(
        gateway,
        section=section,
        source_link=source_link,
        check_again_on=check_again_on,
        by=actor.name,
        today=london_date(at),
    )
    permission = Permission.VERIFY_LAW
    return revise(
        session, actor, checked, change=Change.VERIFIED, reason=reason, at=at, seen=seen, permission=permission
    )


def doubt(session: Session, actor: Actor, number: int, *, reason: str, seen: int, at: datetime) -> Revision:
    """Say that the reading of a gateway is in doubt."""
    entry = doubted(get_gateway(read_catalogue(session), number))
    permission = Permission.VERIFY_LAW
    return revise(session, actor, entry, change=Change.AMENDED, reason=reason, at=at, seen=seen, permission=permission)


def supersede(
    session: Session,
    actor: Actor,
    number: int,
    following: int | str | None,
    *,
    from_day: date | None,
    reason: str,
    seen: int,
    at: datetime,
) -> Revision:
    """Say which gateway takes the place of another; unknown numbers and circles are refused."""
    entry = superseded(get_gateway(read_catalogue(session), number), following, from_day, london_date(at))
    permission = Permission.VERIFY_LAW
    return revise(session, actor, entry, change=Change.AMENDED, reason=reason, at=at, seen=seen, permission=permission)
