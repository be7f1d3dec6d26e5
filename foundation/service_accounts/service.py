"""Entering systems that call, making their tokens, and taking both away at once (R54)."""

import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Invalid
from foundation.ledger.service import record
from foundation.ledger.values import digest
from foundation.service_accounts.rules import check_in_use, check_system, check_terms, sorted_scopes
from foundation.service_accounts.tables import ApiToken, ServiceAccount
from foundation.service_accounts.values import TokenTerms

PREFIX = "algocare_"
"""What every token begins with, so that one left in a file is found."""


def enter_system(
    session: Session, actor: Actor, *, name: str, agency: str, contact: str, at: datetime
) -> ServiceAccount:
    """Enter a system of an agency. It can do nothing until it has a token. Refused: a name that is taken."""
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    name, agency, contact = (" ".join(text.split()) for text in (name, agency, contact))
    check_system(name, agency, contact)
    if session.scalars(select(ServiceAccount).where(ServiceAccount.name == name)).first() is not None:
        sentence = "A system of this name is here already."
        raise Invalid(sentence, problems={"name": sentence})
    account = ServiceAccount(
        name=name, agency=agency, contact=contact, created_at=at, created_by_id=actor.account_id or 0
    )
    session.add(account)
    session.flush()
    _record(session, "system_entered", account, actor, at, agency=agency)
    return account


def make_token(session: Session, actor: Actor, account: ServiceAccount, terms: TokenTerms, at: datetime) -> str:
    """Make a token and return it: this once, for only its SHA-256 is kept.

    Refused: an ended system, no scope, no purpose, and an end that is past or more than 366 days away.
    """
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    check_in_use(account)
    check_terms(terms, at)
    shown = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken(
        account=account,
        key=digest(shown.encode()),
        scopes=sorted_scopes(terms.scopes),
        purposes=sorted(set(terms.purposes)),
        made_at=at,
        made_by_id=actor.account_id or 0,
        expires_at=terms.expires_at,
    )
    session.add(token)
    session.flush()
    told = {"scopes": token.scopes, "purposes": token.purposes, "expires_at": terms.expires_at.isoformat()}
    _record(session, "token_made", account, actor, at, token=token.id, **told)
    return shown


def revoke_token(session: Session, actor: Actor, token: ApiToken, at: datetime) -> None:
    """Revoke a token: its very next call is refused. Revoking it again changes nothing."""
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    if token.revoked_at is None:
        token.revoked_at = at
        _record(session, "token_revoked", token.account, actor, at, token=token.id)


def end_system(session: Session, actor: Actor, account: ServiceAccount, at: datetime) -> None:
    """End a system: none of its tokens holds any more. It stays in the record of what was asked through it."""
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    if account.ended_at is None:
        account.ended_at = at
        _record(session, "system_ended", account, actor, at)


def _record(session: Session, kind: str, account: ServiceAccount, actor: Actor, at: datetime, **facts: object) -> None:
    record(session, kind, actor=actor.reference, at=at, facts={"system": account.id, **facts})
