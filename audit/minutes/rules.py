"""Rules of minutes; pure, each refusal a sentence."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from foundation.accounts.values import Actor
from foundation.errors import Invalid, NotFound, Refused

LONGEST = 10_000


def check_not_writer(minutes: Any, actor: Actor) -> None:
    """Minutes are agreed by somebody else than who handed them in."""
    if actor.account_id == minutes.written_by_id:
        sentence = "You handed these minutes in. Somebody else who presides over the committee agrees them."
        raise Refused(sentence, code="own_minutes")


def check_was_held(meeting: Any) -> None:
    """There are minutes of a meeting from the moment it was opened."""
    if meeting.opened_at is None:
        raise Refused("Minutes are written of a meeting that was opened.", code="meeting_not_held")


def check_may_write(stage: str) -> None:
    """What was said can be changed until the minutes are handed in."""
    if stage != "draft":
        raise Refused("The minutes are with the chair or agreed. They are changed when the chair sends them back.",
                      code="minutes_fixed")  # fmt: skip


def check_notes(notes: Mapping[str, str], lines: Collection[str]) -> None:
    """Notes are about lines of the agenda, and none is too long."""
    problems = {
        line: f"Write at most {LONGEST:,} characters"
        for line, text in notes.items()
        if line not in lines or len(text) > LONGEST
    }
    if problems:
        raise Invalid("What was written is too long.", problems=problems)


def check_complete(meeting: Any, missing: Sequence[str]) -> None:
    """Minutes are handed in when the meeting is closed and every item that was dealt with says what was said."""
    if meeting.closed_at is None:
        raise Refused("The meeting is still open. Its minutes are handed in when it is closed.", code="meeting_open")
    if missing:
        problems = dict.fromkeys(missing, "Write what was said on this item")
        raise Invalid("Write what was said on every item.", problems=problems, code="notes_missing")


def check_withholding(fixed: Mapping[str, bool], part: str, reason: str, note: str, reasons: Collection[str]) -> None:
    """A paragraph is withheld for a listed reason with a note for colleagues; what is `fixed` is always told.

    The decision, its conditions, the votes as counts and who was there are fixed: they are what minutes are for.
    """
    if part not in fixed:
        raise NotFound("There is no such paragraph in these minutes.")
    if fixed[part]:
        raise Refused("Decisions, their conditions and the votes are always told to the public.", code="always_told")
    problems = {}
    if reason not in reasons:
        problems["reason"] = "Choose why it is withheld."
    if not note.strip():
        problems["note"] = "Say why, for colleagues and auditors."
    elif len(note) > 2000:
        problems["note"] = "Write at most 2,000 characters"
    if problems:
        raise Invalid(" ".join(problems.values()), problems=problems)


def check_may_withhold(stage: str) -> None:
    """Paragraphs are withheld once the minutes are agreed: then their words can no longer change under the mark."""
    if stage not in ("agreed", "published"):
        raise Refused("Paragraphs are withheld when the chair has agreed the minutes.", code="not_agreed")
