"""The record of a meeting: everything its minutes say, as plain values that are kept when the chair agrees them."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.decisions.tables import Suspension
from assessments.decisions.wording import decision_sentence
from assessments.meetings.proceedings import Proceeding, list_proceedings
from assessments.meetings.queries import find_last, find_next, lines_of, list_between
from assessments.meetings.tables import Attendance, Meeting
from audit.exports.values import Record, day, moment
from audit.minutes.tables import Minutes
from audit.minutes.values import MINUTES_FORMAT
from foundation.accounts.queries import find_partnership

OPENING = "opening"
"""The key of what is said before the first item."""


def read_record(session: Session, meeting: Meeting, minutes: Minutes | None) -> Record:
    """The record of a meeting as it stands; once the minutes are agreed, the one that was kept then."""
    if minutes is not None and minutes.sha256 is not None:
        return minutes.record
    partnership = find_partnership(session)
    said = {note.line: _paragraphs(note.text) for note in minutes.notes} if minutes else {}
    proceedings = list_proceedings(session, meeting, lines_of(meeting))
    return {
        "format": MINUTES_FORMAT,
        "partnership": partnership.name if partnership else "",
        "demonstration": partnership.demonstration if partnership else None,
        "number": meeting.number,
        "place": meeting.place,
        **{name: moment(getattr(meeting, name)) for name in ("starts_at", "ends_at", "opened_at", "closed_at")},
        "attendance": [_attendance(one) for one in meeting.attendance],
        "opening": said.get(OPENING, []),
        "last": _last(session, meeting),
        "between": _between(session, meeting),
        "lines": [_line(one, said.get(one.line.key, [])) for one in proceedings],
        "lapsed": _lapsed(session, meeting),
        "next": _next(session, meeting),
        "agreed_at": None,
    }


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in text.replace("\r\n", "\n").split("\n\n") if part.strip()]


def _attendance(one: Attendance) -> dict[str, Any]:
    return {
        "name": one.account.name,
        "roles": one.account.actor().roles_text,
        "since": moment(one.since),
        **{name: getattr(one, name) for name in ("state", "seat", "independent", "lay", "unnamed")},
    }


def _last(session: Session, meeting: Meeting) -> dict[str, Any] | None:
    """The meeting before, and when its minutes were agreed."""
    before = find_last(session, meeting.opened_at or meeting.starts_at)
    if before is None:
        return None
    minutes = session.scalars(select(Minutes).where(Minutes.meeting_id == before.id)).first()
    return {"number": before.number, "agreed_at": moment(minutes.agreed_at) if minutes else None}


def _between(session: Session, meeting: Meeting) -> list[str]:
    decided = list_between(session, meeting, meeting.opened_at or meeting.starts_at)
    return [f"{one.item.title}. {decision_sentence(one)}" for one in decided]


def _lapsed(session: Session, meeting: Meeting) -> list[dict[str, Any]]:
    """Suspensions that lapsed when the meeting was closed."""
    if meeting.closed_at is None:
        return []
    found = session.scalars(select(Suspension).where(Suspension.lapsed_at == meeting.closed_at).order_by(Suspension.id))
    return [{"title": one.use.version.title, "at": moment(one.at), "reason": one.reason} for one in found]


def _next(session: Session, meeting: Meeting) -> dict[str, Any] | None:
    coming = find_next(session, meeting.starts_at)
    return {"starts_at": moment(coming.starts_at), "place": coming.place} if coming else None


def _line(one: Proceeding, said: Sequence[str]) -> dict[str, Any]:
    line = one.line
    asked, public = _paragraphs(line.text), _paragraphs(line.public_text)
    return {
        "key": line.key,
        "kind": line.kind.value,
        "title": line.title,
        "asked": asked,
        "public": public if public != asked else None,
        "put_off": line.note,
        "said": list(said),
        "interests": [list(told) for told in one.interests],
        "ballots": [asdict(ballot) for ballot in one.ballots],
        "conditions": [
            {**asdict(told), "due_on": day(told.due_on), "met_at": moment(told.met_at)} for told in one.conditions
        ],
        **{name: getattr(one, name) for name in ("stage", "cast", "ahead", "tally", "advice", "advice_reasons")},
        **{name: getattr(one, name) for name in ("decision", "reasons", "departs", "held")},
    }
