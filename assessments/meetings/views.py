"""Pages of meetings: which there are, one with its agenda, calling it, holding it."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_wtf import FlaskForm

from assessments.decisions.suspensions import list_lapsing
from assessments.meetings.forms import (
    BusinessForm,
    CallForm,
    CallOffForm,
    PutOffForm,
    make_attendance_form,
)
from assessments.meetings.invitations import make_invitation
from assessments.meetings.proceedings import list_proceedings
from assessments.meetings.queries import (
    count_room,
    find_lines,
    get_meeting,
    list_between,
    list_due,
    list_may_attend,
    list_meetings,
)
from assessments.meetings.rules import check_agenda_is_open, check_is_open, check_line
from assessments.meetings.service import (
    add_to_agenda,
    call_meeting,
    call_off,
    close_meeting,
    move_on_agenda,
    open_meeting,
    put_off,
    record_attendance,
    take_up,
)
from assessments.meetings.tables import Meeting
from assessments.meetings.values import LINE_TITLES, MEETING_LIFE, PRESENCES, Report
from assessments.members.values import KIND_TITLES, SeatKind
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from foundation.web.texts import count_text

views = Blueprint("meetings", __name__)

PLACE = "/committee/meetings/<int:number>"


@views.get("/committee/meetings")
@door(Permission.SEE_COMMITTEE)
def list_all() -> Any:
    """Every meeting, the latest first."""
    return render_template("assessments/meetings/list.html", meetings=list_meetings(session()), life=MEETING_LIFE)


@views.route("/committee/meetings/call", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def call() -> Any:
    """Call a meeting; the page says what would be on its agenda today."""
    form = CallForm()
    called: list[Meeting] = []

    def act() -> None:
        starts_at, ends_at = form.times()
        place, reports = form.place.data or "", _reports()
        meeting = call_meeting(
            session(), actor(), starts_at=starts_at, ends_at=ends_at, place=place, reports=reports, at=_now()
        )
        called.append(meeting)

    if carried_out(form, act):
        return _after(called[0], f"{called[0].title} is called. Its papers are on this page.")
    due = list_due(session(), london_date(_now()), _reports())
    return _page("call", form, due=due, titles=LINE_TITLES)


@views.get(PLACE)
@door(Permission.SEE_COMMITTEE)
def show(number: int) -> Any:
    """A meeting: what there is to decide, who is there, and what was decided."""
    return _show(get_meeting(session(), number))


def _show(meeting: Meeting, business: FlaskForm | None = None, attendance: FlaskForm | None = None) -> Any:
    lines = find_lines(session(), meeting, _reports() if meeting.stage == "called" else [])
    people = list_may_attend(session(), meeting) if meeting.stage == "open" else []
    form = business or attendance
    return _page(
        "show",
        form,
        meeting=meeting,
        stage=MEETING_LIFE.stages[meeting.stage],
        proceedings=list_proceedings(session(), meeting, lines),
        between=list_between(session(), meeting, _now()) if meeting.stage != "off" else [],
        room=count_room(meeting, house().settings.quorum, _independents()),
        business=business or BusinessForm(),
        attending=attendance or make_attendance_form(people, meeting.attendance),
        people=people,
        titles=LINE_TITLES,
        presences=PRESENCES,
        seats={kind.value: title.split(",")[0] for kind, title in KIND_TITLES.items()},
        voting=[kind.value for kind in SeatKind if kind is not SeatKind.CO_OPTED],
    )


@views.get(f"{PLACE}.ics")
@door(Permission.SEE_COMMITTEE)
def invitation(number: int) -> Any:
    """The meeting for somebody's own calendar."""
    meeting = get_meeting(session(), number)
    content = make_invitation(meeting, url_for("meetings.show", number=number, _external=True))
    named = {"Content-Disposition": f'attachment; filename="committee-meeting-{number}.ics"'}
    return Response(content, mimetype="text/calendar", headers=named)


@views.post(f"{PLACE}/lines/<key>/move")
@door(Permission.KEEP_COMMITTEE)
def move(number: int, key: str) -> Any:
    """Move a line of the agenda up, or down."""
    meeting, up = get_meeting(session(), number), request.args.get("to") == "up"
    move_on_agenda(session(), actor(), meeting, key, up=up, reports=_reports(), at=_now())
    return _after(meeting, "The agenda is in its new order.")


