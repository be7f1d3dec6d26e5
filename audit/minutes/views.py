"""Pages of minutes: reading and writing them, agreeing them, and what the public is not told."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from assessments.meetings.queries import get_meeting, lines_of
from assessments.meetings.tables import Meeting
from audit.minutes.forms import BackForm, WithholdForm, make_notes_form
from audit.minutes.queries import find_minutes, find_withheld, get_minutes, read_public
from audit.minutes.record import read_record
from audit.minutes.rules import check_may_withhold, check_may_write, check_not_writer, check_was_held
from audit.minutes.service import (
    agree,
    ask_for_pdf,
    hand_in,
    publish,
    send_back,
    tell_again,
    withhold,
    write_notes,
)
from audit.minutes.tables import Minutes
from audit.minutes.values import MINUTES_LIFE, REASONS, Reason
from audit.minutes.writing import write_full
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.errors import Invalid, NotFound
from foundation.files.service import get_content
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out

views = Blueprint("minutes", __name__)

PLACE = "/committee/meetings/<int:number>/minutes"


@views.get(PLACE)
@door(Permission.SEE_COMMITTEE)
def show(number: int) -> Any:
    """The minutes of a meeting in full, as they stand."""
    return _show(get_meeting(session(), number))


def _show(meeting: Meeting, missing: Invalid | None = None) -> Any:
    check_was_held(meeting)
    minutes = find_minutes(session(), meeting)
    page = render_template(
        "audit/minutes/show.html",
        meeting=meeting,
        minutes=minutes,
        stage=MINUTES_LIFE.stages[minutes.stage if minutes else MINUTES_LIFE.first],
        sections=write_full(read_record(session(), meeting, minutes)),
        missing=missing.problems if missing else {},
        titles={line.key: line.title for line in lines_of(meeting)},
        own=ask(check_not_writer, minutes, actor()) if minutes else None,
        is_on=house().settings.public_register,
    )
    return page, 422 if missing else 200


@views.get(f"{PLACE}.pdf")
@door(Permission.SEE_COMMITTEE)
def pdf(number: int) -> Any:
    """The agreed minutes in full as a PDF."""
    return pdf_of(_minutes(number), "full")


def pdf_of(minutes: Minutes, form: str) -> Response:
    """The PDF of one form; refused while the worker has not made it."""
    sha256 = minutes.full_sha256 if form == "full" else minutes.public_sha256
    if sha256 is None:
        raise NotFound("This PDF is not made yet. It is made when the minutes are agreed, or published.")
    name = f"committee-minutes-{minutes.meeting.number}{'' if form == 'full' else '-public'}.pdf"
    response = Response(get_content(session(), sha256), mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@views.route(f"{PLACE}/write", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def write(number: int) -> Any:
    """Write what was said, line by line."""
    meeting = get_meeting(session(), number)
    check_was_held(meeting)
    minutes = find_minutes(session(), meeting)
    check_may_write(minutes.stage if minutes else MINUTES_LIFE.first)
    lines = {line.key: line.title for line in lines_of(meeting) if not line.note}
    form = make_notes_form(lines, {note.line: note.text for note in minutes.notes} if minutes else {})
    if carried_out(form, lambda: write_notes(session(), actor(), meeting, form.notes(list(lines)), _now())):
        return _after(number, "What you wrote is saved.")
    page = render_template("audit/minutes/write.html", meeting=meeting, form=form, keys=["opening", *lines])
    return page, 422 if form.errors else 200


@views.post(f"{PLACE}/hand-in")
@door(Permission.KEEP_COMMITTEE)
def hand_them_in(number: int) -> Any:
    """Give the minutes to the chair."""
    minutes = _minutes(number)
    try:
        hand_in(session(), actor(), minutes, _now())
    except Invalid as missing:
        return _show(minutes.meeting, missing)
    return _after(number, "The chair is asked to agree the minutes.")


@views.route(f"{PLACE}/send-back", methods=["GET", "POST"])
@door(Permission.CHAIR)
def send_them_back(number: int) -> Any:
    """Send the minutes back to the secretary."""
    minutes, form = _minutes(number), BackForm()
    if carried_out(form, lambda: send_back(session(), actor(), minutes, form.reason.data or "", _now())):
        return _after(number, "The minutes are with the secretary again.")
    page = render_template("audit/minutes/send_back.html", meeting=minutes.meeting, form=form)
    return page, 422 if form.errors else 200


@views.post(f"{PLACE}/agree")
@door(Permission.CHAIR)
def agree_them(number: int) -> Any:
    """Agree the minutes."""
    agree(session(), actor(), _minutes(number), _now())
    return _after(number, "The minutes are agreed. The worker makes their PDF.")


@views.get(f"{PLACE}/public")
@door(Permission.KEEP_COMMITTEE)
def show_public(number: int) -> Any:
    """The minutes as the public reads them, with what can be withheld."""
    minutes = _minutes(number)
    check_may_withhold(minutes.stage)
    return render_template(
        "audit/minutes/withholding.html",
        meeting=minutes.meeting,
        minutes=minutes,
        sections=read_public(session(), minutes),
        withheld=find_withheld(minutes),
        reasons={code.value: title for code, title in REASONS.items()},
        is_on=house().settings.public_register,
    )


@views.route(f"{PLACE}/withhold/<part>", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def withhold_part(number: int, part: str) -> Any:
    """Withhold one paragraph."""
    minutes, form = _minutes(number), WithholdForm()
    check_may_withhold(minutes.stage)
    blocks = {block.key: block for section in read_public(session(), minutes) for block in section.blocks}
    if part not in blocks:
        raise NotFound("There is no such paragraph in these minutes.")

    def act() -> None:
        told = {"reason": form.reason.data or "", "note": form.note.data or ""}
        withhold(session(), actor(), minutes, part=part, **told, at=_now())

    if carried_out(form, act):
        return _after(number, f"The paragraph is withheld: {REASONS[Reason(form.reason.data)]}.", "show_public")
    page = render_template("audit/minutes/withhold.html", meeting=minutes.meeting, form=form, block=blocks[part])
    return page, 422 if form.errors else 200


@views.post(f"{PLACE}/tell/<part>")
@door(Permission.KEEP_COMMITTEE)
def tell_part(number: int, part: str) -> Any:
    """Tell the public a paragraph again."""
    tell_again(session(), actor(), _minutes(number), part=part, at=_now())
    return _after(number, "The public can read this paragraph again.", "show_public")


@views.post(f"{PLACE}/publish")
@door(Permission.KEEP_COMMITTEE)
def publish_them(number: int) -> Any:
    """Publish the minutes."""
    publish(session(), actor(), _minutes(number), _now())
    return _after(number, "The minutes are published. The worker makes their PDF.")


@views.post(f"{PLACE}/make-again")
@door(Permission.KEEP_COMMITTEE)
def make_again(number: int) -> Any:
    """Ask for PDFs again that could not be made."""
    minutes = _minutes(number)
    check_may_withhold(minutes.stage)
    for form, sha256 in (("full", minutes.full_sha256), ("public", minutes.public_sha256)):
        if sha256 is None and (form == "full" or minutes.stage == "published"):
            ask_for_pdf(session(), actor(), minutes, form, _now())
    return _after(number, "The worker makes the PDF again.")


def _minutes(number: int) -> Minutes:
    return get_minutes(session(), get_meeting(session(), number))


def _now() -> datetime:
    return house().clock.now()


def _after(number: int, said: str, page: str = "show") -> Any:
    flash(said, "success")
    return redirect(url_for(f"minutes.{page}", number=number))
