"""Meetings held: the agenda that follows what is due, quorum, suspensions that lapse, many who act at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest

from algocare.reports import report_cases, report_challenges
from assessments.decisions.referrals import suspend_and_refer
from assessments.meetings.proceedings import list_proceedings
from assessments.meetings.queries import count_room, find_lines, get_meeting, lines_of, list_between, list_tasks
from assessments.meetings.service import (
    add_to_agenda,
    call_meeting,
    call_off,
    close_meeting,
    move_on_agenda,
    open_meeting,
    put_off,
    record_attendance,
    take_up,
)
from assessments.meetings.values import Entry
from assessments.members.queries import find_seat
from assessments.members.service import end_seat
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from registry.models.queries import get_use

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _reports(session, at):
    return [report_challenges(session, at), report_cases(session, at)]


class Meetings:
    """Meetings of one story, each step one committed transaction."""

    def __init__(self, story) -> None:
        self.story, self.database, self.cast = story, story.database, story.cast

    def do(self, command, *arguments, **told):
        with self.database.write() as session:
            meeting = get_meeting(session, 1)
            return command(session, *(meeting if one is ... else one for one in arguments), **told)

    def call(self, at=NOON - 48 * HOUR, starts_at=NOON - HOUR) -> int:
        with self.database.write() as session:
            reports = _reports(session, at)
            told = {"ends_at": starts_at + 2 * HOUR, "place": "City Hall, room 1", "reports": reports, "at": at}
            return call_meeting(session, self.cast.secretary, starts_at=starts_at, **told).number

    def open(self, at=NOON - HOUR) -> None:
        self.do(open_meeting, self.cast.chair, ..., at=at)

    def attend(self, at=NOON - HOUR, **states: str) -> None:
        entries = {getattr(self.cast, name).account_id: Entry(state) for name, state in states.items()}
        self.do(record_attendance, self.cast.secretary, ..., entries, at)

    def close(self, at=NOON + HOUR):
        return self.do(close_meeting, self.cast.chair, ..., at=at)

    def see(self, look):
        with self.database.read() as session:
            return look(session, get_meeting(session, 1))

    def keys(self) -> list[str]:
        return self.see(lambda session, meeting: [line.key for line in find_lines(session, meeting, ())])


@pytest.fixture
def meetings(story) -> Meetings:
    return Meetings(story)


def test_the_agenda_follows_what_is_due_until_the_chair_opens_the_meeting(meetings, story) -> None:
    secretary = meetings.cast.secretary
    assert meetings.call() == 1
    item = story.submit()
    assert meetings.keys() == [f"item-{item}"], "what fell due after the call is there; reports are handed in afresh"
    with story.database.read() as session:
        reports = _reports(session, NOON)
        assert report_challenges(session, NOON).sentences == ("Nobody has challenged a score or a model yet.",)
    told = {"reports": reports, "at": NOON - 47 * HOUR}
    meetings.do(add_to_agenda, secretary, ..., "Training", "Who still needs it.", **told)
    meetings.do(move_on_agenda, secretary, ..., "business-1", up=True, **told)
    with pytest.raises(Invalid):
        meetings.do(put_off, secretary, ..., f"item-{item}", " ", **told)
    meetings.do(put_off, secretary, ..., f"item-{item}", "The owner is away.", **told)
    meetings.do(put_off, secretary, ..., "report-cases", "Next time.", **told)
    meetings.do(take_up, secretary, ..., "report-cases", **told)
    with pytest.raises(Forbidden):
        meetings.do(add_to_agenda, meetings.cast.mina, ..., "Mine", "", **told)
    meetings.do(open_meeting, meetings.cast.chair, ..., reports=reports, at=NOON - HOUR)
    lines = meetings.see(lambda session, meeting: lines_of(meeting))
    assert [line.key for line in lines] == [f"item-{item}", "report-challenges", "business-1", "report-cases"]
    assert [bool(line.note) for line in lines] == [True, False, False, False]
    with pytest.raises(Refused) as refusal:
        meetings.do(put_off, secretary, ..., "report-cases", "Late.", **told)
    assert refusal.value.code == "agenda_fixed"


def test_quorum_is_counted_as_people_join_and_marks_are_those_of_the_day(meetings, story) -> None:
    meetings.call()
    with pytest.raises(Refused) as refusal:
        meetings.attend(mina="present")
    assert refusal.value.code == "meeting_not_open"
    meetings.open()
    meetings.attend(secretary="present", mina="present", tom="apologies")
    room = meetings.see(lambda _, meeting: count_room(meeting, 3, 1))
    assert (room.voters, room.independents, room.enough) == (2, 0, False)
    meetings.attend(grace="late", at=NOON)
    assert meetings.see(lambda _, meeting: count_room(meeting, 3, 1)).enough
    meetings.attend(grace="left", at=NOON + HOUR / 2)
    assert not meetings.see(lambda _, meeting: count_room(meeting, 3, 1)).enough
    rows = meetings.see(lambda _, meeting: {row.account.name: row for row in meeting.attendance})
    assert (rows["Mina Farah"].lay, rows["Grace Adeyemi"].independent, rows["Sam Okafor"].seat) == (True, True, "")
    assert rows["Grace Adeyemi"].since == NOON + HOUR / 2
    with pytest.raises(Invalid):
        meetings.attend(practitioner="present")


def test_what_was_decided_in_a_meeting_and_between_meetings(meetings, story) -> None:
    item = story.submit()
    meetings.call()
    meetings.open()
    meetings.attend(mina="present", tom="present", grace="present")
    story.decide(item, "approve_with_conditions", conditions=[("Write to families", date(2026, 12, 4))])
    assert meetings.close() == []
    told = meetings.see(lambda session, meeting: list_proceedings(session, meeting, lines_of(meeting)))[0]
    assert told.decision.startswith("On 22 November 2026 the ethics committee approved this use")
    assert (told.held, told.conditions[0].owner, len(told.ballots)) == (True, "Olivia Owen", 3)
    early = meetings.see(lambda session, meeting: _as_if_closed(session, meeting, NOON - HOUR / 2))[0]
    assert (early.decision, early.ballots, early.cast) == ("", (), 0), "what came after the close is no part of it"
    with story.database.write() as session:
        suspend_and_refer(session, meetings.cast.owner, get_use(session, story.use_id), "A fault.", NOON + 2 * HOUR)
    assert meetings.see(lambda session, meeting: list_between(session, meeting, NOON)) == []
    with pytest.raises(Conflict):
        meetings.close(at=NOON + 2 * HOUR)


def _as_if_closed(session, meeting, at):
    session.expunge(meeting)
    meeting.closed_at = at
    return list_proceedings(session, meeting, lines_of(meeting))


def test_a_suspension_that_a_meeting_did_not_decide_lapses_when_it_is_closed(meetings, story) -> None:
    story.approve()
    with story.database.write() as session:
        suspend_and_refer(session, meetings.cast.owner, get_use(session, story.use_id), "A fault.", NOON)
    with story.database.read() as session:
        assert "Call a meeting of the committee" in _tasks(session, meetings.cast.secretary, NOON)
    meetings.call(at=NOON, starts_at=NOON + HOUR)
    meetings.open(at=NOON + HOUR)
    between = meetings.see(lambda session, meeting: list_between(session, meeting, NOON))
    assert len(between) == 1, "the approval fell before the meeting"
    lapsed = meetings.close(at=NOON + 2 * HOUR)
    assert [one.kind for one in lapsed] == ["owner"]
    assert story.stage() == "approved"


def _tasks(session, who, now) -> list[str]:
    return [task.text for task in list_tasks(session, who, now)]


def test_who_has_what_to_do_before_and_during_a_meeting(meetings, story) -> None:
    meetings.call()
    with story.database.read() as session:
        assert _tasks(session, meetings.cast.mina, NOON - 30 * HOUR) == ["Read the papers of meeting 1"]
        assert _tasks(session, meetings.cast.chair, NOON) == ["Open meeting 1"]
        assert _tasks(session, meetings.cast.owner, NOON) == []
    meetings.open()
    with story.database.read() as session:
        assert _tasks(session, meetings.cast.chair, NOON) == ["Close meeting 1"]
    meetings.close()
    with pytest.raises(Conflict):
        meetings.do(call_off, meetings.cast.secretary, ..., "Snow.", NOON)


def test_a_meeting_without_a_committee_is_neither_called_nor_opened(meetings, story) -> None:
    meetings.call()
    with story.database.write() as session:
        for who in (meetings.cast.mina, meetings.cast.tom, meetings.cast.grace, meetings.cast.chair):
            seat = find_seat(session, who.account_id, NOON.date())
            end_seat(session, meetings.cast.secretary, seat, "The committee is dissolved.", NOON)
    for act in (meetings.open, lambda: meetings.call(at=NOON, starts_at=NOON + HOUR)):
        with pytest.raises((Refused, Invalid)) as refusal:
            act()
        assert refusal.value.code == "no_seat"
    meetings.do(call_off, meetings.cast.secretary, ..., "Nobody sits on it.", NOON)


def test_of_many_who_call_open_and_close_at_once_each_thing_happens_once(meetings, story) -> None:
    def at_once(act) -> list[str]:
        def attempt(_: int) -> str:
            try:
                act()
            except Refused as refusal:
                return refusal.code
            return "done"

        with ThreadPoolExecutor(8) as pool:
            return sorted(pool.map(attempt, range(8)))

    assert at_once(lambda: meetings.call(starts_at=NOON - HOUR)) == ["done"] * 8
    with story.database.read() as session:
        assert get_meeting(session, 8).number == 8
    assert at_once(meetings.open).count("done") == 1
    with pytest.raises(Refused) as refusal, story.database.write() as session:
        open_meeting(session, meetings.cast.chair, get_meeting(session, 2), at=NOON)
    assert refusal.value.code == "meeting_open"
    assert at_once(meetings.close).count("done") == 1
