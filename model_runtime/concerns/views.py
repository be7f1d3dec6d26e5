"""Concerns as pages: raising one about a score, reading and answering them, and what became of mine."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from model_runtime.concerns.forms import AnswerForm, ConcernForm
from model_runtime.concerns.queries import get_concern, list_raised, list_seen
from model_runtime.concerns.rules import check_may_answer, is_overdue
from model_runtime.concerns.service import answer_concern, raise_concern
from model_runtime.concerns.tables import Concern
from model_runtime.concerns.values import KINDS
from model_runtime.scores.audience import check_shown
from model_runtime.scores.queries import get_score

views = Blueprint("concerns", __name__)


@views.route("/scores/<reference>/concern", methods=["GET", "POST"])
@door(Permission.RAISE_CONCERN)
def raise_one(reference: str) -> Any:
    """Raise a concern about a score; nothing of the score is shown here."""
    score, form = get_score(session(), actor(), reference), ConcernForm()
    check_shown(score)
    words = {"kind": form.kind.data or "", "text": form.text.data or ""}
    if carried_out(form, lambda: raise_concern(session(), actor(), score, **words, at=house().clock.now())):
        flash("Your concern was recorded. The model's owner and the data protection officer see it now.", "success")
        return redirect(url_for("concerns.mine"), 303)
    page = render_template("model_runtime/concerns/raise.html", score=score, form=form)
    return page, 422 if form.errors else 200


@views.get("/concerns/mine")
@door(Permission.RAISE_CONCERN)
def mine() -> Any:
    """The concerns somebody raised, and what they were answered."""
    concerns = list_raised(session(), actor())
    answered = [one.answer.by_id for one in concerns if one.answer]
    return render_template(
        "model_runtime/concerns/mine.html", concerns=concerns, kinds=KINDS, names=names_of(session(), answered)
    )


@views.get("/concerns")
@door(Permission.SEE_CONCERNS)
def list_all() -> Any:
    """The concerns about scores, the newest first; nobody who was scored is named."""
    return render_template(
        "model_runtime/concerns/list.html",
        concerns=list_seen(session(), actor()),
        kinds=KINDS,
        today=london_date(house().clock.now()),
        is_overdue=is_overdue,
    )


@views.get("/concerns/<reference>")
@door(Permission.SEE_CONCERNS)
def show(reference: str) -> Any:
    """One concern and its answer, without the person's reference."""
    return _page(get_concern(session(), actor(), reference), AnswerForm())


@views.post("/concerns/<reference>/answer")
@door(Permission.SEE_CONCERNS)
def answer(reference: str) -> Any:
    """The model's owner or the data protection officer answers."""
    concern, form = get_concern(session(), actor(), reference), AnswerForm()
    words = {"founded": form.founded.data or "", "text": form.text.data or ""}
    at = house().clock.now()
    if carried_out(form, lambda: answer_concern(session(), actor(), concern, **words, at=at)):
        flash("The answer is recorded. Whoever raised the concern can read it.", "success")
        return redirect(url_for("concerns.show", reference=concern.reference), 303)
    return _page(concern, form)


def _page(concern: Concern, form: AnswerForm) -> Any:
    people = [concern.raised_by_id, concern.answer.by_id if concern.answer else None]
    page = render_template(
        "model_runtime/concerns/show.html",
        concern=concern,
        use=concern.score.use,
        kind=KINDS[concern.kind],
        names=names_of(session(), people),
        overdue=is_overdue(concern, london_date(house().clock.now())),
        may_answer=ask(check_may_answer, actor(), concern.score.use.version.model) is None,
        form=form,
    )
    return page, 422 if form.errors else 200
