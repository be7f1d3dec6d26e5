"""Changing passwords: one's own with the old one, somebody else's by an administrator; sessions end with it."""

from collections.abc import Callable

import pytest

from foundation.accounts.queries import find_account
from foundation.accounts.service import change_password, reset_password, sign_in
from foundation.accounts.values import Role
from foundation.database.connection import Database
from foundation.errors import Forbidden, Invalid, Refused

FIRST, SECOND = "green kettle on tuesday", "seven quiet lighthouses"


@pytest.fixture
def known(founded: Database, cast, clock) -> Database:
    """A partnership in which the practitioner has a password."""
    with founded.write() as session:
        account = find_account(session, "pat.practitioner")
        reset_password(session, cast(founded).administrator, account, FIRST, clock.now())
    return founded


def try_it(database: Database, clock, password: str) -> str | None:
    with database.write() as session:
        return sign_in(session, "pat.practitioner", password, tries=5, at=clock.now())


def test_a_password_is_changed_with_the_old_one_and_to_a_strong_one_alone(known: Database, clock) -> None:
    with known.write() as session, pytest.raises(Invalid, match="not right"):
        change_password(session, find_account(session, "pat.practitioner"), SECOND, SECOND, clock.now())
    for weak in ("short", "pat.practitioner is my name"):
        with known.write() as session, pytest.raises(Invalid):
            change_password(session, find_account(session, "pat.practitioner"), FIRST, weak, clock.now())
    assert try_it(known, clock, FIRST), "none of this changed anything"
    with known.write() as session:
        change_password(session, find_account(session, "pat.practitioner"), FIRST, SECOND, clock.now())
    assert try_it(known, clock, SECOND)
    assert try_it(known, clock, FIRST) is None


@pytest.mark.one_database
def test_only_an_administrator_sets_somebody_elses(founded: Database, cast, clock) -> None:
    people = cast(founded)
    with founded.write() as session:
        account = find_account(session, "pat.practitioner")
        with pytest.raises(Forbidden):
            reset_password(session, people.auditor, account, FIRST, clock.now())
        own = find_account(session, "ada.administrator")
        with pytest.raises(Refused, match="their own account"):
            reset_password(session, people.administrator, own, FIRST, clock.now())


@pytest.mark.one_database
def test_every_session_ends_with_the_change(known: Database, visit: Callable) -> None:
    elsewhere, here = visit(known, Role.PRACTITIONER), visit(known, Role.PRACTITIONER)
    wrong = here.send("/password", {"current": "something else entirely", "password": SECOND})
    assert wrong.status_code == 422
    assert "The password you use now is not right" in wrong.get_data(as_text=True)
    assert here.send("/password", {"current": FIRST, "password": SECOND}).status_code == 302
    assert elsewhere.get("/home").location.startswith("/sign-in")


@pytest.mark.one_database
def test_the_administrators_page_sets_a_first_password(founded: Database, visit: Callable, clock) -> None:
    with founded.read() as session:
        number = find_account(session, "pat.practitioner").id
    ada = visit(founded, Role.ADMINISTRATOR)
    assert ada.send(f"/accounts/{number}/password", {"password": "short"}).status_code == 422
    assert ada.send(f"/accounts/{number}/password", {"password": FIRST}).status_code == 302
    assert try_it(founded, clock, FIRST)
