"""Commands of meetings: call one, order its agenda, open it, say who is there, close it or call it off."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.decisions.suspensions import settle_suspensions
from assessments.decisions.tables import Suspension
from assessments.meetings.agendas import add_business, move_line, note_line
from assessments.meetings.queries import find_lines, find_open, list_due, list_may_attend
from assessments.meetings.rules import (
    check_agenda_is_open,
    check_entries,
    check_is_open,
    check_line,
    check_may_be_opened,
    check_plan,
    check_presides,
    check_seated,
    check_words,
)
from assessments.meetings.tables import Attendance, Meeting, MeetingItem
from assessments.meetings.values import MEETING_LIFE, Entry, Line, Presence, Report
from assessments.members.queries import find_seat, list_seats
from foundation.accounts.rules import check_permission
from foundation.accounts.tables import Partnership
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.ledger.service import record
from foundation.lifecycle.service import move


def call_meeting(
    session: Session,
    actor: Actor,
    *,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    at: datetime,
    reports: Sequence[Report] = (),
) -> Meeting:
    """Call a meeting with everything on its agenda that is due by its day; the next number is given to it.

    Refused: a time that has passed, an end before the start, no place, a day on which no voting seat runs.
    """
    check_permission(actor, Permission.KEEP_COMMITTEE)
    check_plan(starts_at, ends_at, place, at)
    day = london_date(starts_at)
    check_seated(list_seats(session, day), starts_at)
    _one_at_a_time(session)
    meeting = Meeting(
        number=(session.scalar(select(func.max(Meeting.number))) or 0) + 1,
        starts_at=starts_at,
        ends_at=ends_at,
        place=place.strip(),
        stage=MEETING_LIFE.first,
        called_at=at,
        called_by_id=actor.account_id,
        notes="",
    )
    session.add(meeting)
    session.flush()
    _keep(session, meeting, list_due(session, day, reports))
    _record(session, "meeting_called", actor, meeting, at, starts_at=starts_at.isoformat(), lines=len(meeting.items))
    return meeting


def move_on_agenda(
    session: Session, actor: Actor, meeting: Meeting, key: str, *, up: bool, reports: Sequence[Report], at: datetime
) -> None:
    """Move one line of the agenda a place up or down, until the meeting opens."""
    _change(session, actor, meeting, reports, key, lambda lines: move_line(lines, key, up=up))
    _record(session, "agenda_ordered", actor, meeting, at, line=key)


def put_off(
    session: Session, actor: Actor, meeting: Meeting, key: str, note: str, *, reports: Sequence[Report], at: datetime
) -> None:
    """Put one line off to a later meeting; the note says why and stays on the agenda. It falls due again."""
    check_words("note", note, "Say why it is put off: it stays on the agenda with your reason.")
    _change(session, actor, meeting, reports, key, lambda lines: note_line(lines, key, note.strip()))
    _record(session, "agenda_put_off", actor, meeting, at, line=key)


def take_up(
    session: Session, actor: Actor, meeting: Meeting, key: str, *, reports: Sequence[Report], at: datetime
) -> None:
    """Take a line up again that was put off."""
    _change(session, actor, meeting, reports, key, lambda lines: note_line(lines, key, ""))
    _record(session, "agenda_taken_up", actor, meeting, at, line=key)


def add_to_agenda(
    session: Session, actor: Actor, meeting: Meeting, title: str, text: str, *, reports: Sequence[Report], at: datetime
) -> None:
    """Add any other business in words, at the end of the agenda."""
    check_words("title", title, "Say what it is about.", 200)
    if text.strip():
        check_words("text", text, "")
    _change(session, actor, meeting, reports, None, lambda lines: add_business(lines, title.strip(), text.strip()))
    _record(session, "agenda_added", actor, meeting, at)


def open_meeting(
    session: Session, actor: Actor, meeting: Meeting, *, at: datetime, reports: Sequence[Report] = ()
) -> None:
    """The chair opens the meeting: its agenda is brought up to date and fixed, and the chair is recorded as present.

    Without a quorum it may be opened; the page says that nothing can be decided. Refused: before its day, while another
    one is open, and to a chair whose seat does not run (`no_seat`).
    """
    check_permission(actor, Permission.CHAIR)
    check_presides(find_seat(session, actor.account_id, london_date(at)))
    _one_at_a_time(session)
    check_may_be_opened(meeting, find_open(session), at)
    lines = find_lines(session, meeting, reports)
    move(session, MEETING_LIFE, meeting, "open", actor, at, facts={"lines": len(lines)})
    meeting.opened_at = at
    _keep(session, meeting, lines)
    record_attendance(session, actor, meeting, {actor.account_id or 0: Entry(Presence.PRESENT)}, at)


def record_attendance(
    session: Session, actor: Actor, meeting: Meeting, entries: Mapping[int, Entry], at: datetime
) -> None:
    """Record how people attend, by account number; each one's seat and marks are those of the day (R10)."""
    check_permission(actor, Permission.KEEP_COMMITTEE)
    session.refresh(meeting, ["stage"], with_for_update=True)
    check_is_open(meeting)
    check_entries(entries, {account.id for account in list_may_attend(session, meeting)})
    standing = {one.account_id: one for one in meeting.attendance}
    for number, entry in entries.items():
        _enter(session, actor, meeting, standing.get(number), number, entry, at)
    session.flush()
    session.expire(meeting, ["attendance"])


