"""The door of programs: a token, the person it acts for, and never a cookie."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import g, request

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Permission
from foundation.ledger.service import record
from foundation.service_accounts.queries import get_holding, read_caller
from foundation.service_accounts.rules import check_scope
from foundation.service_accounts.values import Caller, Scope
from foundation.web.doors import View, house

ACTING_FOR = "Algocare-Acting-For"
BEARER = "Bearer "
LONGEST_NAME = 80


def caller() -> Caller:
    """Who calls: the system, and the person it acts for."""
    return g.caller


def door_for_programs(scope: Scope, *permissions: Permission) -> Callable[[View], View]:
    """Declare what a call asks of a token and of the person it acts for; the view opens its own sessions.

    Of several permissions one is enough; of none the domain's own rules ask. A refused call of a known system is
    recorded with its code (R01).
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            _recognise()
            check_scope(g.caller, scope)
            if permissions and not any(g.actor.may(one) for one in permissions):
                check_permission(g.actor, permissions[0])
            return view(*args, **kwargs)

        entered.permission = f"api:{scope}"  # type: ignore[attr-defined]
        return entered

    return decorate


def record_refused_call(code: str) -> None:
    """Record that a known system was refused: which token, for whom, which call, and the code of the refusal."""
    token = g.get("token")
    if token is None:
        return
    by = g.caller.actor.reference if g.get("caller") is not None else f"system:{token.account_id}"
    facts = {"system": token.account_id, "token": token.id, "call": request.endpoint or "", "code": code}
    with house().database.write() as session:
        record(session, "call_refused", actor=by, at=house().clock.now(), facts=facts)


def _recognise() -> None:
    """Find the token, then the person it acts for; what is known of them stays with the request."""
    shown = request.headers.get("Authorization", "")
    given = shown.removeprefix(BEARER).strip() if shown.startswith(BEARER) else ""
    named = request.headers.get(ACTING_FOR, "")
    acting_for = named if named.isprintable() and len(named) <= LONGEST_NAME else ""
    with house().database.read() as session:
        g.token = get_holding(session, given, house().clock.now())
        g.caller = read_caller(session, g.token, acting_for)
    g.actor = g.caller.actor
