"""Reading notices: one's own, those that wait to be sent, and how far everybody was told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from foundation.accounts.tables import Account
from foundation.accounts.values import Actor
from foundation.errors import NotFound
from foundation.notices.tables import Notice
from foundation.notices.values import MOST_TRIES, OutboxLine

STANDING = Notice.ended_at.is_(None)
UNREAD = STANDING & Notice.read_at.is_(None)
WAITING = UNREAD & Notice.claimed_at.is_(None) & (Notice.tries < MOST_TRIES)
"""Still to be sent: not read in the house meanwhile, and not given up."""

UNCLEAR = STANDING & Notice.claimed_at.is_not(None) & Notice.sent_at.is_(None)
"""Handed over, and nobody knows whether it was taken."""


def list_notices(session: Session, account_id: int, limit: int = 100) -> Sequence[Notice]:
    """What an account is told and still waits, the newest first."""
    chosen = select(Notice).where(Notice.account_id == account_id, STANDING)
    return session.scalars(chosen.order_by(Notice.made_at.desc(), Notice.id.desc()).limit(limit)).all()


def get_own_notice(session: Session, actor: Actor, notice_id: int) -> Notice:
    """A notice to the actor; anybody else's is not found."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.account_id != actor.account_id:
        raise NotFound("There is no such notice to you.")
    return notice


def list_waiting(session: Session, account_id: int) -> Sequence[Notice]:
    """What waits to be sent to an account, oldest first, held until the transaction ends."""
    chosen = select(Notice).where(Notice.account_id == account_id, WAITING).order_by(Notice.id)
    return session.scalars(chosen.with_for_update()).all()


def list_reachable(session: Session) -> Sequence[Account]:
    """The accounts in use that have an e-mail address and something waiting for it."""
    waiting = select(Notice.account_id).where(WAITING)
    chosen = select(Account).where(Account.disabled_at.is_(None), Account.email != "", Account.id.in_(waiting))
    return session.scalars(chosen.order_by(Account.id)).all()


def list_outbox(session: Session) -> list[OutboxLine]:
    """How far everybody in use was told, by name."""

    def where(condition: ColumnElement[bool]) -> ColumnElement[Any]:
        return func.count(case((condition, 1)))

    parts = (STANDING, UNREAD, Notice.sent_at.is_not(None), WAITING & (Account.email != ""), UNCLEAR)
    problem = func.coalesce(func.max(case((WAITING, Notice.problem))), "")
    counted = select(Account.name, Account.email != "", *(where(part) for part in parts), problem)
    joined = counted.join(Notice, Notice.account_id == Account.id, isouter=True).where(Account.disabled_at.is_(None))
    rows = session.execute(joined.group_by(Account.id, Account.name, Account.email).order_by(Account.name, Account.id))
    return [OutboxLine(row[0], bool(row[1]), *row[2:]) for row in rows]