@views.route(f"{PLACE}/lines/<key>/put-off", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def put_off_line(number: int, key: str) -> Any:
    """Put a line off, with the reason that stays on the agenda."""
    meeting, form = get_meeting(session(), number), PutOffForm()
    lines = find_lines(session(), meeting, _reports())
    check_line(lines, key)
    check_agenda_is_open(meeting)

    def act() -> None:
        put_off(session(), actor(), meeting, key, form.note.data or "", reports=_reports(), at=_now())

    if carried_out(form, act):
        return _after(meeting, "The line is put off. It falls due again for the next meeting.")
    return _page("put_off", form, meeting=meeting, line=next(line for line in lines if line.key == key))


@views.post(f"{PLACE}/lines/<key>/take-up")
@door(Permission.KEEP_COMMITTEE)
def take_up_line(number: int, key: str) -> Any:
    """Take a line up again."""
    meeting = get_meeting(session(), number)
    take_up(session(), actor(), meeting, key, reports=_reports(), at=_now())
    return _after(meeting, "The line is on the agenda again.")


@views.post(f"{PLACE}/business")
@door(Permission.KEEP_COMMITTEE)
def add(number: int) -> Any:
    """Add other business to the agenda."""
    meeting, form = get_meeting(session(), number), BusinessForm()

    def act() -> None:
        words = form.title.data or "", form.text.data or ""
        add_to_agenda(session(), actor(), meeting, *words, reports=_reports(), at=_now())

    return _after(meeting, "It is on the agenda.") if carried_out(form, act) else _show(meeting, business=form)


@views.post(f"{PLACE}/open")
@door(Permission.CHAIR)
def open_now(number: int) -> Any:
    """Open the meeting."""
    meeting = get_meeting(session(), number)
    open_meeting(session(), actor(), meeting, reports=_reports(), at=_now())
    return _after(meeting, "The meeting is open. Record who is here.")


@views.post(f"{PLACE}/attendance")
@door(Permission.KEEP_COMMITTEE)
def attend(number: int) -> Any:
    """Record who is here."""
    meeting = get_meeting(session(), number)
    people = list_may_attend(session(), meeting)
    form = make_attendance_form(people, meeting.attendance)

    def act() -> None:
        record_attendance(session(), actor(), meeting, form.entries(people), _now())

    return _after(meeting, "Who is here is recorded.") if carried_out(form, act) else _show(meeting, attendance=form)


@views.route(f"{PLACE}/close", methods=["GET", "POST"])
@door(Permission.CHAIR)
def close(number: int) -> Any:
    """Close the meeting; the page says first what stays undecided and which suspensions lapse."""
    meeting, form = get_meeting(session(), number), FlaskForm()
    check_is_open(meeting)
    if form.validate_on_submit():
        lapsed = close_meeting(session(), actor(), meeting, at=_now())
        told = f" {count_text(len(lapsed), 'suspension')} lapsed." if lapsed else ""
        return _after(meeting, f"The meeting is closed. Its minutes can be written.{told}")
    return _page(
        "close",
        form,
        meeting=meeting,
        proceedings=list_proceedings(session(), meeting, find_lines(session(), meeting, [])),
        lapsing=list_lapsing(session(), meeting.opened_at or _now()),
        room=count_room(meeting, house().settings.quorum, _independents()),
    )


@views.route(f"{PLACE}/call-off", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def call_it_off(number: int) -> Any:
    """Call a meeting off."""
    meeting, form = get_meeting(session(), number), CallOffForm()
    if carried_out(form, lambda: call_off(session(), actor(), meeting, form.reason.data or "", _now())):
        return _after(meeting, "The meeting is called off. What was on its agenda waits for the next one.")
    return _page("call_off", form, meeting=meeting)


def _now() -> datetime:
    return house().clock.now()


def _independents() -> int:
    return house().settings.independents


def _reports() -> list[Report]:
    return [source(session(), _now()) for source in house().reports]


def _after(meeting: Meeting, said: str) -> Any:
    flash(said, "success")
    return redirect(url_for("meetings.show", number=meeting.number))


def _page(name: str, form: FlaskForm | None, **values: Any) -> Any:
    page = render_template(f"assessments/meetings/{name}.html", form=form, **values)
    return page, 422 if form is not None and form.errors else 200
