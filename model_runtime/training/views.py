"""Training as pages: mine, one version's module with its questions, and what came of an attempt (R39)."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for

from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from model_runtime.training.forms import TrainingForm, form_for
from model_runtime.training.needs import list_needs
from model_runtime.training.queries import find_module, get_attempt, list_passed
from model_runtime.training.rules import NOT_BUILT, NoTraining
from model_runtime.training.service import answer_training
from model_runtime.training.tables import TrainingModule
from model_runtime.training.values import FEWEST_ALIKE, MAY_MISS, Module
from registry.models.queries import get_version
from registry.models.tables import ModelVersion

views = Blueprint("training", __name__)


@views.get("/training")
@door(Permission.ASK_SCORE)
def mine() -> Any:
    """The training somebody needs, until when theirs counts, and what they passed."""
    return render_template(
        "model_runtime/training/mine.html",
        needs=list_needs(session(), actor()),
        passed=list_passed(session(), actor()),
        today=london_date(house().clock.now()),
    )


@views.get("/training/<slug>/<int:number>")
@door(Permission.SEE_REGISTER)
def show(slug: str, number: int) -> Any:
    """A version's module for everybody who sees the register; who asks for scores answers its questions."""
    version = get_version(session(), slug, number)
    row = find_module(session(), version.id)
    if row is None:
        return render_template("model_runtime/training/none.html", version=version, sentence=NOT_BUILT)
    module = Module.from_dict(row.content)
    return _page(version, module, form_for(module))


@views.post("/training/<slug>/<int:number>")
@door(Permission.ASK_SCORE)
def hand_in(slug: str, number: int) -> Any:
    """Hand in the answers; the attempt is recorded whether it is passed or not."""
    version = get_version(session(), slug, number)
    row = find_module(session(), version.id)
    if row is None:
        raise NoTraining(NOT_BUILT)
    module = Module.from_dict(row.content)
    form = form_for(module)
    kept: list[int] = []
    if carried_out(form, lambda: kept.append(_keep(row, module, form))):
        return redirect(url_for("training.result", attempt_id=kept[0]), 303)
    return _page(version, module, form)


@views.get("/training/attempts/<int:attempt_id>")
@door(Permission.ASK_SCORE)
def result(attempt_id: int) -> Any:
    """What came of one's own attempt; what was answered wrongly is explained."""
    attempt = get_attempt(session(), actor(), attempt_id)
    module = Module.from_dict(attempt.module.content)
    wrong = [question for question in module.questions if attempt.answers[question.code] != question.right]
    return render_template(
        "model_runtime/training/result.html", attempt=attempt, module=module, wrong=wrong, may_miss=MAY_MISS
    )


def _keep(row: TrainingModule, module: Module, form: TrainingForm) -> int:
    return answer_training(session(), actor(), row, form.answers(module), house().clock.now()).id


def _page(version: ModelVersion, module: Module, form: TrainingForm) -> Any:
    page = render_template(
        "model_runtime/training/show.html",
        version=version,
        module=module,
        form=form,
        fields=form.questions(module),
        answers=actor().may(Permission.ASK_SCORE),
        fewest=FEWEST_ALIKE,
        may_miss=MAY_MISS,
    )
    return page, 422 if form.errors else 200
