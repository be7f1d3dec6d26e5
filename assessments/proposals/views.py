"""Pages of how a use is watched: the plan in force, every plan before it, and proposing another (R12)."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import select

from assessments.committee.tables import AgendaItem
from assessments.proposals.forms import PlanForm
from assessments.proposals.service import propose_plan
from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from registry.models.queries import get_use
from registry.watch_plans.measures import MEASURES
from registry.watch_plans.queries import find_proposed, list_versions, plan_before, plan_of
from registry.watch_plans.rules import check_may_propose
from registry.watch_plans.wording import compare_plans, plan_lines

views = Blueprint("proposals", __name__)


@views.get("/uses/<int:use_id>/watch-plan")
@door(Permission.SEE_REGISTER)
def show(use_id: int) -> Any:
    """The plan in force in words, and every version with who proposed it, when, why and what was decided."""
    use = get_use(session(), use_id)
    versions, plan = list_versions(session(), use), plan_of(session(), use)
    chosen = select(AgendaItem).where(AgendaItem.plan_id.in_([one.id for one in versions])).order_by(AgendaItem.id)
    return render_template(
        "assessments/proposals/show.html",
        use=use,
        plan=plan,
        lines=plan_lines(plan),
        versions=[(one, compare_plans(plan_before(session(), one), one.plan)) for one in versions],
        items={item.plan_id: item for item in session().scalars(chosen)},
        names=names_of(session(), [one.proposed_by_id for one in versions]),
        why_not=ask(check_may_propose, use, find_proposed(session(), use), actor()),
    )


@views.route("/uses/<int:use_id>/watch-plan/change", methods=["GET", "POST"])
@door(Permission.SUBMIT_ASSESSMENT)
def change(use_id: int) -> Any:
    """The owner or deputy proposes another plan, which begins as the one in force."""
    use = get_use(session(), use_id)
    check_may_propose(use, find_proposed(session(), use), actor())
    form, at = PlanForm.over(plan_of(session(), use)), house().clock.now()
    if carried_out(form, lambda: propose_plan(session(), actor(), use, form.read(), form.reason.data or "", at)):
        flash("The plan is on the committee's agenda. The plan in force stays until it decides.", "success")
        return redirect(url_for("proposals.show", use_id=use.id), 303)
    page = render_template("assessments/proposals/change.html", use=use, form=form, measures=list(MEASURES))
    return page, 422 if form.errors else 200
