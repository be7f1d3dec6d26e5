"""Agendas and the rules of meetings, without a database."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from assessments.meetings.agendas import add_business, merge_lines, move_line, note_line
from assessments.meetings.forms import read_time
from assessments.meetings.invitations import make_invitation
from assessments.meetings.rules import check_may_be_opened, check_plan, check_presides, check_seated
from assessments.meetings.tables import Meeting
from assessments.meetings.values import InRoom, Line, LineKind
from foundation.errors import Invalid, Refused

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ITEM, OTHER = Line("item-1", LineKind.ITEM, "A"), Line("item-2", LineKind.ITEM, "B")
DUE = Line("condition-4", LineKind.CONDITION, "C")
TOLD = Line("report-challenges", LineKind.REPORT, "D")


def keys(lines) -> list[str]:
    return [line.key for line in lines]


def test_an_agenda_keeps_its_order_and_notes_and_loses_nothing_that_is_due() -> None:
    standing = note_line(move_line([ITEM, DUE, TOLD], "report-challenges", up=True), "item-1", "The owner is ill.")
    standing = add_business(standing, "Training", "")
    assert keys(standing) == ["item-1", "report-challenges", "condition-4", "business-1"]
    merged = merge_lines(standing, [OTHER, ITEM, TOLD])
    assert keys(merged) == ["item-1", "item-2", "report-challenges", "business-1"], "met conditions go, new items come"
    assert merged[0].note == "The owner is ill.", "what was put off is still there, with its reason"
    assert keys(merge_lines([], [TOLD, ITEM])) == ["item-1", "report-challenges"]
    assert keys(add_business(merged, "More", ""))[-1] == "business-2"


@pytest.mark.parametrize(("key", "up"), [("item-1", True), ("item-2", False)])
def test_at_either_end_nothing_moves(key: str, up: bool) -> None:
    assert keys(move_line([ITEM, OTHER], key, up=up)) == ["item-1", "item-2"]


@pytest.mark.parametrize(
    ("starts", "ends", "place", "field"),
    [
        (NOON, NOON + HOUR, "Room 1", "starts"),
        (NOON - HOUR, NOON + HOUR, "Room 1", "starts"),
        (NOON + HOUR, NOON + HOUR, "Room 1", "ends"),
        (NOON + HOUR, NOON + 14 * HOUR, "Room 1", "ends"),
        (NOON + HOUR, NOON + 2 * HOUR, " ", "place"),
        (NOON + HOUR, NOON + 2 * HOUR, "x" * 201, "place"),
    ],
)
def test_what_is_no_meeting_is_refused_at_its_field(starts, ends, place, field) -> None:
    check_plan(NOON + HOUR, NOON + 2 * HOUR, "Room 1", NOON)
    with pytest.raises(Invalid) as refusal:
        check_plan(starts, ends, place, NOON)
    assert list(refusal.value.problems) == [field]


def seat(**marks: bool) -> SimpleNamespace:
    return SimpleNamespace(**{"votes": True, "presides": False, **marks})


def test_a_day_on_which_no_voting_seat_runs_has_no_meeting() -> None:
    check_seated([seat()], NOON)
    for nobody in ([], [seat(votes=False)]):
        with pytest.raises(Invalid) as refusal:
            check_seated(nobody, NOON)
        assert refusal.value.code == "no_seat"
    check_presides(seat(presides=True))
    for other in (None, seat()):
        with pytest.raises(Refused) as refused:
            check_presides(other)
        assert refused.value.code == "no_seat"


def a_meeting(**given) -> Meeting:
    told = {"id": 1, "number": 3, "stage": "called", "starts_at": NOON, "ends_at": NOON + HOUR, "place": "Room 1"}
    return Meeting(**{**told, "called_at": NOON - 48 * HOUR, **given})


def test_a_meeting_opens_on_its_day_one_at_a_time() -> None:
    check_may_be_opened(a_meeting(), None, NOON - 3 * HOUR)
    for standing, at, code in ((None, NOON - 24 * HOUR, "too_early"), (a_meeting(id=2), NOON, "meeting_open")):
        with pytest.raises(Refused) as refusal:
            check_may_be_opened(a_meeting(), standing, at)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("voters", "independents", "enough", "said"),
    [
        (3, 1, True, "The meeting has its quorum"),
        (2, 1, False, "1 more voting member must join"),
        (3, 0, False, "1 more independent must join"),
        (0, 0, False, "3 more voting members and 1 more independent must join"),
    ],
)
def test_the_quorum_in_words(voters: int, independents: int, enough: bool, said: str) -> None:
    room = InRoom(voters, independents, 3, 1)
    assert room.enough is enough
    assert said in room.sentence


@pytest.mark.parametrize(("typed", "hour"), [("14:30", 14), ("9.05", 9), ("9:05", 9)])
def test_times_are_read_as_people_type_them(typed: str, hour: int) -> None:
    assert read_time(typed).hour == hour


def test_a_calendar_file_holds_time_and_place_and_nobody() -> None:
    text = make_invitation(a_meeting(), "https://here.example/committee/meetings/3").decode()
    assert "DTSTART:20261122T120000Z" in text
    assert "LOCATION:Room 1" in text
    names = {re.split("[:;]", line)[0] for line in text.splitlines()}
    assert not {"ATTENDEE", "ORGANIZER", "DESCRIPTION"} & names
    assert "STATUS:CANCELLED" in make_invitation(a_meeting(stage="off"), "x").decode()
