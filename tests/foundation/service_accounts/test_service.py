"""Systems that call: tokens are shown once, bound to an agency, scopes and purposes, and taken away at once (R54)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.accounts.queries import get_account
from foundation.accounts.service import close_account
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Forbidden, Invalid, Refused
from foundation.ledger.queries import list_recent
from foundation.service_accounts.queries import get_holding, get_system, read_caller
from foundation.service_accounts.rules import LONGEST, NotRecognised, check_purpose, check_scope, read_codes
from foundation.service_accounts.service import end_system, enter_system, make_token, revoke_token
from foundation.service_accounts.tables import ApiToken
from foundation.service_accounts.values import Scope, TokenTerms

PURPOSE = "resettlement-support"


def a_token(database: Database, admin, clock: StoppedClock, **told) -> tuple[int, str]:
    """A system of the probation service and a token of it: its number and what was shown."""
    wanted = {"scopes": ["score"], "purposes": [PURPOSE], "expires_at": clock.now() + timedelta(days=30)}
    with database.write() as session:
        system = enter_system(session, admin, name="Case system", agency="ASC", contact="IT desk, 1234", at=clock.now())
        return system.id, make_token(session, admin, system, TokenTerms(**{**wanted, **told}), clock.now())


def call(database: Database, token: str, clock: StoppedClock, acting_for: str = "pat.practitioner"):
    with database.read() as session:
        return read_caller(session, get_holding(session, token, clock.now()), acting_for)


def test_only_the_digest_of_a_token_is_kept(founded: Database, cast, clock: StoppedClock) -> None:
    """R54: whoever reads the database cannot call."""
    _, token = a_token(founded, cast(founded).administrator, clock)
    with founded.read() as session:
        kept = session.scalars(select(ApiToken)).one()
        entries = b"".join(entry.body for entry in list_recent(session, 1000))
    assert len(kept.key) == 64
    assert token not in str(vars(kept))
    assert token.encode() not in entries
    assert b"token_made" in entries
    assert b"system_entered" in entries


def test_a_call_has_the_rights_of_the_person_and_the_limits_of_the_token(
    founded: Database, cast, clock: StoppedClock
) -> None:
    """R54: a system never acts for itself."""
    people = cast(founded)
    system_id, token = a_token(founded, people.administrator, clock)
    caller = call(founded, token, clock, " Pat.Practitioner ")
    assert caller.actor == people.practitioner
    assert (caller.system_id, caller.agency, caller.scopes) == (system_id, "ASC", {"score"})
    check_scope(caller, Scope.SCORE)
    check_purpose(caller, PURPOSE)
    with pytest.raises(Forbidden, match="not made for this"):
        check_scope(caller, Scope.COHORT)
    with pytest.raises(Forbidden) as refused:
        check_purpose(caller, "something-else")
    assert refused.value.code == "purpose_not_allowed"


@pytest.mark.parametrize("name", ["bea.practitioner", "nobody.at-all", ""])
def test_it_acts_for_nobody_of_another_agency(founded: Database, cast, clock: StoppedClock, name: str) -> None:
    """R54: the answer is the same whether the person is another agency's or nobody."""
    _, token = a_token(founded, cast(founded).administrator, clock)
    with pytest.raises(Forbidden, match="no open account of this name") as refused:
        call(founded, token, clock, name)
    assert refused.value.code == "cannot_act_for"


def test_what_is_taken_away_is_gone_at_the_next_call(founded: Database, cast, clock: StoppedClock) -> None:
    """R54: revoked, over, ended and closed are asked afresh at every call."""
    people = cast(founded)
    system_id, token = a_token(founded, people.administrator, clock)
    with founded.write() as session:
        close_account(session, people.administrator, get_account(session, people.practitioner.account_id), clock.now())
    with pytest.raises(Forbidden):
        call(founded, token, clock)
    assert call(founded, token, clock, "oscar.officer").actor == people.officer
    clock.advance(days=30)
    with pytest.raises(NotRecognised):
        call(founded, token, clock, "oscar.officer")
    clock.advance(days=-1)
    with founded.write() as session:
        revoke_token(session, people.administrator, session.scalars(select(ApiToken)).one(), clock.now())
    with pytest.raises(NotRecognised):
        call(founded, token, clock, "oscar.officer")
    with founded.write() as session:
        system = get_system(session, system_id)
        terms = TokenTerms(["gate"], [PURPOSE], clock.now() + LONGEST)
        other = make_token(session, people.administrator, system, terms, clock.now())
    assert call(founded, other, clock, "oscar.officer").scopes == {"gate"}
    with founded.write() as session:
        system = get_system(session, system_id)
        end_system(session, people.administrator, system, clock.now())
        with pytest.raises(Refused, match="was ended"):
            make_token(session, people.administrator, system, terms, clock.now())
    for shown in (token, other, "", "algocare_guessed"):
        with pytest.raises(NotRecognised):
            call(founded, shown, clock, "oscar.officer")


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("scopes", {"scopes": []}),
        ("scopes", {"scopes": ["everything"]}),
        ("purposes", {"purposes": []}),
        ("purposes", {"purposes": ["Any Purpose"]}),
        ("expires_on", {"days": 0}),
        ("expires_on", {"days": 367}),
    ],
)
def test_a_token_without_limits_is_not_made(founded: Database, cast, clock: StoppedClock, field: str, told) -> None:
    """R54: every token has scopes, purposes and an end within a year."""
    days = told.pop("days", 30)
    with pytest.raises(Invalid) as refused:
        a_token(founded, cast(founded).administrator, clock, **told, expires_at=clock.now() + timedelta(days=days))
    assert list(refused.value.problems) == [field]


@pytest.mark.one_database
def test_only_an_administrator_enters_systems(founded: Database, cast, clock: StoppedClock) -> None:
    """R54: and a name is taken once, with an agency and somebody who answers for it."""
    people = cast(founded)
    told = {"name": "Case system", "agency": "ASC", "contact": "IT desk"}
    with founded.write() as session, pytest.raises(Forbidden):
        enter_system(session, people.owner, at=clock.now(), **told)
    with founded.write() as session:
        enter_system(session, people.administrator, at=clock.now(), **told)
        for wrong, field in (
            (told, "name"),
            ({**told, "agency": "no such"}, "agency"),
            ({**told, "contact": " "}, "contact"),
        ):
            with pytest.raises(Invalid) as refused:
                enter_system(session, people.administrator, at=clock.now(), **wrong)
            assert list(refused.value.problems) == [field]
    assert read_codes(" b, a\nb ") == ["a", "b"]
