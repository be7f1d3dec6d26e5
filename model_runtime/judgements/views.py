"""Recording a judgement on the page of its score."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.values import Permission
from foundation.errors import Invalid
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems, carried_out
from model_runtime.judgements.first import first_page
from model_runtime.judgements.forms import FirstViewForm, JudgementForm
from model_runtime.judgements.practice import find_alarms, read_figures
from model_runtime.judgements.service import record_first_view, record_judgement
from model_runtime.judgements.values import ENOUGH, HASTY, MOST_READ, NEARLY_ALL
from model_runtime.scores.queries import get_score
from model_runtime.scores.views import score_page
from registry.evaluations.values import SMALLEST_GROUP
from registry.models.queries import get_use
from registry.safeguards.queries import get_safeguards

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


@views.post("/scores/<reference>/first")
@door(Permission.RECORD_JUDGEMENT)
def say_first(reference: str) -> Any:
    """Record the practitioner's own view before the score is shown; until then nothing of it is (R39)."""
    score = get_score(session(), actor(), reference)
    form, at = FirstViewForm().offer(score.use.version.bands), house().clock.now()
    words = {"band": form.band.data or "", "reason": form.reason.data or ""}
    if not carried_out(form, lambda: record_first_view(session(), actor(), score, **words, at=at)):
        return first_page(score, form)
    flash("Your own view was recorded. Now compare it with the score.", "success")
    return redirect(url_for("scores.show", reference=score.reference), 303)


@views.get("/uses/<int:use_id>/judgements")
@door(Permission.SEE_WATCHES)
def practice(use_id: int) -> Any:
    """How a use's scores are judged, in counts: by team, band and protected characteristic (R07)."""
    use = get_use(session(), use_id)
    return render_template(
        "model_runtime/judgements/practice.html",
        use=use,
        figures=read_figures(session(), use),
        alarms=find_alarms(session(), use),
        safeguards=get_safeguards(session(), use.id),
        limits={"enough": ENOUGH, "nearly_all": NEARLY_ALL, "hasty": HASTY, "most": MOST_READ, "few": SMALLEST_GROUP},
    )
