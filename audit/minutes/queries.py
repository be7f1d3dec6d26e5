"""Reading minutes: of which meeting, what is withheld, how they read, and what waits for whom."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.meetings.queries import list_meetings
from assessments.meetings.tables import Meeting
from audit.minutes.record import read_record
from audit.minutes.rules import check_not_writer
from audit.minutes.tables import Minutes, MinutesRedaction
from audit.minutes.values import Section
from audit.minutes.writing import texts_of, write_public
from audit.public_register.queries import find_references
from audit.public_register.rules import without_names
from foundation.accounts.rules import ask
from foundation.accounts.tables import Account
from foundation.accounts.values import Actor, Permission
from foundation.errors import NotFound
from foundation.tasks import Task


def find_minutes(session: Session, meeting: Meeting) -> Minutes | None:
    """The minutes of a meeting, or none while nothing is written."""
    return session.scalars(select(Minutes).where(Minutes.meeting_id == meeting.id)).first()


def get_minutes(session: Session, meeting: Meeting) -> Minutes:
    """The minutes of a meeting; refused while nothing is written."""
    minutes = find_minutes(session, meeting)
    if minutes is None:
        raise NotFound("Nothing is written about this meeting yet.")
    return minutes


def list_published(session: Session) -> Sequence[Minutes]:
    """The minutes the public can read, the latest meeting first."""
    chosen = select(Minutes).join(Meeting).where(Minutes.stage == "published")
    return session.scalars(chosen.order_by(Meeting.starts_at.desc())).all()


def get_published(session: Session, number: int) -> Minutes:
    """The published minutes of a meeting by its number; before they are published there is no such page."""
    found = next((one for one in list_published(session) if one.meeting.number == number), None)
    if found is None:
        raise NotFound("There are no published minutes of this meeting.")
    return found


def find_withheld(minutes: Minutes) -> dict[str, MinutesRedaction]:
    """What is withheld now, by paragraph: the newest row of each, unless it lifted the withholding."""
    newest = {row.part: row for row in minutes.redactions}
    return {part: row for part, row in newest.items() if not row.lifted}


def read_public(session: Session, minutes: Minutes) -> list[Section]:
    """The minutes as the public reads them now: names of staff and what looks like an address are taken out."""
    record = read_record(session, minutes.meeting, minutes)
    names = {name for row in session.execute(select(Account.name, Account.sign_in_name)) for name in row}
    private = {name for name in names if not name.isalpha()}  # "owner" is a word of every page
    private |= find_references(session, texts_of(write_public(record, {}, str)))
    withheld = {part: row.reason for part, row in find_withheld(minutes).items()}
    return write_public(record, withheld, lambda text: without_names(text, private))


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Minutes to write, to agree and to publish."""
    if not actor.may(Permission.KEEP_COMMITTEE):
        return []
    held = [meeting for meeting in reversed(list_meetings(session)) if meeting.stage == "closed"]
    found = {one.meeting_id: one for one in session.scalars(select(Minutes))}
    return [task for meeting in held for task in _tasks_of(actor, meeting, found.get(meeting.id))]


def _tasks_of(actor: Actor, meeting: Meeting, minutes: Minutes | None) -> Iterator[Task]:
    stage, name = minutes.stage if minutes else "draft", f"meeting {meeting.number}"
    place = ("minutes.show", {"number": meeting.number})
    if stage == "draft":
        yield Task(f"Write the minutes of {name}", *place, meeting.closed_at, tag="Minutes to write")
    elif stage == "written" and actor.may(Permission.CHAIR) and ask(check_not_writer, minutes, actor) is None:
        yield Task(f"Agree the minutes of {name}", *place, minutes.written_at if minutes else None, tag="To agree")
    elif stage == "agreed":
        hint = "Mark first what the public is not told, each paragraph with its reason."
        since = minutes.agreed_at if minutes else None
        yield Task(f"Publish the minutes of {name}", *place, since, hint, "To publish")
