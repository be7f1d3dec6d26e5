"""Reading accounts and sessions."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from foundation.accounts.tables import Account, AccountRole, Partnership, SignInFailure, SignInSession
from foundation.accounts.values import Actor, Permission, Role
from foundation.errors import NotFound


def find_partnership(session: Session) -> Partnership | None:
    """The partnership, or none on an empty database."""
    return session.scalars(select(Partnership)).first()


def get_account(session: Session, account_id: int) -> Account:
    """An account by number."""
    account = session.get(Account, account_id)
    if account is None:
        raise NotFound("There is no such account.")
    return account


def find_account(session: Session, sign_in_name: str) -> Account | None:
    """An account by sign-in name."""
    return session.scalars(BY_NAME, {"name": sign_in_name.strip().lower()}).first()


BY_NAME = select(Account).where(Account.sign_in_name == bindparam("name"))


def find_actor(session: Session, sign_in_name: str) -> Actor | None:
    """Who acts under a sign-in name, read afresh in one statement; nobody where there is no such account, or it was
    closed."""
    rows = session.connection().execute(ACTING, {"name": sign_in_name.strip().lower()}).all()
    if not rows or rows[0].disabled_at is not None:
        return None
    roles = frozenset(Role(row.role) for row in rows if row.role is not None)
    return Actor(account_id=rows[0].id, name=rows[0].name, roles=roles, agency=rows[0].agency, team=rows[0].team)


ACTING = (
    select(Account.id, Account.name, Account.agency, Account.team, Account.disabled_at, AccountRole.role)
    .outerjoin(AccountRole, AccountRole.account_id == Account.id)
    .where(Account.sign_in_name == bindparam("name"))
)
"""An account and its roles, a row for each; put together once, for it is asked at every call of a program."""


def list_accounts(session: Session) -> Sequence[Account]:
    """Every account by name."""
    return session.scalars(select(Account).order_by(Account.name)).all()


def list_holders(session: Session, permission: Permission) -> list[Account]:
    """Every account in use that may do `permission`."""
    return [a for a in list_accounts(session) if a.disabled_at is None and a.actor().may(permission)]


def list_with_role(session: Session, role: Role) -> Sequence[Account]:
    """The accounts in use that hold `role`, oldest first."""
    holders = select(Account).join(AccountRole).where(AccountRole.role == role, Account.disabled_at.is_(None))
    return session.scalars(holders.order_by(Account.id)).all()


def find_session(session: Session, token_sha256: str) -> SignInSession | None:
    """A session that was not signed out, by the hash of its token."""
    row = session.get(SignInSession, token_sha256)
    return row if row is not None and row.ended_at is None else None


def list_open_sessions(session: Session, account_id: int) -> Sequence[SignInSession]:
    """The sessions of an account that were not ended."""
    open_ones = select(SignInSession).where(SignInSession.account_id == account_id, SignInSession.ended_at.is_(None))
    return session.scalars(open_ones).all()


def count_failures(session: Session, sign_in_name: str, now: datetime) -> int:
    """Wrong passwords for a name in the last 15 minutes."""
    recent = SignInFailure.at > now - timedelta(minutes=15)
    chosen = select(func.count()).where(SignInFailure.sign_in_name == sign_in_name, recent)
    return session.scalar(chosen) or 0


def names_of(session: Session, account_ids: Sequence[int | None]) -> dict[int | None, str]:
    """The names of accounts by number; nobody's number is the worker."""
    wanted = [number for number in account_ids if number is not None]
    rows = session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))).tuples()
    return {None: "ALGOCARE worker", **dict(rows.all())}
