"""Accounts: who can be opened, what one account may not hold together, and how a password is kept."""

from datetime import timedelta

import pytest

from foundation.accounts.passwords import hash_password, password_matches
from foundation.accounts.queries import find_account, find_session
from foundation.accounts.rules import ask, check_password, check_permission, check_roles, session_is_over
from foundation.accounts.service import (
    change_roles,
    change_team,
    close_account,
    open_account,
    sign_in,
    sign_in_as,
    sign_out,
)
from foundation.accounts.values import FORBIDDEN_PAIRS, PERSON_ROLES, Actor, Permission, Role
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.ledger.queries import list_recent
from foundation.ledger.values import digest

PASSWORD = "gravel lantern teapot"


def open_nadia(session, clock, **changes):
    wanted = {"sign_in_name": "nadia.new", "name": "Nadia New", "roles": {Role.AUDITOR}, "agency": "BCC"}
    return open_account(session, **(wanted | {"password": PASSWORD, "at": clock.now()} | changes))


def test_a_password_is_kept_as_an_argon2id_hash_that_differs_each_time() -> None:
    one, other = hash_password(PASSWORD), hash_password(PASSWORD)
    assert one.startswith("$argon2id$")
    assert PASSWORD not in one
    assert one != other
    assert password_matches(one, PASSWORD)
    assert not password_matches(one, PASSWORD + "s")


@pytest.mark.parametrize("stored", [None, "", "not a hash", "$argon2id$v=19$broken"])
def test_no_password_matches_what_is_no_hash(stored: str | None) -> None:
    assert not password_matches(stored, PASSWORD)
    assert not password_matches(stored, "no account has this password")


