"""Recording a judgement on the page of its score."""

from typing import Any

from flask import Blueprint, flash, redirect, url_for

from foundation.accounts.values import Permission
from foundation.errors import Invalid
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from model_runtime.judgements.forms import JudgementForm
from model_runtime.judgements.service import record_judgement
from model_runtime.scores.queries import get_score
from model_runtime.scores.views import score_page

views = Blueprint("judgements", __name__)


@views.post("/scores/<reference>/judgement")
@door(Permission.RECORD_JUDGEMENT)
def record(reference: str) -> Any:
    """Record the practitioner's own judgement; what is missing is said beside the score."""
    score = get_score(session(), actor(), reference)
    form = JudgementForm()
    if not form.validate_on_submit():
        return score_page(score, form)
    try:
        record_judgement(
            session(),
            actor(),
            score,
            view=form.view.data or "",
            reason=form.reason.data or "",
            action=form.action.data or "",
            at=house().clock.now(),
        )
    except Invalid as problem:
        add_problems(form, problem)
        return score_page(score, form)
    flash("Your judgement was recorded.", "success")
    return redirect(url_for("scores.show", reference=score.reference), 303)
