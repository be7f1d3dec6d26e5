"""Reading systems that call and their tokens."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, joinedload

from foundation.accounts.queries import find_account
from foundation.errors import NotFound
from foundation.ledger.values import digest
from foundation.service_accounts.rules import check_acts_for, check_holds
from foundation.service_accounts.tables import ApiToken, ServiceAccount
from foundation.service_accounts.values import Caller


def list_systems(session: Session) -> Sequence[ServiceAccount]:
    """Every system by name."""
    return session.scalars(select(ServiceAccount).order_by(ServiceAccount.name)).all()


def get_system(session: Session, account_id: int) -> ServiceAccount:
    """A system by number."""
    account = session.get(ServiceAccount, account_id)
    if account is None:
        raise NotFound("There is no such system.")
    return account


def get_token(session: Session, account_id: int, token_id: int) -> ApiToken:
    """A token of a system."""
    token = session.get(ApiToken, token_id)
    if token is None or token.account_id != account_id:
        raise NotFound("There is no such token.")
    return token


def find_token(session: Session, shown: str) -> ApiToken | None:
    """The token that was shown, by its SHA-256, or none."""
    return session.scalars(SHOWN, {"key": digest(shown.encode())}).first()


SHOWN = select(ApiToken).where(ApiToken.key == bindparam("key")).options(joinedload(ApiToken.account))
"""A token by its SHA-256; put together once, for it is asked at every call."""


def get_holding(session: Session, shown: str, now: datetime) -> ApiToken:
    """The token that was shown, read afresh at every call. Refused: one that does not hold now (R54)."""
    return check_holds(find_token(session, shown), now)


def read_caller(session: Session, token: ApiToken, acting_for: str) -> Caller:
    """Who calls: the system of a token, and the person it acts for, read afresh at every call.

    Refused: a person who has no open account in the system's agency (R54).
    """
    account = check_acts_for(token, find_account(session, acting_for))
    return Caller(
        token_id=token.id,
        system_id=token.account_id,
        actor=account.actor(),
        agency=token.account.agency,
        scopes=frozenset(token.scopes),
        purposes=frozenset(token.purposes),
    )