@pytest.mark.parametrize("password", ["", "elevenchars", "my nadia.new secret", "MY NADIA.NEW SECRET"])
def test_weak_passwords_are_refused_at_their_field(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_password(password, "nadia.new")
    assert list(refused.value.problems) == ["password"]


@pytest.mark.parametrize(("one", "other"), [(one, other) for one, other, _ in FORBIDDEN_PAIRS])
def test_roles_that_would_let_one_person_decide_alone_are_refused_together(one: Role, other: Role) -> None:
    check_roles({one})
    check_roles({other})
    with pytest.raises(Invalid) as refused:
        check_roles({one, other})
    assert "roles" in refused.value.problems


def test_who_owns_a_model_can_never_vote_on_it() -> None:
    for judge in (Role.COMMITTEE_MEMBER, Role.CHAIR):
        with pytest.raises(Invalid):
            check_roles({Role.MODEL_OWNER, judge})


@pytest.mark.parametrize("roles", [set(), {Role.WORKER}, {Role.AUDITOR, Role.WORKER}])
def test_an_account_needs_a_role_and_never_holds_the_workers(roles: set[Role]) -> None:
    with pytest.raises(Invalid):
        check_roles(roles)


def test_a_refused_permission_says_who_can_do_it() -> None:
    practitioner = Actor(7, "Pat", frozenset({Role.PRACTITIONER}))
    with pytest.raises(Forbidden) as refused:
        check_permission(practitioner, Permission.CHAIR)
    assert "Practitioner" in refused.value.sentence
    assert refused.value.what_next == ("It is done by: Ethics committee chair.",)
    assert ask(check_permission, practitioner, Permission.CHAIR) == refused.value.sentence
    assert ask(check_permission, practitioner, Permission.ASK_SCORE) is None


def test_the_administrator_sees_nothing_about_people_or_models() -> None:
    administrator = Actor(1, "Ada", frozenset({Role.ADMINISTRATOR}))
    hidden = {Permission.SEE_PEOPLE, Permission.ASK_SCORE, Permission.SEE_REGISTER, Permission.SEE_REFUSALS}
    assert not hidden & administrator.permissions


def test_a_session_ends_when_idle_or_old(clock: StoppedClock) -> None:
    start, idle, longest = clock.now(), timedelta(minutes=15), timedelta(hours=8)

    def over(seen: timedelta, now: timedelta) -> bool:
        return session_is_over(start, start + seen, start + now, idle, longest)

    assert not over(timedelta(0), timedelta(minutes=15))
    assert over(timedelta(0), timedelta(minutes=15, seconds=1))
    assert not over(timedelta(hours=8), timedelta(hours=8))
    assert over(timedelta(hours=8, minutes=1), timedelta(hours=8, minutes=2))


def test_an_opened_account_signs_in_and_stands_in_the_ledger_by_number(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session:
        account = open_nadia(session, clock, sign_in_name="  Nadia.NEW ")
        reference = f"account:{account.id}"
    with founded.write() as session:
        token = sign_in(session, "NADIA.new", PASSWORD, tries=5, at=clock.now())
        assert token
        row = find_session(session, digest(token.encode()))
        assert row is not None
        assert row.account.sign_in_name == "nadia.new"
        entries = list_recent(session, 200)
    opened = next(entry for entry in entries if entry.kind == "account_opened" and reference.encode() in entry.body)
    assert b"Nadia" not in opened.body
    assert token.encode() not in b"".join(entry.body for entry in entries)


def test_a_sign_in_name_is_taken_once(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session, pytest.raises(Invalid) as refused:
        open_nadia(session, clock, sign_in_name="Olivia.Owner")
    assert "sign_in_name" in refused.value.problems


def test_only_an_administrator_opens_changes_and_closes(founded: Database, clock: StoppedClock, cast) -> None:
    people = cast(founded)
    with founded.write() as session:
        pat = find_account(session, "pat.practitioner")
        with pytest.raises(Forbidden):
            open_nadia(session, clock, actor=people.auditor)
        with pytest.raises(Forbidden):
            change_roles(session, people.chair, pat, {Role.AUDITOR}, clock.now())
        with pytest.raises(Forbidden):
            close_account(session, people.owner, pat, clock.now())
        assert pat.roles == {Role.PRACTITIONER}
        assert pat.disabled_at is None


def test_nobody_changes_or_closes_their_own_account(founded: Database, clock: StoppedClock, cast) -> None:
    people = cast(founded)
    with founded.write() as session:
        own = find_account(session, "ada.administrator")
        for act in (
            lambda: change_roles(session, people.administrator, own, {Role.CHAIR}, clock.now()),
            lambda: close_account(session, people.administrator, own, clock.now()),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert refused.value.code == "own_account"
        assert own.roles == {Role.ADMINISTRATOR}


def test_changed_roles_take_the_place_of_the_old_ones(founded: Database, clock: StoppedClock, cast) -> None:
    with founded.write() as session:
        pat = find_account(session, "pat.practitioner")
        change_roles(session, cast(founded).administrator, pat, {Role.AUDITOR}, clock.now())
    with founded.read() as session:
        assert find_account(session, "pat.practitioner").roles == {Role.AUDITOR}


@pytest.mark.one_database
def test_an_administrator_says_which_team_somebody_works_in(founded: Database, clock, cast, visit) -> None:
    """R08: on the page of the account and of a new one; nobody for themselves; the ledger holds no name of a team."""
    people, ada = cast(founded), visit(founded, "administrator")
    number = people.practitioner.account_id
    kept = {"roles": ["practitioner"]}
    assert ada.send(f"/accounts/{number}", kept | {"team": "  Southern   team "}).status_code == 302
    assert "Southern team" in ada.get(f"/accounts/{number}").get_data(as_text=True)
    assert cast(founded).practitioner.team == "Southern team"
    refused = ada.send(f"/accounts/{number}", {"roles": ["auditor"], "team": "x" * 81})
    assert (refused.status_code, 'href="#team"' in refused.get_data(as_text=True)) == (422, True)
    assert cast(founded).practitioner.roles == {Role.PRACTITIONER}
    new = {"name": "Nadia New", "sign_in_name": "nadia.new", "agency": "ASC", "team": "North team"}
    assert ada.send("/accounts/open", new | kept | {"password": PASSWORD}).status_code == 302
    assert "ASC, North team" in ada.get("/accounts").get_data(as_text=True)
    with founded.write() as session:
        own, pat = find_account(session, "ada.administrator"), find_account(session, "pat.practitioner")
        with pytest.raises(Refused):
            change_team(session, people.administrator, own, "North team", clock.now())
        with pytest.raises(Forbidden):
            change_team(session, people.chair, pat, "", clock.now())
        assert find_account(session, "nadia.new").team == "North team"
        entries = [one for one in list_recent(session, 1000) if one.kind == "account_team_changed"]
        assert len(entries) == 1
        assert b"Southern" not in entries[0].body


def test_a_closed_account_signs_in_no_more(founded: Database, clock: StoppedClock, cast) -> None:
    with founded.write() as session:
        nadia = open_nadia(session, clock)
        close_account(session, cast(founded).administrator, nadia, clock.now())
    with founded.write() as session:
        assert sign_in(session, "nadia.new", PASSWORD, tries=5, at=clock.now()) is None


def test_wrong_names_and_wrong_passwords_are_answered_alike(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session:
        open_nadia(session, clock)
        assert sign_in(session, "nobody.here", PASSWORD, tries=5, at=clock.now()) is None
        assert sign_in(session, "nadia.new", "wrong password", tries=5, at=clock.now()) is None
        assert sign_in(session, "olivia.owner", "", tries=5, at=clock.now()) is None  # has no password at all


def test_too_many_tries_pause_a_name_even_for_the_right_password(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session:
        open_nadia(session, clock)
        for _ in range(5):
            assert sign_in(session, "nadia.new", "guess", tries=5, at=clock.now()) is None
    with founded.write() as session, pytest.raises(Refused) as refused:
        sign_in(session, " NADIA.new", PASSWORD, tries=5, at=clock.now())
    assert refused.value.code == "too_many_tries"
    clock.advance(minutes=15, seconds=1)
    with founded.write() as session:
        assert sign_in(session, "nadia.new", PASSWORD, tries=5, at=clock.now())


def test_a_signed_out_session_is_found_no_more(founded: Database, clock: StoppedClock) -> None:
    with founded.write() as session:
        token = sign_in_as(session, Role.AUDITOR, clock.now())
        row = find_session(session, digest(token.encode()))
        sign_out(session, row, clock.now())
        session.flush()
        assert find_session(session, digest(token.encode())) is None


def test_signing_in_without_a_password_exists_only_in_the_demonstration(make_database, clock: StoppedClock) -> None:
    from foundation.accounts.service import found_partnership

    database = make_database("empty")
    with database.write() as session:
        found_partnership(session, "A real partnership", None, clock.now())
        open_nadia(session, clock)
    for role in PERSON_ROLES:
        with database.write() as session, pytest.raises(Forbidden):
            sign_in_as(session, role, clock.now())


def test_there_is_one_partnership(founded: Database, clock: StoppedClock) -> None:
    from foundation.accounts.service import found_partnership

    with founded.write() as session, pytest.raises(Conflict):
        found_partnership(session, "Another", None, clock.now())
