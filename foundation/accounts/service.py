"""Opening accounts, signing in and out."""

import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.passwords import hash_password, password_matches
from foundation.accounts.queries import (
    count_failures,
    find_account,
    find_partnership,
    list_open_sessions,
    list_with_role,
)
from foundation.accounts.rules import check_password, check_permission, check_roles, check_tries, tidy_team
from foundation.accounts.tables import Account, AccountRole, Partnership, SignInFailure, SignInSession
from foundation.accounts.values import Actor, Permission, Role
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.ledger.service import record
from foundation.ledger.values import content_digest, digest


def found_partnership(session: Session, name: str, demonstration: str | None, at: datetime) -> Partnership:
    """Create the one partnership of this deployment."""
    if find_partnership(session) is not None:
        raise Conflict("This database already has its partnership.")
    partnership = Partnership(name=name, demonstration=demonstration, created_at=at)
    session.add(partnership)
    record(session, "partnership_founded", actor="command-line", at=at, facts={"demo": bool(demonstration)})
    return partnership


def open_account(
    session: Session,
    *,
    sign_in_name: str,
    name: str,
    roles: Collection[Role],
    agency: str | None,
    password: str | None,
    at: datetime,
    actor: Actor | None = None,
    team: str = "",
) -> Account:
    """Open an account. `actor` is the administrator; without one it is the command line on the machine itself.

    `team` is the team of the agency somebody works in, or empty: a pilot is shown to named teams only (R08).
    """
    if actor is not None:
        check_permission(actor, Permission.MANAGE_ACCOUNTS)
    check_roles(roles)
    cleaned = sign_in_name.strip().lower()
    if find_account(session, cleaned) is not None:
        sentence = f"The sign-in name {cleaned} is taken."
        raise Invalid(sentence, problems={"sign_in_name": sentence})
    if password is not None:
        check_password(password, cleaned)
    account = Account(
        sign_in_name=cleaned,
        name=name.strip(),
        agency=agency or None,
        team=tidy_team(team),
        password_hash=hash_password(password) if password else None,
        created_at=at,
        held=[AccountRole(role=role) for role in sorted(roles)],
    )
    session.add(account)
    session.flush()
    _record_change(session, "account_opened", account, actor, at)
    return account


def change_roles(session: Session, actor: Actor, account: Account, roles: Collection[Role], at: datetime) -> None:
    """Give an account other roles; nobody changes their own."""
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    _refuse_own(actor, account)
    check_roles(roles)
    account.held = [AccountRole(role=role) for role in sorted(roles)]
    _record_change(session, "account_roles_changed", account, actor, at)


def change_team(session: Session, actor: Actor, account: Account, team: str, at: datetime) -> None:
    """Say which team somebody works in, or none: it decides in which pilots they are shown scores (R08).

    Nobody changes their own. The ledger holds the digest of the team's name; the same team again changes nothing.
    """
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    _refuse_own(actor, account)
    if tidy_team(team) != account.team:
        account.team = tidy_team(team)
        facts = {"account": f"account:{account.id}", "team": content_digest(account.team)}
        record(session, "account_team_changed", actor=actor.reference, at=at, facts=facts)


def close_account(session: Session, actor: Actor, account: Account, at: datetime) -> None:
    """Close an account: from its very next request on nobody can use it."""
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    _refuse_own(actor, account)
    account.disabled_at = at
    _record_change(session, "account_closed", account, actor, at)


def change_password(session: Session, account: Account, current: str, password: str, at: datetime) -> None:
    """Change one's own password; the one in use must be right, and every other session of the account ends."""
    if not password_matches(account.password_hash, current):
        sentence = "The password you use now is not right."
        raise Invalid(sentence, problems={"current": sentence})
    _set_password(session, account, password, account.actor(), at)


def reset_password(session: Session, actor: Actor, account: Account, password: str, at: datetime) -> None:
    """Give somebody else a new first password; all their sessions end."""
    check_permission(actor, Permission.MANAGE_ACCOUNTS)
    _refuse_own(actor, account)
    _set_password(session, account, password, actor, at)


def _set_password(session: Session, account: Account, password: str, actor: Actor, at: datetime) -> None:
    check_password(password, account.sign_in_name)
    account.password_hash = hash_password(password)
    for row in list_open_sessions(session, account.id):
        row.ended_at = at
    _record_change(session, "password_changed", account, actor, at)


def _refuse_own(actor: Actor, account: Account) -> None:
    if actor.account_id == account.id:
        raise Refused("Nobody changes their own account; ask another administrator.", code="own_account")


def _record_change(session: Session, kind: str, account: Account, actor: Actor | None, at: datetime) -> None:
    by = actor.reference if actor else "command-line"
    facts = {"account": f"account:{account.id}", "roles": sorted(row.role for row in account.held)}
    record(session, kind, actor=by, at=at, facts=facts)


def sign_in(session: Session, sign_in_name: str, password: str, *, tries: int, at: datetime) -> str | None:
    """Open a session and return its token, or None after a wrong name or password (which is counted)."""
    name = sign_in_name.strip().lower()[:80]
    check_tries(count_failures(session, name, at), tries)
    account = find_account(session, name)
    usable = account is not None and account.disabled_at is None
    if not password_matches(account.password_hash if account and usable else None, password) or account is None:
        session.add(SignInFailure(sign_in_name=name, at=at))
        record(session, "sign_in_failed", actor="anonymous", at=at)
        return None
    return _open_session(session, account, at)


def sign_in_as(session: Session, role: Role, at: datetime, sign_in_name: str | None = None) -> str:
    """Sign in as a holder of a role (the first, or the one named), on a demonstration partnership and only there."""
    partnership = find_partnership(session)
    if partnership is None or not partnership.demonstration:
        raise Forbidden("Signing in without a password exists only in the demonstration.")
    holders = list_with_role(session, role)
    account = next((one for one in holders if sign_in_name in (None, one.sign_in_name)), None)
    if account is None:
        raise Refused("Nobody in the demonstration has this role.")
    return _open_session(session, account, at)


def _open_session(session: Session, account: Account, at: datetime) -> str:
    token = secrets.token_urlsafe(32)
    session.add(SignInSession(token_sha256=digest(token.encode()), account_id=account.id, created_at=at, seen_at=at))
    record(session, "signed_in", actor=f"account:{account.id}", at=at)
    return token


def sign_out(session: Session, row: SignInSession, at: datetime) -> None:
    """End a session on the server; its token is worthless from then on."""
    row.ended_at = at
    record(session, "signed_out", actor=f"account:{row.account_id}", at=at)
