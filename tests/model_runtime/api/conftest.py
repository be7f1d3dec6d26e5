"""What the tests of the API share: a system with a token, and calls in its name."""

import itertools
import json
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace

import pytest

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.service_accounts.service import enter_system, make_token
from foundation.service_accounts.values import Scope, TokenTerms

PURPOSE = "resettlement-support"
ASKED = {"person_reference": "RC-0001", "purpose": PURPOSE}
NAMES = itertools.count(1)


def a_token(database: Database, cast, clock: StoppedClock, *, agency: str = "ASC", **told) -> str:
    """A token of a new system."""
    wanted = {"scopes": list(Scope), "purposes": [PURPOSE], "expires_at": clock.now() + timedelta(days=200), **told}
    admin = cast(database).administrator
    with database.write() as session:
        name = f"Case system {next(NAMES)}"
        system = enter_system(session, admin, name=name, agency=agency, contact="IT desk", at=clock.now())
        return make_token(session, admin, system, TokenTerms(**wanted), clock.now())


class Program:
    """A program that calls: `get` and `post` with its token, for a person, with a key of its own for each post."""

    def __init__(self, client, token: str, acting_for: str) -> None:
        self.client, self.token, self.acting_for = client, token, acting_for

    def send(self, method: str, address: str, *, key: str | None = "new", headers=None, **more):
        """Send a call; `key=None` leaves the key out."""
        sent = {"Authorization": f"Bearer {self.token}", "Algocare-Acting-For": self.acting_for}
        if key is not None:
            sent["Idempotency-Key"] = key if key != "new" else f"key-{next(NAMES)}"
        return self.client.open(f"/api/v1{address}", method=method, headers={**sent, **(headers or {})}, **more)

    def get(self, address: str, **more):
        """A reading call."""
        return self.send("GET", address, key=None, **more)

    def post(self, address: str, body=None, **more):
        """A call with a JSON body; text and bytes are sent as they are."""
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        return self.send("POST", address, data=raw, content_type="application/json", **more)


@pytest.fixture
def program(visit, cast, clock) -> Callable[..., Program]:
    """A function `program(database, acting_for="pat.practitioner", **terms)` that gives a program with a token."""

    def start(database: Database, acting_for: str = "pat.practitioner", **told) -> Program:
        return Program(visit(database), a_token(database, cast, clock, **told), acting_for)

    return start


@pytest.fixture
def caller(approved: SimpleNamespace, program) -> Program:
    """A program of the probation service over an approved use, acting for a practitioner."""
    return program(approved.database)


def problem(answer, status: int, code: str) -> dict:
    """The body of a problem, which must have this status and code and all that RFC 9457 asks for."""
    assert answer.status_code == status, answer.get_data(as_text=True)
    assert answer.content_type == "application/problem+json"
    body = answer.get_json(force=True)
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:algocare:problem:{code}")
    assert body["title"]
    assert body["detail"].endswith((".", ",", "…")), body["detail"]
    return body
