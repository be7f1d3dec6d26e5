"""Seats: who can hold one, for how long, who enters it, and what its end does."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assessments.members.queries import find_seat, list_seats
from assessments.members.rules import check_holder, check_term
from assessments.members.service import end_seat, enter_seat
from assessments.members.values import NewSeat, Term, end_of_term
from foundation.accounts.queries import get_account
from foundation.accounts.values import Role
from foundation.errors import Conflict, Forbidden, Invalid, Refused

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TODAY = NOON.date()


@pytest.mark.parametrize(
    ("kind", "roles", "code"),
    [
        ("member", {Role.MODEL_OWNER, Role.COMMITTEE_MEMBER}, "seat_forbidden"),
        ("co_opted", {Role.CONTRIBUTOR}, "seat_forbidden"),
        ("co_opted", {Role.AUDITOR}, "seat_forbidden"),
        ("member", {Role.ACCOUNTABLE_OFFICER}, "role_missing"),
        ("chair", {Role.COMMITTEE_MEMBER}, "role_missing"),
        ("deputy", {Role.COMMITTEE_MEMBER}, "role_missing"),
        ("co_opted", {Role.PRACTITIONER}, "role_missing"),
        ("guest", {Role.CHAIR}, "invalid"),
    ],
)
def test_a_seat_needs_its_role_and_never_goes_with_owning_or_auditing(kind, roles, code) -> None:
    with pytest.raises(Invalid) as refused:
        check_holder(kind, roles)
    assert refused.value.code == code


def test_the_right_roles_hold_the_right_seats() -> None:
    for kind, role in (("member", Role.COMMITTEE_MEMBER), ("chair", Role.CHAIR), ("deputy", Role.CHAIR)):
        check_holder(kind, {role})
    check_holder("co_opted", {Role.LEGAL_ADVISER, Role.COMMITTEE_SECRETARY})


def years(start: int, end: int) -> Term:
    return Term(date(start, 1, 1), date(end - 1, 12, 31))


@pytest.mark.parametrize(
    ("starts_on", "ends_on", "held", "code"),
    [
        (TODAY, TODAY - timedelta(days=1), [], "invalid"),
        (date(2025, 1, 1), date(2025, 12, 31), [], "invalid"),
        (date(2027, 12, 31), date(2028, 12, 31), [years(2025, 2028)], "seat_running"),
        (date(2027, 1, 1), date(2035, 1, 31), [], "seat_too_long"),
        (date(2027, 1, 1), date(2029, 12, 31), [years(2021, 2027)], "seat_too_long"),
    ],
)
def test_a_term_has_an_end_overlaps_no_other_and_all_are_at_most_eight_years(starts_on, ends_on, held, code) -> None:
    with pytest.raises(Invalid) as refused:
        check_term(NewSeat("member", starts_on, ends_on), held, TODAY)
    assert refused.value.code == code


def test_terms_that_are_possible() -> None:
    check_term(NewSeat("member", TODAY, TODAY), [], TODAY)
    check_term(NewSeat("member", date(2027, 1, 1), date(2034, 12, 31)), [], TODAY)
    check_term(NewSeat("member", date(2028, 1, 1), date(2030, 12, 31)), [years(2023, 2028)], TODAY)
    assert end_of_term(date(2026, 11, 22)) == date(2029, 11, 21)
    assert end_of_term(date(2028, 2, 29)) == date(2031, 2, 28)


def test_a_seat_runs_through_its_last_day_and_not_from_the_moment_it_is_ended(founded, cast) -> None:
    people = cast(founded)
    with founded.read() as session:
        seats = list_seats(session, TODAY)
        told = {seat.account.name: (seat.kind, seat.independent, seat.lay) for seat in seats}
    assert told == {
        "Mina Farah": ("member", False, True),
        "Tom Ashdown": ("member", True, False),
        "Grace Adeyemi": ("member", True, False),
        "Cara Whitfield": ("chair", False, False),
    }
    assert [seats[0].runs(day) for day in (TODAY - timedelta(days=1), TODAY, date(2029, 11, 21))] == [False, True, True]
    assert not seats[0].runs(date(2029, 11, 22))
    later = NOON + timedelta(days=2)
    with founded.write() as session:
        seat = find_seat(session, people.mina.account_id, TODAY)
        with pytest.raises(Invalid, match="reason"):
            end_seat(session, people.secretary, seat, " ", later)
        end_seat(session, people.secretary, seat, "She moved away.", later)
        with pytest.raises(Conflict):
            end_seat(session, people.chair, seat, "Again.", later)
    with founded.read() as session:
        days = [TODAY, TODAY + timedelta(days=1), TODAY + timedelta(days=2)]
        assert [find_seat(session, people.mina.account_id, day) is not None for day in days] == [True, True, False]


def test_who_enters_a_seat_and_whose(founded, cast) -> None:
    people = cast(founded)
    officer = NewSeat("co_opted", TODAY, end_of_term(TODAY), independent=True)
    attempts = (
        (people.mina, people.officer, officer, Forbidden),
        (people.chair, people.chair, officer, Refused),
        (people.secretary, people.owner, officer, Invalid),
        (people.secretary, people.mina, NewSeat("member", TODAY, end_of_term(TODAY)), Invalid),
    )
    for actor, whose, seat, kind in attempts:
        with founded.write() as session, pytest.raises(kind):
            enter_seat(session, actor, get_account(session, whose.account_id), seat, NOON)
    with founded.write() as session:
        entered = enter_seat(session, people.secretary, get_account(session, people.officer.account_id), officer, NOON)
        assert (entered.votes, entered.entered_by_id) == (False, people.secretary.account_id)


@pytest.mark.one_database
def test_the_secretary_keeps_the_seats_on_their_pages(founded, cast, visit) -> None:
    secretary, member = visit(founded, "committee_secretary"), visit(founded, "committee_member")
    page = member.get("/committee/members").get_data(as_text=True)
    assert "4 seats vote today, 2 of them independent." in page
    assert "22 November 2026 to 21 November 2029" in page
    assert "/end" not in page
    number = cast(founded).officer.account_id
    given = {"account_id": number, "kind": "co_opted", "starts_on": "1/12/2026", "independent": "y"}
    enter = "/committee/members/enter"
    bad = secretary.send(enter, {**given, "ends_on": "1/11/2026"}, page=enter)
    assert (bad.status_code, "A term ends after it starts" in bad.get_data(as_text=True)) == (422, True)
    assert secretary.send(enter, given, page=enter).status_code == 302
    page = secretary.get("/committee/members").get_data(as_text=True)
    assert "1 December 2026 to 30 November 2029" in page
    with founded.read() as session:
        seat = find_seat(session, cast(founded).tom.account_id, TODAY).id
    end = f"/committee/members/{seat}/end"
    assert secretary.send(end, {"reason": ""}, page=end).status_code == 422
    assert secretary.send(end, {"reason": "He moved away."}, page=end).status_code == 302
    page = member.get("/committee/members").get_data(as_text=True)
    assert "Ended on 22 November 2026: He moved away." in page
    assert "3 seats vote today, 1 of them independent." in page
