"""A meeting that was held and closed: one use decided with an interest, a dissent and an abstention."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from algocare.demo.assessing import assess, read_answers, review_all
from algocare.reports import report_cases, report_challenges
from assessments.committee.queries import get_item
from assessments.committee.service import close_vote, declare, vote
from assessments.decisions.service import record_decision
from assessments.meetings.queries import get_meeting
from assessments.meetings.service import (
    add_to_agenda,
    call_meeting,
    close_meeting,
    open_meeting,
    put_off,
    record_attendance,
)
from assessments.meetings.values import Entry
from audit.minutes.queries import find_minutes
from audit.minutes.service import agree, hand_in, write_notes
from foundation.database.connection import Database
from registry.models.queries import get_use

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SAID = (
    "Olivia Owen said that pupil RC-0001 had been scored in error. Write to olivia@bristol.example.\n\n"
    "The supplier's price is 4,200 pounds a year."
)
DISSENT = "I would first like Tom Ashdown's questions answered."


class Held:
    """The meeting with its minutes, and the people who act on it."""

    def __init__(self, database: Database, cast: SimpleNamespace) -> None:
        self.database, self.cast = database, cast

    def do(self, command: Callable, actor, *arguments, at: datetime = NOON + timedelta(hours=2), **told):
        """A command about the minutes in one committed transaction."""
        with self.database.write() as session:
            minutes = find_minutes(session, get_meeting(session, 1))
            return command(session, actor, minutes, *arguments, at=at, **told)

    def write(self, who=None, **notes: str) -> None:
        with self.database.write() as session:
            told = {key.replace("_", "-"): text for key, text in notes.items()}
            write_notes(session, who or self.cast.secretary, get_meeting(session, 1), told, NOON + timedelta(hours=1))

    def see(self, look: Callable):
        with self.database.read() as session:
            return look(session, find_minutes(session, get_meeting(session, 1)))

    def agree(self) -> None:
        """Written, handed in and agreed."""
        self.write(opening="The chair welcomed Mina Farah as lay member.", item_1=SAID)
        self.do(hand_in, self.cast.secretary)
        self.do(agree, self.cast.chair)


@pytest.fixture
def held(registered: Database, cast) -> Held:
    """The first meeting of the committee, closed; nothing is written about it yet."""
    people = cast(registered)
    call_and_decide(registered, people)
    with registered.write() as session:
        close_meeting(session, people.chair, get_meeting(session, 1), at=NOON + timedelta(minutes=40))
    return Held(registered, people)


def call_and_decide(database: Database, people: SimpleNamespace) -> None:
    """Call a meeting about one submission, hold it, vote and decide; it is still open."""
    start = NOON - timedelta(hours=1)
    with database.write() as session:
        before = NOON - timedelta(days=5)
        use = get_use(session, 1)
        item = assess(session, people.owner, use, read_answers(), before)
        reports = [report_challenges(session, before), report_cases(session, before)]
        told = {"starts_at": start, "ends_at": NOON + timedelta(hours=1), "place": "City Hall, room 1"}
        meeting = call_meeting(session, people.secretary, **told, reports=reports, at=before)
        more = {"reports": reports, "at": before}
        add_to_agenda(session, people.secretary, meeting, "Training of members", "Who still needs it.", **more)
        put_off(session, people.secretary, meeting, "report-cases", "The watches begin next month.", **more)
        open_meeting(session, people.chair, meeting, reports=reports, at=start)
        here = {people.mina: Entry("present"), people.tom: Entry("late", unnamed=True), people.grace: Entry("present")}
        here |= {people.secretary: Entry("present"), people.owner: Entry("present")}
        entries = {who.account_id: entry for who, entry in here.items()}
        record_attendance(session, people.secretary, meeting, entries, start)
        item_id = item.id
    decide_with_dissent(database, people, item_id)


def decide_with_dissent(database: Database, people: SimpleNamespace, item_id: int) -> None:
    """Mina has an interest and stays, Tom dissents, the chair abstains; approved with a condition."""
    carried = ("approve_with_conditions", "With letters, yes.")
    votes = {
        people.mina: carried,
        people.tom: ("reject", DISSENT),
        people.grace: carried,
        people.chair: ("abstain", ""),
    }
    with database.write() as session:
        item = get_item(session, item_id)
        review_all(session, people.governance, item.assessment, NOON)
        for who, (choice, reason) in votes.items():
            stayed = who is people.mina
            declare(session, who, item, "stayed" if stayed else "none", "My cousin built it." if stayed else "", NOON)
            vote(session, who, item, choice, reason, NOON)
        close_vote(session, people.chair, item, quorum=3, independents=1, at=NOON)
        record_decision(
            session,
            people.chair,
            item,
            outcome="approve_with_conditions",
            reasons="It orders an offer of help and restricts nobody.",
            review_on=date(2027, 9, 1),
            conditions=[("Write to families", date(2026, 12, 4))],
            at=NOON,
            approval_months=12,
        )
