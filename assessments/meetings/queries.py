"""Reading meetings: which there are, what is on their agenda, who may attend, and what waits for whom."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.committee.queries import list_open_items
from assessments.committee.tables import AgendaItem
from assessments.decisions.queries import LIVE, get_condition, list_open_conditions
from assessments.decisions.tables import Condition, Decision
from assessments.meetings.agendas import merge_lines
from assessments.meetings.tables import Meeting, MeetingItem
from assessments.meetings.values import IN_ROOM, InRoom, Line, LineKind, Presence, Report
from assessments.members.queries import list_seats
from assessments.members.values import VOTING, SeatKind
from foundation.accounts.queries import list_holders
from foundation.accounts.tables import Account
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.tasks import Task
from foundation.web.texts import count_text, date_text, moment_text
from registry.models.queries import list_uses


def get_meeting(session: Session, number: int) -> Meeting:
    """A meeting by its number."""
    meeting = session.scalars(select(Meeting).where(Meeting.number == number)).first()
    if meeting is None:
        raise NotFound("There is no such meeting.")
    return meeting


def list_meetings(session: Session) -> Sequence[Meeting]:
    """Every meeting, the latest first."""
    return session.scalars(select(Meeting).order_by(Meeting.starts_at.desc(), Meeting.id.desc())).all()


def find_open(session: Session) -> Meeting | None:
    """The meeting that is being held, or none."""
    return session.scalars(select(Meeting).where(Meeting.stage == "open")).first()


def find_next(session: Session, after: datetime) -> Meeting | None:
    """The first meeting that is called for a time after a moment, or none."""
    chosen = select(Meeting).where(Meeting.stage == "called", Meeting.starts_at > after)
    return session.scalars(chosen.order_by(Meeting.starts_at).limit(1)).first()


def find_last(session: Session, before: datetime) -> Meeting | None:
    """The last meeting that was closed before a moment, or none."""
    chosen = select(Meeting).where(Meeting.stage == "closed", Meeting.closed_at < before)
    return session.scalars(chosen.order_by(Meeting.closed_at.desc()).limit(1)).first()


def lines_of(meeting: Meeting) -> list[Line]:
    """The agenda as it was last kept, in its order."""
    return [_line(row) for row in meeting.items]


def _line(row: MeetingItem) -> Line:
    ids = {"item_id": row.item_id, "condition_id": row.condition_id}
    return Line(row.key, LineKind(row.kind), row.title, row.text, row.public_text, note=row.note, **ids)


def find_lines(session: Session, meeting: Meeting, reports: Sequence[Report]) -> list[Line]:
    """The agenda as it is now: until the meeting opens it follows what falls due, afterwards it is fixed."""
    standing = lines_of(meeting)
    if meeting.stage != "called":
        return standing
    return merge_lines(standing, list_due(session, london_date(meeting.starts_at), reports))


def list_due(session: Session, day: date, reports: Sequence[Report]) -> list[Line]:
    """Everything that a meeting on a day cannot leave off: open items, conditions due by then, and the reports."""
    items = [_item_line(item) for item in list_open_items(session)]
    return [*items, *_condition_lines(session, day), *(report.line() for report in reports)]


def _item_line(item: AgendaItem) -> Line:
    return Line(f"item-{item.id}", LineKind.ITEM, item.title, item.question, item.question, item_id=item.id)


def _condition_lines(session: Session, day: date) -> Iterator[Line]:
    """Conditions due by a day, overdue ones too, and those whose owner has shown how they were met."""
    live = [use.id for use in list_uses(session) if use.stage in LIVE]
    for condition in list_open_conditions(session, live):
        if condition.due_on <= day or condition.evidence_at is not None:
            yield _condition_line(session, condition)


def _condition_line(session: Session, condition: Condition) -> Line:
    use = get_condition(session, condition.id)[1].item.use
    shown = "Its owner has shown how it was met; the chair looks at it." if condition.evidence_at else "Not met yet."
    text = f"{condition.text.rstrip('.')}. Due {date_text(condition.due_on)}. {shown}"
    title = f"Condition on {use.version.title}"
    return Line(f"condition-{condition.id}", LineKind.CONDITION, title, text, text, condition_id=condition.id)


def list_between(session: Session, meeting: Meeting, now: datetime) -> Sequence[Decision]:
    """What was decided after the meeting before and before this one opened, oldest first."""
    until = meeting.opened_at or now
    before = find_last(session, until)
    chosen = select(Decision).where(Decision.recorded_at < until).order_by(Decision.id)
    if before is not None and before.closed_at is not None:
        chosen = chosen.where(Decision.recorded_at > before.closed_at)
    return session.scalars(chosen).all()


def list_may_attend(session: Session, meeting: Meeting) -> list[Account]:
    """Whose attendance is recorded: seats of the day, who keeps the committee, owners and deputies of its items."""
    seats = [seat.account for seat in list_seats(session, london_date(meeting.opened_at or meeting.starts_at))]
    found = {account.id: account for account in [*seats, *list_holders(session, Permission.KEEP_COMMITTEE)]}
    for line in lines_of(meeting):
        if line.item_id is not None:
            model = session.get_one(AgendaItem, line.item_id).use.version.model
            found |= {account.id: account for account in (model.owner, model.deputy) if account is not None}
    return list(found.values())


def count_room(meeting: Meeting, quorum: int, independents: int) -> InRoom:
    """Who of those that vote is in the room now, against what is needed."""
    here = [one for one in meeting.attendance if Presence(one.state) in IN_ROOM and one.seat]
    voters = [one for one in here if SeatKind(one.seat) in VOTING]
    return InRoom(len(voters), sum(1 for one in voters if one.independent), quorum, independents)


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """A meeting to call, to open or to close, and papers to read before one."""
    if not (actor.may(Permission.KEEP_COMMITTEE) or actor.may(Permission.VOTE)):
        return []
    coming = [meeting for meeting in reversed(list_meetings(session)) if meeting.stage in ("called", "open")]
    tasks = [task for meeting in coming for task in _meeting_tasks(session, actor, meeting, now)]
    return tasks if coming else _call_task(session, actor)


def _call_task(session: Session, actor: Actor) -> list[Task]:
    waiting = list_open_items(session)
    if not waiting or not actor.may(Permission.KEEP_COMMITTEE):
        return []
    hint = f"{count_text(len(waiting), 'item waits', 'items wait')} and no meeting is called."
    since = min(item.opened_at for item in waiting)
    return [Task("Call a meeting of the committee", "meetings.call", {}, since, hint, "Meeting to call", "attention")]


def _meeting_tasks(session: Session, actor: Actor, meeting: Meeting, now: datetime) -> Iterator[Task]:
    arguments = {"number": meeting.number}
    if actor.may(Permission.CHAIR) and meeting.stage == "open":
        yield Task(f"Close {_name(meeting)}", "meetings.show", arguments, meeting.opened_at, tag="Meeting open")
    elif actor.may(Permission.CHAIR) and london_date(meeting.starts_at) <= london_date(now):
        yield Task(f"Open {_name(meeting)}", "meetings.show", arguments, meeting.called_at, tag="Meeting today")
    elif actor.may(Permission.VOTE) and meeting.stage == "called":
        papers = count_text(len(list_open_items(session)), "item", "items")
        hint = f"{moment_text(meeting.starts_at)}, {meeting.place}. {papers} to decide."
        yield Task(
            f"Read the papers of {_name(meeting)}", "meetings.show", arguments, meeting.called_at, hint, "To read"
        )


def _name(meeting: Meeting) -> str:
    return f"meeting {meeting.number}"
