"""Rules of accounts and permissions; each `check_` raises a refusal with a sentence."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from foundation.accounts.values import FORBIDDEN_PAIRS, ROLES, Actor, Permission, Role
from foundation.errors import AlgocareError, Forbidden, Invalid, Refused

SHORTEST_PASSWORD = 12
LONGEST_TEAM = 80


def check_permission(actor: Actor, permission: Permission) -> None:
    """Refuse what none of the actor's roles includes."""
    if actor.may(permission):
        return
    holders = [card.title for role, card in ROLES.items() if permission in card.permissions]
    raise Forbidden(
        f"Your role ({actor.roles_text or 'none'}) does not include this.",
        what_next=[f"It is done by: {', '.join(title for title in holders if title != 'Worker process')}."],
    )


def check_roles(roles: Collection[Role]) -> None:
    """Refuse no role at all, the worker's role, and pairs that would let one person decide alone."""
    if not roles:
        raise Invalid("Choose at least one role.", problems={"roles": "Choose at least one role."})
    if Role.WORKER in roles:
        raise Invalid("The worker's role is not for people.", problems={"roles": "Choose another role."})
    for one, other, why in FORBIDDEN_PAIRS:
        if one in roles and other in roles:
            raise Invalid(why, problems={"roles": why})


def tidy_team(team: str) -> str:
    """The name of a team on one line, without blanks to spare; one that is too long is refused."""
    tidied = " ".join(team.split())
    if len(tidied) > LONGEST_TEAM or not (tidied == "" or tidied.isprintable()):
        sentence = f"Write the team's name in at most {LONGEST_TEAM} letters."
        raise Invalid(sentence, problems={"team": sentence})
    return tidied


def check_password(password: str, sign_in_name: str) -> None:
    """Refuse a short password and one that holds the sign-in name (NCSC: length over complexity)."""
    if len(password) < SHORTEST_PASSWORD:
        sentence = f"A password has at least {SHORTEST_PASSWORD} characters; three random words work well."
        raise Invalid(sentence, problems={"password": sentence})
    if sign_in_name.lower() in password.lower():
        sentence = "A password does not contain the sign-in name."
        raise Invalid(sentence, problems={"password": sentence})


def check_tries(failures: int, allowed: int) -> None:
    """Refuse a sign-in after too many wrong passwords for one name within 15 minutes."""
    if failures >= allowed:
        raise Refused(
            "There were too many wrong passwords for this name. Try again in 15 minutes.",
            code="too_many_tries",
        )


def session_is_over(
    created_at: datetime, seen_at: datetime, now: datetime, idle: timedelta, longest: timedelta
) -> bool:
    """Whether a session has ended: idle too long, or open too long."""
    return now - seen_at > idle or now - created_at > longest


def ask(check: Callable[..., None], *arguments: object) -> str | None:
    """Turn a rule into a reason for a button: None when allowed, otherwise the sentence that refuses."""
    try:
        check(*arguments)
    except AlgocareError as refusal:
        return refusal.sentence
    return None