def _enter(
    session: Session, actor: Actor, meeting: Meeting, row: Attendance | None, number: int, entry: Entry, at: datetime
) -> None:
    if row is not None and (row.state, row.unnamed) == (entry.state, entry.unnamed):
        return
    if row is None:
        seat = find_seat(session, number, london_date(at))
        marks = {"seat": seat.kind, "independent": seat.independent, "lay": seat.lay} if seat else {"seat": ""}
        row = Attendance(meeting_id=meeting.id, account_id=number, **marks)
        session.add(row)
    if row.state != entry.state:
        row.since = at
    row.state, row.unnamed, row.recorded_by_id = entry.state, entry.unnamed, actor.account_id or 0
    _record(session, "attendance_recorded", actor, meeting, at, account=f"account:{number}", state=entry.state)


def close_meeting(session: Session, actor: Actor, meeting: Meeting, *, at: datetime) -> list[Suspension]:
    """The chair closes the meeting; suspensions that it should have decided on and did not lapse, and are given back.

    Of two who close at once one gets a Conflict. Votes that are open stay open, and their items wait for the next one.
    """
    check_permission(actor, Permission.CHAIR)
    check_presides(find_seat(session, actor.account_id, london_date(at)))
    move(session, MEETING_LIFE, meeting, "close", actor, at)
    meeting.closed_at = at
    session.flush()
    return settle_suspensions(session, actor, since=meeting.opened_at or at, at=at)


def call_off(session: Session, actor: Actor, meeting: Meeting, reason: str, at: datetime) -> None:
    """Call a meeting off that was not opened, with a reason; what was on its agenda waits for the next one."""
    check_words("reason", reason, "Say why: members read it, and it goes into the record.")
    move(session, MEETING_LIFE, meeting, "call_off", actor, at, reason=reason)
    meeting.notes = reason.strip()


def _change(
    session: Session,
    actor: Actor,
    meeting: Meeting,
    reports: Sequence[Report],
    key: str | None,
    change: Callable[[list[Line]], list[Line]],
) -> None:
    check_permission(actor, Permission.KEEP_COMMITTEE)
    session.refresh(meeting, ["stage"], with_for_update=True)
    session.expire(meeting, ["items"])
    check_agenda_is_open(meeting)
    lines = find_lines(session, meeting, reports)
    if key is not None:
        check_line(lines, key)
    _keep(session, meeting, change(lines))


def _keep(session: Session, meeting: Meeting, lines: Sequence[Line]) -> None:
    """Make the stored agenda the given lines, in their order."""
    standing = {row.key: row for row in meeting.items}
    meeting.items = [
        _fill(standing.get(line.key) or MeetingItem(key=line.key), line, place) for place, line in enumerate(lines)
    ]
    session.flush()


def _fill(row: MeetingItem, line: Line, position: int) -> MeetingItem:
    row.kind, row.title, row.text, row.public_text = line.kind.value, line.title, line.text, line.public_text
    row.item_id, row.condition_id, row.note, row.position = line.item_id, line.condition_id, line.note, position
    return row


def _one_at_a_time(session: Session) -> None:
    """Numbers are given and meetings opened one after the other: whoever comes second waits for the first."""
    session.scalars(select(Partnership).with_for_update()).first()


def _record(session: Session, kind: str, actor: Actor, meeting: Meeting, at: datetime, **facts: str | int) -> None:
    record(session, kind, actor=actor.reference, at=at, facts={"meeting": meeting.id, **facts})
