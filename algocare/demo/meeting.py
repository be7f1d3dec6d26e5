"""A meeting of the committee from its call to its published minutes, for the demonstration's story."""

from collections.abc import Callable, Mapping
from datetime import timedelta

from sqlalchemy.orm import Session

from algocare.demo.stages import actor_called
from algocare.reports import SOURCES
from assessments.meetings.queries import get_meeting, lines_of
from assessments.meetings.service import call_meeting, close_meeting, open_meeting, record_attendance
from assessments.meetings.tables import Meeting
from assessments.meetings.values import Entry, Report
from audit.minutes.jobs import build
from audit.minutes.queries import get_minutes
from audit.minutes.service import agree, hand_in, publish, withhold, write_notes
from foundation.clock import StoppedClock
from foundation.database.connection import Database

PLACE = "City Hall, College Green, committee room 2"
PRESENT = ("mina.member", "tom.member", "grace.member")
OPENING = "The chair welcomed members and the owner, who left the room while members spoke among themselves."
SAID = (
    "The owner presented the model and answered questions. Members asked how the offer of help is explained to the "
    "people it is made to, and who looks at it when somebody does not want it.\n\n"
    "Members compared it with the simple rule it would replace, and spoke about the groups for whom it is right less "
    "often."
)


def call(database: Database, clock: StoppedClock, *, days_ahead: int = 7) -> int:
    """The secretary calls a meeting some days ahead of the clock; its number."""
    with database.write() as session:
        starts_at = (clock.now() + timedelta(days=days_ahead)).replace(hour=14, minute=0, second=0, microsecond=0)
        told = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=2)}
        secretary = actor_called(session, "sam.secretary")
        reports = _reports(session, clock)
        return call_meeting(session, secretary, **told, place=PLACE, reports=reports, at=clock.now()).number


def hold_meeting(
    database: Database,
    clock: StoppedClock,
    number: int,
    decide: Callable[[], object] = lambda: None,
    *,
    said: Mapping[str, str] | None = None,
    withheld: Mapping[str, tuple[str, str]] | None = None,
    published: bool = True,
) -> None:
    """Hold a called meeting: open it at its hour, record who is there, `decide()`, close it, and see to its minutes.

    The clock is moved to the meeting and through it. `decide` does its own transactions, at the clock's time. `said`
    maps keys of lines to what was said (every item has a sentence without it); `withheld` maps paragraphs of the
    minutes to a reason and a note. Without `published` the minutes stay as the secretary handed them in.
    """
    with database.read() as session:
        clock.set(get_meeting(session, number).starts_at)
    with database.write() as session:
        meeting, chair = get_meeting(session, number), actor_called(session, "cara.chair")
        open_meeting(session, chair, meeting, reports=_reports(session, clock), at=clock.now())
        _attend(session, meeting, clock)
    clock.advance(minutes=50)
    decide()
    clock.advance(minutes=40)
    with database.write() as session:
        close_meeting(session, actor_called(session, "cara.chair"), get_meeting(session, number), at=clock.now())
    _write(database, clock, number, said or {})
    if published:
        _publish(database, clock, number, withheld or {})


def _reports(session: Session, clock: StoppedClock) -> list[Report]:
    return [source(session, clock.now()) for source in SOURCES]


def _attend(session: Session, meeting: Meeting, clock: StoppedClock) -> None:
    here = [actor_called(session, name).account_id or 0 for name in (*PRESENT, "sam.secretary")]
    entries = {number: Entry("present") for number in here}
    record_attendance(session, actor_called(session, "sam.secretary"), meeting, entries, clock.now())


def _write(database: Database, clock: StoppedClock, number: int, said: Mapping[str, str]) -> None:
    """Two days later the secretary writes what was said and hands the minutes in."""
    clock.advance(days=2)
    with database.write() as session:
        secretary, meeting = actor_called(session, "sam.secretary"), get_meeting(session, number)
        notes = {line.key: SAID for line in lines_of(meeting) if line.item_id and not line.note}
        minutes = write_notes(session, secretary, meeting, {"opening": OPENING, **notes, **said}, clock.now())
        hand_in(session, secretary, minutes, clock.now())


def _publish(database: Database, clock: StoppedClock, number: int, withheld: Mapping[str, tuple[str, str]]) -> None:
    """The chair agrees them a day later; the secretary marks what is withheld and publishes them."""
    clock.advance(days=1)
    with database.write() as session:
        minutes = get_minutes(session, get_meeting(session, number))
        agree(session, actor_called(session, "cara.chair"), minutes, clock.now())
        secretary = actor_called(session, "sam.secretary")
        for part, (reason, note) in withheld.items():
            withhold(session, secretary, minutes, part=part, reason=reason, note=note, at=clock.now())
        publish(session, secretary, minutes, clock.now())
        minutes_id = minutes.id
    for form in ("full", "public"):
        build(database, clock, minutes_id, form)
