"""Who is asking: the opaque token in the cookie, looked up on the server at every request."""

from datetime import timedelta

from flask import Flask, g, request
from werkzeug.wrappers import Response

from foundation.accounts.queries import find_session
from foundation.accounts.rules import session_is_over
from foundation.ledger.values import digest
from foundation.settings import Settings
from foundation.web.doors import house
from foundation.web.problems import is_for_programs

SEEN_EVERY = timedelta(seconds=30)
"""How exactly a session's last use is kept; it saves a write at every request."""


def cookie_name(settings: Settings) -> str:
    """The `__Host-` prefix binds the cookie to this host and to HTTPS; plain HTTP on loopback cannot have it."""
    return "algocare_session" if settings.plain_http else "__Host-algocare_session"


def give_cookie(response: Response, token: str) -> Response:
    """Hand the token to the browser: not readable by script, not sent from other sites."""
    settings = house().settings
    response.set_cookie(
        cookie_name(settings), token, httponly=True, secure=not settings.plain_http, samesite="Lax", path="/"
    )
    return response


def take_cookie(response: Response) -> Response:
    """Take the token away again."""
    response.delete_cookie(cookie_name(house().settings), path="/", secure=not house().settings.plain_http)
    return response


def recognise(app: Flask) -> None:
    """Find the actor of every request before its door is reached."""

    @app.before_request
    def _find_actor() -> None:
        g.actor, g.session_key = None, None
        token = request.cookies.get(cookie_name(house().settings))
        if token and request.endpoint != "static" and not is_for_programs():  # a cookie opens no door for programs
            _recognise_token(digest(token.encode()))


def _recognise_token(key: str) -> None:
    settings, now = house().settings, house().clock.now()
    idle, longest = timedelta(minutes=settings.session_idle_minutes), timedelta(hours=settings.session_hours)
    with house().database.read() as session:
        row = find_session(session, key)
        if row is None or row.account.disabled_at is not None:
            return
        if session_is_over(row.created_at, row.seen_at, now, idle, longest):
            return
        g.actor, g.session_key = row.account.actor(), key
        stale = now - row.seen_at > SEEN_EVERY
    if stale:
        with house().database.write() as session:
            kept = find_session(session, key)
            if kept is not None:
                kept.seen_at = now
