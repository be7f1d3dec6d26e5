"""Rules of meetings; pure, each refusal a sentence."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from assessments.meetings.tables import Meeting
from assessments.meetings.values import Entry, Line, Presence
from assessments.members.tables import Seat
from foundation.clock import london_date
from foundation.errors import Invalid, NotFound, Refused
from foundation.web.texts import date_text

LONGEST_MEETING = timedelta(hours=12)
LONGEST_NOTE = 2000


def check_plan(starts_at: datetime, ends_at: datetime, place: str, now: datetime) -> None:
    """A meeting is called for a time to come, ends after it starts and within twelve hours, and has a place."""
    problems = {}
    if starts_at <= now:
        problems["starts"] = "Enter a time to come: a meeting is called before it is held."
    if not timedelta(0) < ends_at - starts_at <= LONGEST_MEETING:
        problems["ends"] = "A meeting ends after it starts, on the same day."
    if not place.strip():
        problems["place"] = "Say where members meet: a room, or how they join."
    elif len(place.strip()) > 200:
        problems["place"] = "Write at most 200 characters"
    if problems:
        raise Invalid(" ".join(problems.values()), problems=problems)


def check_seated(seats: Collection[Seat], starts_at: datetime) -> None:
    """A meeting needs a committee: on its day at least one seat that votes runs."""
    if not any(seat.votes for seat in seats):
        day = date_text(starts_at)
        sentence = f"Nobody holds a voting seat on {day}, so there is no committee to meet. Enter the seats first."
        raise Invalid(sentence, problems={"starts": sentence}, code="no_seat")


def check_presides(seat: Seat | None) -> None:
    """Who opens or closes a meeting holds the chair's or the deputy's seat on that day, not only the role."""
    if seat is None or not seat.presides:
        raise Refused("You hold no seat today that presides over the committee. The secretary keeps the seats.",
                      code="no_seat")  # fmt: skip


def check_may_be_opened(meeting: Meeting, standing: Meeting | None, now: datetime) -> None:
    """A meeting is opened on its day or later, and only one is open at a time."""
    if standing is not None and standing.id != meeting.id:
        raise Refused(f"{standing.title} is still open. Close it first.", code="meeting_open")
    if london_date(now) < london_date(meeting.starts_at):
        sentence = f"{meeting.title} is called for {date_text(meeting.starts_at)} and is not opened before."
        raise Refused(sentence, code="too_early")


def check_agenda_is_open(meeting: Meeting) -> None:
    """The agenda's order can be changed until the chair opens the meeting."""
    if meeting.stage != "called":
        raise Refused("The agenda is fixed: it can be changed until the meeting is opened.", code="agenda_fixed")


def check_is_open(meeting: Meeting) -> None:
    """Who is there is recorded, and the meeting closed, while it is held."""
    if meeting.stage != "open":
        raise Refused(
            "This is done while the meeting is open: when the chair has opened it and not closed it.",
            code="meeting_not_open",
        )


def check_line(lines: Collection[Line], key: str) -> None:
    """The line is on this agenda."""
    if key not in {line.key for line in lines}:
        raise NotFound("There is no such line on this agenda.")


def check_words(field: str, text: str, missing: str, longest: int = LONGEST_NOTE) -> None:
    """A text that is needed is there and not too long; `missing` says what to enter."""
    sentence = missing if not text.strip() else f"Write at most {longest:,} characters"
    if not text.strip() or len(text.strip()) > longest:
        raise Invalid(sentence, problems={field: sentence})


def check_entries(entries: Mapping[int, Entry], may_attend: Collection[int]) -> None:
    """Everybody entered may attend, and every answer is one of those offered."""
    problems = {
        f"state_{number}": "Choose how they attended"
        for number, entry in entries.items()
        if number not in may_attend or entry.state not in list(Presence)
    }
    if problems:
        raise Invalid("Choose how they attended.", problems=problems)
