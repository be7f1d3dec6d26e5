"""Reading systems that call and their tokens."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import find_actor
from foundation.errors import NotFound
from foundation.ledger.values import digest
from foundation.service_accounts.rules import check_acts_for, check_holds
from foundation.service_accounts.tables import ApiToken, ServiceAccount
from foundation.service_accounts.values import Caller, Holding


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


def find_token(session: Session, shown: str) -> Holding | None:
    """The token that was shown, by its SHA-256, or none."""
    row = session.connection().execute(SHOWN, {"key": digest(shown.encode())}).first()
    return Holding(*row) if row is not None else None


SHOWN = (
    select(
        ApiToken.id,
        ApiToken.account_id,
        ServiceAccount.agency,
        ApiToken.scopes,
        ApiToken.purposes,
        ApiToken.expires_at,
        ApiToken.revoked_at,
        ServiceAccount.ended_at,
    )
    .join(ServiceAccount, ServiceAccount.id == ApiToken.account_id)
    .where(ApiToken.key == bindparam("key"))
)
"""A token by its SHA-256; put together once, for it is asked at every call."""


def get_holding(session: Session, shown: str, now: datetime) -> Holding:
    """The token that was shown, read afresh at every call. Refused: one that does not hold now (R54)."""
    return check_holds(find_token(session, shown), now)


def read_caller(session: Session, token: Holding, acting_for: str) -> Caller:
    """Who calls: the system of a token, and the person it acts for, read afresh at every call.

    Refused: a person who has no open account in the system's agency (R54).
    """
    return Caller(
        token_id=token.id,
        system_id=token.account_id,
        actor=check_acts_for(token, find_actor(session, acting_for)),
        agency=token.agency,
        scopes=frozenset(token.scopes),
        purposes=frozenset(token.purposes),
    )
