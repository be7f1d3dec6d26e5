"""Objections as pages: recording one, the list with its clocks, and answering (R53)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from model_runtime.objections import service
from model_runtime.objections.forms import AnswerForm, ObjectionForm
from model_runtime.objections.queries import (
    find_object_of,
    get_objection,
    list_agencies,
    list_objectionable,
    list_objections,
)
from model_runtime.objections.rules import is_overdue, state_of
from model_runtime.objections.values import STATES, WAYS
from model_runtime.people.queries import get_own_person

views = Blueprint("objections", __name__)

RECORDED = "The objection is recorded. It stops scores about this person from now on, until it is answered."


@views.get("/objections")
@door(Permission.ANSWER_OBJECTION)
def list_all() -> Any:
    """Every objection, those to answer first, each with its clock."""
    today, objections = london_date(house().clock.now()), list_objections(session())
    return render_template(
        "model_runtime/objections/list.html",
        lines=[(one, find_object_of(session(), one), STATES[state_of(one, today)]) for one in objections],
        waiting=sum(one.answer is None for one in objections),
        overdue=sum(is_overdue(one, today) for one in objections),
    )


@views.route("/objections/new", methods=["GET", "POST"])
@door(Permission.RECORD_OBJECTION)
def add() -> Any:
    """Record an objection of a person who need not be known here."""
    form = _form()
    if carried_out(form, lambda: service.record_objection(session(), actor(), form.told(), house().clock.now())):
        flash(RECORDED, "success")
        return redirect(_back(), 303)
    return _filled(form, None)


@views.route("/people/<reference>/objection", methods=["GET", "POST"])
@door(Permission.RECORD_OBJECTION)
def add_for_person(reference: str) -> Any:
    """Record an objection of a person the practitioner's agency works with."""
    person = get_own_person(session(), actor(), reference)
    form = _form().about(person.agency_code, person.reference)
    if carried_out(form, lambda: service.record_objection(session(), actor(), form.told(), house().clock.now())):
        flash(RECORDED, "success")
        return redirect(url_for("people.show", reference=person.reference), 303)
    return _filled(form, person.reference)


@views.get("/objections/<reference>")
@door(Permission.ANSWER_OBJECTION)
def show(reference: str) -> Any:
    """One objection: who objects to what, by when it has to be answered, and how it was."""
    return _page(reference, AnswerForm())


@views.post("/objections/<reference>/answer")
@door(Permission.ANSWER_OBJECTION)
def answer(reference: str) -> Any:
    """Record the answer the person was given."""
    form, objection = AnswerForm(), get_objection(session(), reference)
    at = house().clock.now()
    if carried_out(form, lambda: service.answer_objection(session(), actor(), objection, form.reply(), at)):
        flash("The answer is recorded.", "success")
        return redirect(url_for("objections.show", reference=reference), 303)
    return _page(reference, form)


def _form() -> ObjectionForm:
    answers = actor().may(Permission.ANSWER_OBJECTION)
    agencies = [one for one in list_agencies(session()) if answers or one.code == actor().agency]
    uses = list_objectionable(session(), None if answers else actor().agency)
    return ObjectionForm().offer([(one.code, one.name) for one in agencies], uses)


def _filled(form: ObjectionForm, person: str | None) -> Any:
    back = url_for("people.show", reference=person) if person else _back()
    page = render_template("model_runtime/objections/new.html", form=form, person=person, back=back)
    return page, 422 if form.errors else 200


def _back() -> str:
    return url_for("objections.list_all" if actor().may(Permission.ANSWER_OBJECTION) else "people.list_people")


def _page(reference: str, form: AnswerForm) -> Any:
    objection, today = get_objection(session(), reference), london_date(house().clock.now())
    involved = [objection.recorded_by_id, *([objection.answer.by_id] if objection.answer else [])]
    page = render_template(
        "model_runtime/objections/show.html",
        objection=objection,
        object_of=find_object_of(session(), objection),
        state=STATES[state_of(objection, today)],
        ways=WAYS,
        names=names_of(session(), involved),
        form=form,
    )
    return page, 422 if form.errors else 200
