"""Who may open which door: a committed matrix, held against the URL map both ways and then tried."""

import csv
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from flask import Flask
from werkzeug.routing import Rule

from foundation.accounts.values import ROLES, Permission, Role
from foundation.database.connection import Database
from foundation.paths import ROOT

pytestmark = pytest.mark.one_database

MATRIX = ROOT / "docs" / "reference" / "access_matrix.csv"
HAND_MADE = {"int": 999_999, "default": "nothing-has-this-name", "string": "nothing-has-this-name"}


def rules_of(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule, method


def is_for_programs(rule: Rule) -> bool:
    """Whether a door takes a token instead of a cookie."""
    return rule.rule.startswith("/api/")


def declared(app: Flask, endpoint: str) -> str:
    permission = getattr(app.view_functions[endpoint], "permission", None)
    assert permission, f"{endpoint} declares no permission"
    return permission


def address_of(rule: Rule) -> str:
    address = rule.rule
    for name, converter in rule._converters.items():
        kind = "int" if "Integer" in type(converter).__name__ else "default"
        prefix = {"int": f"<int:{name}>", "default": f"<{name}>"}[kind]
        address = address.replace(prefix, str(HAND_MADE[kind]))
    assert "<" not in address, address
    return address


@pytest.fixture
def without_tokens(shared_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application without its check of tokens, so that the door itself answers, not the check before it."""
    monkeypatch.setitem(shared_app.config, "WTF_CSRF_ENABLED", False)
    return shared_app


def test_the_matrix_is_the_url_map(shared_app: Flask) -> None:
    app = shared_app
    built = {(rule.endpoint, method, rule.rule, declared(app, rule.endpoint)) for rule, method in rules_of(app)}
    with MATRIX.open() as file:
        written = {(r["endpoint"], r["method"], r["address"], r["permission"]) for r in csv.DictReader(file)}
    assert built - written == set(), "doors that the matrix does not know"
    assert written - built == set(), "doors that the matrix knows and the house does not have"


def test_every_permission_opens_something(shared_app: Flask) -> None:
    app = shared_app
    used = {declared(app, rule.endpoint) for rule, _ in rules_of(app)}
    beyond_doors = {Permission.RECORD_JUDGEMENT, Permission.EXPLAIN_BREACH, Permission.CHAIR}
    assert set(Permission) - {p for p in Permission if p in used} <= beyond_doors


def send(client, rule: Rule, method: str, **more):
    return client.open(address_of(rule), method=method, **more)


def test_nobody_comes_in_without_signing_in(founded: Database, without_tokens: Flask, visit) -> None:
    app, client = without_tokens, visit(founded)
    for rule, method in rules_of(app):
        if declared(app, rule.endpoint) == "public":
            continue
        answer = send(client, rule, method)
        if is_for_programs(rule):
            assert answer.status_code == 401, (rule.rule, method, answer.status_code)
            continue
        assert answer.status_code == 302, (rule.rule, method, answer.status_code)
        assert answer.location.startswith("/sign-in"), rule.rule


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.WORKER])
def test_each_role_opens_its_doors_and_no_other(role: Role, founded: Database, without_tokens: Flask, visit) -> None:
    app, client = without_tokens, visit(founded, role)
    held = ROLES[role].permissions
    for rule, method in rules_of(app):
        permission = declared(app, rule.endpoint)
        if is_for_programs(rule):  # a cookie opens none of these, whoever is signed in
            assert send(client, rule, method).status_code == (200 if permission == "public" else 401), rule.rule
            continue
        if permission == "public" or rule.endpoint == "accounts.sign_out":
            continue
        if permission in held:
            answer = send(client, rule, method)
            assert answer.status_code not in (401, 403, 500), (rule.rule, method, answer.status_code)
        else:
            answer = send(client, rule, method, headers={"Accept": "application/json"})  # without drawing a page
            assert answer.status_code == 403, (rule.rule, method, answer.status_code)
            assert "Your role" in answer.json["detail"]


def test_every_posting_door_wants_the_token(founded: Database, shared_app: Flask, visit) -> None:
    app, client = shared_app, visit(founded)
    posting = [rule for rule, method in rules_of(app) if method == "POST"]
    assert posting
    for rule in posting:
        answer = client.post(address_of(rule), data={"csrf_token": "forged"})
        assert answer.status_code == (401 if is_for_programs(rule) else 400), (rule.rule, answer.status_code)


def test_undeclared_methods_are_refused(founded: Database, shared_app: Flask, visit) -> None:
    app, client = shared_app, visit(founded)
    for rule, _ in rules_of(app):
        for method in ("PUT", "DELETE", "PATCH"):
            assert client.open(address_of(rule), method=method).status_code in (400, 405), (rule.rule, method)


def test_the_cast_covers_every_role(founded: Database, cast) -> None:
    people: SimpleNamespace = cast(founded)
    held = {role for actor in vars(people).values() for role in actor.roles}
    assert held == set(Role)
