"""Rules of systems that call: what a token may be, whether it still holds, and for whom it may act (R54)."""

import re
from collections.abc import Collection
from datetime import datetime, timedelta

from foundation.accounts.values import Actor
from foundation.errors import Forbidden, Invalid, Refused, SignInNeeded
from foundation.service_accounts.tables import ServiceAccount
from foundation.service_accounts.values import SCOPES, Caller, Holding, Scope, TokenTerms

LONGEST = timedelta(days=366)
"""How long a token lasts at most; a system that is still used gets a new one."""

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
"""How the code of a use may look."""

AGENCY = re.compile(r"[A-Za-z0-9-]{1,12}")


class NotRecognised(SignInNeeded):
    """The call shows no token, or one that does not hold."""

    code = "token_not_recognised"
    title = "The token is not recognised"


def check_system(name: str, agency: str, contact: str) -> None:
    """Refuse a system without a name, an agency's code or somebody to ask about it."""
    problems = {}
    if not 0 < len(name) <= 120 or not name.isprintable():
        problems["name"] = "Enter the name of the system, in at most 120 letters."
    if not AGENCY.fullmatch(agency):
        problems["agency"] = "Enter the code of the agency, as in the register, for example BCC."
    if not 0 < len(contact) <= 200 or not contact.isprintable():
        problems["contact"] = "Enter who answers for the system and how to reach them, in at most 200 letters."
    _refuse(problems)


def check_terms(terms: TokenTerms, now: datetime) -> None:
    """Refuse a token without scope or purpose, one that is over already, and one for longer than a year."""
    problems = {}
    if not terms.scopes or not set(terms.scopes) <= set(Scope):
        problems["scopes"] = "Choose what the token may be used for."
    if not terms.purposes or not all(CODE.fullmatch(code) for code in terms.purposes):
        problems["purposes"] = "Enter the code of at least one use, such as resettlement-support."
    if not now < terms.expires_at <= now + LONGEST:
        problems["expires_on"] = "Enter a day to come, at most a year from today."
    _refuse(problems)


def check_in_use(account: ServiceAccount) -> None:
    """Refuse to make a token for a system that was ended."""
    if account.ended_at is not None:
        raise Refused("This system was ended. Enter it again if it is to call again.", code="system_ended")


def check_holds(token: Holding | None, now: datetime) -> Holding:
    """The token, if it holds now. One that is unknown, revoked, over or of an ended system is refused alike."""
    if token is None or token.revoked_at is not None or token.ended_at is not None or token.expires_at <= now:
        raise NotRecognised(
            "The token is not known here, has been revoked or has ended.",
            what_next=["An administrator of ALGOCARE makes a new token."],
        )
    return token


def check_acts_for(token: Holding, actor: Actor | None) -> Actor:
    """Who acts, if the token may act for them: somebody with an open account of the system's own agency."""
    if actor is None or actor.agency != token.agency:
        raise Forbidden(
            "The token cannot act for this person: there is no open account of this name in the system's agency.",
            code="cannot_act_for",
            what_next=["Name somebody's sign-in name in the header Algocare-Acting-For."],
        )
    return actor


def check_scope(caller: Caller, scope: Scope) -> None:
    """Refuse a kind of call that the token was not made for."""
    if scope not in caller.scopes:
        raise Forbidden(
            f"The token was not made for this: {SCOPES[scope][:1].lower()}{SCOPES[scope][1:]}.",
            code="scope_missing",
            what_next=["An administrator of ALGOCARE makes a token with the scope " + scope + "."],
        )


def check_purpose(caller: Caller, purpose: str) -> None:
    """Refuse a purpose that the token was not made for."""
    if purpose not in caller.purposes:
        raise Forbidden(
            "The token was not made for this purpose.",
            code="purpose_not_allowed",
            what_next=["Name the code of a use that the token was made for."],
        )


def read_codes(text: str) -> list[str]:
    """The codes in a typed list, which commas, blanks or lines separate; sorted, each once."""
    return sorted({code for code in re.split(r"[\s,]+", text) if code})


def sorted_scopes(scopes: Collection[str]) -> list[str]:
    """Scopes in the order of the table, each once."""
    return [scope.value for scope in Scope if scope in scopes]


def _refuse(problems: dict[str, str]) -> None:
    if problems:
        raise Invalid(next(iter(problems.values())), problems=problems)
