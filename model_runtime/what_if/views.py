"""The page on which a practitioner tries other values beside a score."""

from typing import Any

from flask import Blueprint, render_template
from sqlalchemy.orm import Session

from foundation.accounts.values import Permission
from foundation.errors import Invalid
from foundation.web.doors import actor, door, house
from model_runtime.scores.queries import get_score
from model_runtime.scores.reading import check_opens
from model_runtime.scores.tables import Score
from model_runtime.scores.views import bars_of
from model_runtime.what_if.forms import TrialForm, field_of, trial_form
from model_runtime.what_if.queries import list_inputs
from model_runtime.what_if.rules import check_allowed
from model_runtime.what_if.service import try_out as carry_out
from model_runtime.what_if.values import HEADLINE, LABEL, Trial

views = Blueprint("what_if", __name__)


@views.route("/scores/<reference>/what-if", methods=["GET", "POST"])
@door(Permission.SEE_PEOPLE, own_session=True)
def try_out(reference: str) -> Any:
    """Other values in place of recorded ones, and the band and reasons that would come out: never a score (R39)."""
    with house().database.read() as opened:
        score = get_score(opened, actor(), reference)
        form = _form(opened, score)
        person = score.person.reference
    trial = _carry_out(form, reference) if form.validate_on_submit() else None
    page = render_template(
        "model_runtime/what_if/try_out.html",
        reference=reference,
        person=person,
        form=form,
        trial=trial,
        raising=_bars(trial, "raises"),
        lowering=_bars(trial, "lowers"),
        headline=HEADLINE,
        label=LABEL,
    )
    return page, 422 if form.errors else 200


def _form(opened: Session, score: Score) -> TrialForm:
    check_allowed(check_opens(opened, actor(), score))
    return trial_form(list_inputs(score))


def _carry_out(form: TrialForm, reference: str) -> Trial | None:
    """What came of it; what was mistyped stands at its field."""
    try:
        return carry_out(
            house().database, house().clock, house().engine, actor(), reference=reference, typed=form.typed
        )
    except Invalid as problem:
        fields = {one.name: form[field_of(one)] for one in form.inputs}
        for name, sentence in problem.problems.items():
            field = fields.get(name, form.rows[0])
            field.errors = [*field.errors, sentence]
        return None


def _bars(trial: Trial | None, direction: str) -> list[dict[str, Any]]:
    if trial is None:
        return []
    return bars_of([reason for reason in trial.reasons if reason.direction == direction])
