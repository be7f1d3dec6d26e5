"""Commands of the outbox: telling once, claiming before sending, recording what came of it, and reading (R12)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from foundation.accounts.tables import Account
from foundation.accounts.values import Actor
from foundation.ledger.service import record
from foundation.notices.queries import UNREAD, WAITING, list_waiting
from foundation.notices.rules import check_email
from foundation.notices.tables import Notice
from foundation.notices.values import Wanted

WORKER = "worker"


def keep_notices(session: Session, account_id: int, wanted: Sequence[Wanted], at: datetime) -> int:
    """Make a notice of each thing an account was not told of, and end those that no longer wait; how many are new.

    A thing that comes back after it ended is told again.
    """
    known = {one.key: one for one in session.scalars(select(Notice).where(Notice.account_id == account_id))}
    things = {one.key: one for one in wanted}
    for key in known.keys() - things.keys():
        known[key].ended_at = known[key].ended_at or at
    new = [one for key, one in things.items() if key not in known or known[key].ended_at is not None]
    for one in new:
        notice = known.get(one.key) or Notice(account_id=account_id, key=one.key)
        notice.subject, notice.endpoint, notice.arguments = one.subject, one.endpoint, dict(one.arguments)
        notice.made_at, notice.tries, notice.problem = at, 0, ""
        notice.read_at = notice.ended_at = notice.claimed_at = notice.sent_at = None
        session.add(notice)
    if new:
        _note(session, "notices_made", WORKER, account_id, len(new), at)
    return len(new)


def claim_notices(session: Session, account_id: int, at: datetime) -> Sequence[Notice]:
    """Claim what waits to be sent to an account. Committed before anything is handed over: nothing is sent twice."""
    waiting = list_waiting(session, account_id)
    for notice in waiting:
        notice.claimed_at, notice.tries = at, notice.tries + 1
    return waiting


def record_sent(session: Session, account_id: int, notice_ids: Sequence[int], at: datetime) -> None:
    """The mail server took the e-mail."""
    _change(session, notice_ids, sent_at=at, problem="")
    _note(session, "notices_sent", WORKER, account_id, len(notice_ids), at)


def record_refused(session: Session, notice_ids: Sequence[int], problem: str) -> None:
    """The mail server did not take it, which is certain: it is offered again the next time."""
    _change(session, notice_ids, claimed_at=None, problem=problem[:300])


def record_unclear(session: Session, notice_ids: Sequence[int], problem: str) -> None:
    """The connection broke while it was handed over: it may have arrived, so it is not sent again."""
    _change(session, notice_ids, problem=problem[:300])


def record_unreachable(session: Session, problem: str) -> None:
    """The mail server could not be used at all: everything goes on waiting, and no try is counted."""
    session.execute(update(Notice).where(WAITING).values(problem=problem[:300]))


def _change(session: Session, notice_ids: Sequence[int], **values: object) -> None:
    session.execute(update(Notice).where(Notice.id.in_(notice_ids)).values(**values))


def read_notice(session: Session, actor: Actor, notice: Notice, at: datetime) -> None:
    """Record that somebody read what they were told; once."""
    if notice.read_at is None:
        notice.read_at = at
        _note(session, "notices_read", actor.reference, notice.account_id, 1, at)


def read_all(session: Session, actor: Actor, at: datetime) -> int:
    """Record that somebody read everything they were told; how much it was."""
    mine = session.scalars(select(Notice).where(Notice.account_id == actor.account_id, UNREAD)).all()
    for notice in mine:
        notice.read_at = at
    if mine:
        _note(session, "notices_read", actor.reference, mine[0].account_id, len(mine), at)
    return len(mine)


def choose_email(session: Session, actor: Actor, account: Account, email: str, at: datetime) -> None:
    """Enter where an account is told by e-mail, or nowhere; the address itself is not in the ledger."""
    chosen = check_email(email)
    if chosen != account.email:
        account.email = chosen
        facts = {"account": f"account:{account.id}", "given": bool(chosen)}
        record(session, "email_chosen", actor=actor.reference, at=at, facts=facts)


def _note(session: Session, kind: str, actor: str, account_id: int, count: int, at: datetime) -> None:
    record(session, kind, actor=actor, at=at, facts={"account": f"account:{account_id}", "notices": count})
