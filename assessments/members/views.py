"""Pages of the committee's members: who sits on it, entering a seat, ending one."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from assessments.members.forms import EndForm, SeatForm, make_seat_form
from assessments.members.queries import get_seat, list_all_seats, list_seatable
from assessments.members.rules import check_may_end
from assessments.members.service import end_seat, enter_seat
from assessments.members.tables import Seat
from assessments.members.values import KIND_TITLES, NewSeat, SeatKind, end_of_term
from foundation.accounts.queries import get_account
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out, read_day
from registry.catalogue.queries import read_catalogue

views = Blueprint("members", __name__)


@views.get("/committee/members")
@door(Permission.SEE_COMMITTEE)
def list_all() -> Any:
    """Who sits on the ethics committee, and who did."""
    today, seats = london_date(house().clock.now()), list_all_seats(session())
    agencies = {code: agency.name for code, agency in read_catalogue(session()).agencies.items()}
    return render_template(
        "assessments/members/list.html",
        running=[seat for seat in seats if seat.runs(today)],
        coming=[seat for seat in seats if seat.starts_on > today and seat.ended_at is None],
        past=[seat for seat in reversed(seats) if not seat.runs(today) and ask(check_may_end, seat, today) is not None],
        kinds=KIND_TITLES,
        agencies=agencies,
        quorum=house().settings.quorum,
        independents=house().settings.independents,
    )


@views.route("/committee/members/enter", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def enter() -> Any:
    """Give somebody a seat."""
    form = make_seat_form(list_seatable(session()))
    if carried_out(form, lambda: _enter(form)):
        flash("The seat is entered.", "success")
        return redirect(url_for("members.list_all"))
    page = render_template("assessments/members/enter.html", form=form)
    return page, 422 if form.errors else 200


def _enter(form: SeatForm) -> Seat:
    starts_on = read_day(form.starts_on.data)
    ends_on = read_day(form.ends_on.data) if form.ends_on.data else end_of_term(starts_on)
    new = NewSeat(form.kind.data, starts_on, ends_on, independent=form.independent.data, lay=form.lay.data)
    return enter_seat(session(), actor(), get_account(session(), form.account_id.data), new, house().clock.now())


@views.route("/committee/members/<int:seat_id>/end", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def end(seat_id: int) -> Any:
    """End a seat before its term is over."""
    seat, form, now = get_seat(session(), seat_id), EndForm(), house().clock.now()
    if carried_out(form, lambda: end_seat(session(), actor(), seat, form.reason.data or "", now)):
        flash(f"The seat of {seat.account.name} has ended.", "success")
        return redirect(url_for("members.list_all"))
    kind = KIND_TITLES[SeatKind(seat.kind)]
    page = render_template("assessments/members/end.html", seat=seat, form=form, kind=kind)
    return page, 422 if form.errors else 200
