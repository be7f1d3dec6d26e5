"""Doors: every view declares who may come in, and gets one database session for its one request."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import current_app, g, request
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import SignInNeeded
from foundation.settings import Settings

View = Callable[..., Any]
PUBLIC = "public"
"""The permission of a page that needs no sign-in."""


@dataclass(frozen=True)
class House:
    """What the application factory hands to every view: the parts a request needs, and nothing global.

    `letters` are the sources of live facts beside the letters of ALGO-CARE, `reports` those of what is reported to a
    meeting of the committee, `schedules` what recurs; the roof gathers them from every floor.
    """

    settings: Settings
    database: Database
    clock: Clock
    engine: Any
    letters: tuple[Any, ...] = ()
    reports: tuple[Any, ...] = ()
    schedules: tuple[Any, ...] = ()


def house() -> House:
    """The parts of the running application."""
    return current_app.extensions["algocare"]


def actor() -> Actor:
    """Who is signed in; without anybody the request goes to the sign-in page."""
    if g.get("actor") is None:
        raise SignInNeeded("Sign in to see this page.")
    return g.actor


def session() -> Session:
    """The request's database session, opened by its door."""
    return g.session


def door(
    permission: Permission | str, *, writes: bool | None = None, own_session: bool = False
) -> Callable[[View], View]:
    """Declare a view's permission (a `Permission` or `PUBLIC`) and open its session.

    A POST writes, a GET reads, unless `writes` says otherwise (a page whose viewing is recorded writes on GET).
    With `own_session` the view opens its sessions itself.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def entered(*args: Any, **kwargs: Any) -> Any:
            if permission != PUBLIC:
                check_permission(actor(), Permission(permission))
            if own_session:
                return view(*args, **kwargs)
            with _session_for(request.method == "POST" if writes is None else writes) as opened:
                g.session = opened
                return view(*args, **kwargs)

        entered.permission = str(permission)  # type: ignore[attr-defined]
        return entered

    return decorate


def _session_for(writes: bool) -> Any:
    database = house().database
    return database.write() if writes else database.read()
