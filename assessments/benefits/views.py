"""Pages of benefit evaluations."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from assessments.benefits.forms import BenefitForm
from assessments.benefits.queries import list_benefits
from assessments.benefits.rules import sentences_of
from assessments.benefits.service import record_benefit
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.errors import Invalid
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from registry.models.queries import get_use
from registry.models.rules import check_owns

views = Blueprint("benefits", __name__)


@views.get("/assessments/uses/<int:use_id>/benefits")
@door(Permission.SEE_ASSESSMENTS)
def show(use_id: int) -> Any:
    """What the use of a model did for people, period by period."""
    use = get_use(session(), use_id)
    return render_template(
        "assessments/benefits/show.html",
        use=use,
        evaluations=[(one, sentences_of(one)) for one in list_benefits(session(), use)],
        may_enter=actor().may(Permission.SUBMIT_ASSESSMENT) and ask(check_owns, use, actor()) is None,
    )


@views.route("/assessments/uses/<int:use_id>/benefits/enter", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def add(use_id: int) -> Any:
    """Record a benefit evaluation."""
    use, form = get_use(session(), use_id), BenefitForm()
    check_owns(use, actor())
    if form.validate_on_submit():
        try:
            record_benefit(session(), actor(), use, form.benefit(), house().clock.now())
            flash("The evaluation of benefit is recorded.", "success")
            return redirect(url_for("benefits.show", use_id=use.id))
        except Invalid as problem:
            add_problems(form, problem)
    page = render_template("assessments/benefits/enter.html", use=use, form=form)
    return page, 422 if form.errors else 200
