"""Looking back and retiring as pages: counts for everybody who watches, people only for who looks at them again."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask as reason_against
from foundation.accounts.values import Permission
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from monitoring.footings.queries import list_dependants
from monitoring.lookbacks import service
from monitoring.lookbacks.forms import AskForm, ClosingForm, ReviewForm
from monitoring.lookbacks.queries import (
    count_entries,
    count_harm,
    find_look_back,
    find_retirement,
    get_entry,
    get_look_back,
    get_retirement,
    list_entries,
    list_lines,
    list_retirements,
    list_reviews,
)
from monitoring.lookbacks.rules import check_may_ask, sees_everybody
from monitoring.lookbacks.tables import LookBackEntry, Retirement
from monitoring.lookbacks.values import HARM_TITLES, HARM_TONES, STATES, Harm
from registry.models.queries import get_use
from registry.models.rules import check_owns, owns
from registry.models.tables import Use

views = Blueprint("lookbacks", __name__)

PAGE = 50


@views.get("/lookbacks")
@door(Permission.SEE_WATCHES)
def list_all() -> Any:
    """Every look-back and every retirement, in counts."""
    return render_template(
        "monitoring/lookbacks/list.html", counts=count_harm(session()), retirements=list_retirements(session())
    )


@views.get("/lookbacks/<int:look_back_id>")
@door(Permission.SEE_WATCHES)
def show(look_back_id: int) -> Any:
    """One look-back in counts: how many people, how far the reviews have come, and whether anybody came to harm."""
    look_back = get_look_back(session(), look_back_id)
    return render_template(
        "monitoring/lookbacks/show.html",
        look_back=look_back,
        count=count_harm(session(), look_back.id)[0],
        retirement=find_retirement(session(), look_back.use_id),
        asked_by=names_of(session(), [look_back.asked_by_id])[look_back.asked_by_id],
    )


@views.get("/lookbacks/<int:look_back_id>/people")
@door(Permission.REVIEW_HARM)
def list_people(look_back_id: int) -> Any:
    """The people to look at again: those of the practitioner's agency, or all for the data protection officer."""
    look_back, state = get_look_back(session(), look_back_id), request.args.get("state", "")
    state = state if state in STATES else ""
    count = count_entries(session(), actor(), look_back.id, state=state)
    pages = max(1, -(-count // PAGE))
    page = min(max(1, request.args.get("page", 1, type=int)), pages)
    return render_template(
        "monitoring/lookbacks/people.html",
        look_back=look_back,
        entries=list_entries(session(), actor(), look_back.id, state=state, start=(page - 1) * PAGE, most=PAGE),
        bands=_bands(look_back.use),
        all_count=count_entries(session(), actor(), look_back.id),
        done_count=count_entries(session(), actor(), look_back.id, state="reviewed"),
        everybody=sees_everybody(actor()),
        count=count,
        page=page,
        pages=pages,
        state=state,
        states=STATES,
        titles=HARM_TITLES,
        tones=HARM_TONES,
    )


@views.get("/lookbacks/<int:look_back_id>/people/<int:entry_id>")
@door(Permission.REVIEW_HARM, writes=True)
def show_person(look_back_id: int, entry_id: int) -> Any:
    """One person to look at again: every score, who saw it and what they made of it; looking is recorded."""
    entry = get_entry(session(), actor(), look_back_id, entry_id)
    service.open_entry(session(), actor(), entry, house().clock.now())
    return _person_page(entry, ReviewForm())


@views.post("/lookbacks/<int:look_back_id>/people/<int:entry_id>")
@door(Permission.REVIEW_HARM)
def review(look_back_id: int, entry_id: int) -> Any:
    """Record what looking at a person again found."""
    entry, form = get_entry(session(), actor(), look_back_id, entry_id), ReviewForm()
    harm, note, now = form.harm.data or "", form.note.data or "", house().clock.now()
    if not carried_out(form, lambda: service.review(session(), actor(), entry, harm=harm, note=note, at=now)):
        return _person_page(entry, form), 422
    flash(f"What you found about person {entry.person.reference} is recorded.", "success")
    state = "harm" if sees_everybody(actor()) else "waiting"
    return redirect(url_for("lookbacks.list_people", look_back_id=look_back_id, state=state), 303)


def _person_page(entry: LookBackEntry, form: ReviewForm) -> str:
    reviews = list_reviews(session(), entry.id)
    return render_template(
        "monitoring/lookbacks/person.html",
        entry=entry,
        form=form,
        lines=list_lines(session(), entry),
        bands=_bands(entry.look_back.use),
        reviews=reviews,
        names=names_of(session(), [one.by_id for one in reviews]),
        titles=HARM_TITLES,
        tones=HARM_TONES,
        harm=Harm(entry.harm) if entry.harm else None,
    )


@views.route("/lookbacks/uses/<int:use_id>/ask", methods=["GET", "POST"])
@door(Permission.REVIEW_HARM)
def ask(use_id: int) -> Any:
    """The data protection officer asks for the list of everybody a withdrawn use scored."""
    use, form, now = get_use(session(), use_id), AskForm(), house().clock.now()
    text = form.reason.data or ""
    if carried_out(form, lambda: service.ask_for_look_back(session(), actor(), use, text, now)):
        flash("The list was asked for. The worker makes it; it appears here in a minute or two.", "success")
        return redirect(url_for("lookbacks.list_all"), 303)
    page = render_template(
        "monitoring/lookbacks/ask.html",
        use=use,
        form=form,
        against=reason_against(check_may_ask, use, actor()),
        standing=find_look_back(session(), use),
    )
    return page, 422 if form.errors else 200


@views.get("/retirements/<int:use_id>")
@door(Permission.SEE_WATCHES)
def retirement(use_id: int) -> Any:
    """How a retired use was, or is being, brought to its end."""
    found = get_retirement(session(), use_id)
    return render_template(
        "monitoring/lookbacks/retirement.html",
        retirement=found,
        look_back=find_look_back(session(), found.use),
        names=names_of(session(), [found.retired_by_id, found.completed_by_id]),
        may_close=found.completed_at is None and owns(found.use.version.model, actor()),
    )


@views.route("/retirements/<int:use_id>/close", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def close(use_id: int) -> Any:
    """The owner says who was told, what became of the data, and completes the retirement."""
    found = get_retirement(session(), use_id)
    check_owns(found.use, actor())
    if request.method == "GET" and found.completed_at is not None:
        return redirect(url_for("lookbacks.retirement", use_id=use_id), 303)
    form = ClosingForm.of(found)
    if not carried_out(form, lambda: _keep(found, form)):
        dependants = list_dependants(session(), found.use)
        page = render_template("monitoring/lookbacks/close.html", form=form, retirement=found, dependants=dependants)
        return page, 422 if form.errors else 200
    flash(
        "The retirement is complete." if form.complete.data else "The draft is kept. It is not complete yet.", "success"
    )
    return redirect(url_for("lookbacks.retirement", use_id=use_id), 303)


def _keep(found: Retirement, form: ClosingForm) -> None:
    now, complete = house().clock.now(), bool(form.complete.data)
    service.keep_closing(session(), actor(), found, form.closing(), now, complete=complete)


def _bands(use: Use) -> dict[int, str]:
    return {band.position: band.name for band in use.version.bands}
