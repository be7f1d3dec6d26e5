"""Pages of the questions that are asked: all of them, the partnership's own, and each version."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from assessments.questions.forms import EndForm, QuestionForm
from assessments.questions.queries import find_newest, list_sets, load_newest
from assessments.questions.service import add_question, end_question
from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.errors import Invalid, NotFound
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems

views = Blueprint("questions", __name__)


@views.get("/committee/questions")
@door(Permission.SEE_ASSESSMENTS)
def list_all() -> Any:
    """Every question that is asked today, the partnership's own marked, and how they came about."""
    sets = list_sets(session())
    return render_template(
        "assessments/questions/list.html",
        questionnaire=load_newest(session()),
        own={one["code"] for one in (sets[0].own if sets else [])},
        sets=sets,
        names=names_of(session(), [one.by_id for one in sets]),
    )


@views.route("/committee/questions/add", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def add() -> Any:
    """Ask one more question in every round that starts from now on."""
    form = QuestionForm()
    if form.validate_on_submit():
        names = ("duty", "text", "answer_type", "evidence", "guidance", "reason")
        given = {name: form[name].data or "" for name in names}
        try:
            add_question(session(), actor(), **given, at=house().clock.now())
            flash("The question is asked in every round that starts from now on.", "success")
            return redirect(url_for("questions.list_all"))
        except Invalid as problem:
            add_problems(form, problem)
    page = render_template("assessments/questions/add.html", form=form)
    return page, 422 if form.errors else 200


@views.route("/committee/questions/<code>/end", methods=["GET", "POST"])
@door(Permission.KEEP_COMMITTEE)
def end(code: str) -> Any:
    """Ask one of the partnership's own questions no longer."""
    newest, form = find_newest(session()), EndForm()
    question = next((one for one in (newest.own if newest else []) if one["code"] == code), None)
    if question is None:
        raise NotFound(f"The partnership asks no question {code} of its own.")
    if form.validate_on_submit():
        end_question(session(), actor(), code, form.reason.data or "", house().clock.now())
        flash(f"{code} is asked no longer. Rounds that answered it keep it.", "success")
        return redirect(url_for("questions.list_all"))
    page = render_template("assessments/questions/end.html", form=form, question=question)
    return page, 422 if form.errors else 200
