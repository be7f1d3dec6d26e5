"""Commands about minutes: write, hand in, send back, agree, withhold, publish, and keep the PDF the worker made."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from assessments.meetings.queries import lines_of
from assessments.meetings.tables import Meeting
from audit.exports.values import moment
from audit.minutes.queries import find_minutes, find_withheld
from audit.minutes.record import OPENING, read_record
from audit.minutes.rules import (
    check_complete,
    check_may_withhold,
    check_may_write,
    check_notes,
    check_was_held,
    check_withholding,
)
from audit.minutes.tables import Minutes, MinutesNote, MinutesRedaction
from audit.minutes.values import MINUTES_LIFE, REASONS
from audit.minutes.writing import fixed_blocks, write_public
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict
from foundation.files.service import store
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from foundation.lifecycle.service import move

JOB = "build_minutes"


def write_notes(session: Session, actor: Actor, meeting: Meeting, notes: Mapping[str, str], at: datetime) -> Minutes:
    """Write what was said, by the key of a line or `opening`; blank lines divide paragraphs.

    Refused once the minutes are handed in, and of a meeting that was never opened.
    """
    check_permission(actor, Permission.KEEP_COMMITTEE)
    check_was_held(meeting)
    minutes = _begin(session, meeting, at)
    check_may_write(minutes.stage)
    check_notes(notes, {OPENING, *(line.key for line in lines_of(meeting))})
    standing = {note.line: note for note in minutes.notes}
    for line, text in notes.items():
        if line in standing:
            standing[line].text = text.strip()
        elif text.strip():
            minutes.notes.append(MinutesNote(line=line, text=text.strip()))
    session.flush()
    _record(session, "minutes_written", actor, minutes, at)
    return minutes


def _begin(session: Session, meeting: Meeting, at: datetime) -> Minutes:
    """The minutes of a meeting, made when there are none; of two who begin at once one makes them."""
    session.refresh(meeting, ["stage"], with_for_update=True)
    minutes = find_minutes(session, meeting)
    if minutes is None:
        minutes = Minutes(meeting=meeting, stage=MINUTES_LIFE.first, begun_at=at, record={})
        session.add(minutes)
        session.flush()
    session.refresh(minutes, ["stage"], with_for_update=True)
    return minutes


def hand_in(session: Session, actor: Actor, minutes: Minutes, at: datetime) -> None:
    """Give the minutes to the chair; refused while the meeting is open or an item has no words."""
    said = {note.line for note in minutes.notes if note.text}
    lines = lines_of(minutes.meeting)
    check_complete(minutes.meeting, [one.key for one in lines if one.item_id and not one.note and one.key not in said])
    move(session, MINUTES_LIFE, minutes, "hand_in", actor, at)
    minutes.written_at, minutes.written_by_id = at, actor.account_id


def send_back(session: Session, actor: Actor, minutes: Minutes, reason: str, at: datetime) -> None:
    """The chair sends the minutes back to the secretary with a reason."""
    move(session, MINUTES_LIFE, minutes, "return", actor, at, reason=reason)


def agree(session: Session, actor: Actor, minutes: Minutes, at: datetime) -> None:
    """The chair agrees the minutes: their record is kept under its digest, and the worker makes the PDF.

    Refused to whoever handed them in (`own_minutes`). From now on nothing in them changes.
    """
    kept = {**read_record(session, minutes.meeting, minutes), "agreed_at": moment(at)}
    move(session, MINUTES_LIFE, minutes, "agree", actor, at)
    minutes.record, minutes.sha256, minutes.agreed_at = kept, content_digest(kept), at
    session.flush()
    _record(session, "minutes_agreed", actor, minutes, at, sha256=minutes.sha256)
    ask_for_pdf(session, actor, minutes, "full", at)


def withhold(
    session: Session, actor: Actor, minutes: Minutes, *, part: str, reason: str, note: str, at: datetime
) -> None:
    """Withhold a paragraph from the public for a listed reason, which the public reads in its place.

    Refused for decisions, conditions and votes (`always_told`), and before the chair has agreed the minutes.
    """
    _hold(session, actor, minutes)
    blocks = fixed_blocks(write_public(minutes.record, {}, str))
    check_withholding(blocks, part, reason, note, {str(code) for code in REASONS})
    _keep(session, actor, minutes, part, reason, note.strip(), False, at)


def tell_again(session: Session, actor: Actor, minutes: Minutes, *, part: str, at: datetime) -> None:
    """Tell the public a paragraph again; refused when it is not withheld now."""
    _hold(session, actor, minutes)
    standing = find_withheld(minutes).get(part)
    if standing is None:
        raise Conflict("This paragraph is not withheld now.")
    _keep(session, actor, minutes, part, standing.reason, standing.note, True, at)


def _hold(session: Session, actor: Actor, minutes: Minutes) -> None:
    check_permission(actor, Permission.KEEP_COMMITTEE)
    session.refresh(minutes, ["stage"], with_for_update=True)
    session.expire(minutes, ["redactions"])
    check_may_withhold(minutes.stage)


def _keep(
    session: Session, actor: Actor, minutes: Minutes, part: str, reason: str, note: str, lifted: bool, at: datetime
) -> None:
    told = {"part": part, "reason": reason, "note": note, "lifted": lifted}
    session.add(MinutesRedaction(minutes_id=minutes.id, **told, at=at, by_id=actor.account_id))
    session.flush()
    session.expire(minutes, ["redactions"])
    kind = "minutes_part_told" if lifted else "minutes_part_withheld"
    _record(session, kind, actor, minutes, at, part=part, reason=reason)
    if minutes.stage == "published":
        minutes.public_sha256 = None  # the PDF that still holds it is given to nobody from this moment
        ask_for_pdf(session, actor, minutes, "public", at)


def publish(session: Session, actor: Actor, minutes: Minutes, at: datetime) -> None:
    """Publish agreed minutes without what is withheld; the worker makes their PDF."""
    move(session, MINUTES_LIFE, minutes, "publish", actor, at)
    minutes.published_at = at
    ask_for_pdf(session, actor, minutes, "public", at)


def ask_for_pdf(session: Session, actor: Actor, minutes: Minutes, form: str, at: datetime) -> None:
    """Ask the worker for the PDF of the 'full' or the 'public' form as it is now; also again when it went wrong."""
    check_permission(actor, Permission.KEEP_COMMITTEE)
    minutes.problem = None
    key = f"{JOB}:{minutes.id}:{form}:{at.isoformat()}"
    enqueue(session, JOB, key, {"minutes": minutes.id, "form": form}, asked_by=actor.reference, at=at)


def keep_pdf(session: Session, minutes: Minutes, form: str, content: bytes, at: datetime) -> None:
    """Store the PDF of one form of the minutes and write its hash into the ledger."""
    sha256 = store(session, content, "application/pdf", at)
    setattr(minutes, f"{form}_sha256", sha256)
    minutes.problem = None
    record(
        session, "minutes_built", actor="worker", at=at, facts={"minutes": minutes.id, "form": form, "sha256": sha256}
    )


def _record(session: Session, kind: str, actor: Actor, minutes: Minutes, at: datetime, **facts: str) -> None:
    about = {"minutes": minutes.id, "meeting": minutes.meeting_id, **facts}
    record(session, kind, actor=actor.reference, at=at, facts=about)
