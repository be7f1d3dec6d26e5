"""The page of what the committee asks of those who are shown a use's scores."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.errors import Invalid
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from registry.models.queries import get_use
from registry.models.tables import Use
from registry.safeguards.forms import SafeguardsForm
from registry.safeguards.queries import get_safeguards, list_safeguards
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import SHOWS_TITLES

views = Blueprint("safeguards", __name__)


@views.get("/uses/<int:use_id>/safeguards")
@door(Permission.SEE_REGISTER)
def show(use_id: int) -> Any:
    """What stands, since when and why, and every rule before it."""
    use = get_use(session(), use_id)
    rows = list_safeguards(session(), use.id)
    return render_template(
        "registry/safeguards/show.html",
        use=use,
        now=get_safeguards(session(), use.id),
        rows=rows,
        names=names_of(session(), [row.by_id for row in rows]),
        titles=SHOWS_TITLES,
    )


@views.route("/uses/<int:use_id>/safeguards/change", methods=["GET", "POST"])
@door(Permission.SET_SAFEGUARDS)
def change(use_id: int) -> Any:
    """The chair records what the committee asks from now on."""
    use = get_use(session(), use_id)
    form = SafeguardsForm.over(get_safeguards(session(), use.id))
    if carried_out(form, lambda: _set(use, form)):
        flash("What the committee asks is recorded and stands from now on.", "success")
        return redirect(url_for("safeguards.show", use_id=use.id), 303)
    page = render_template("registry/safeguards/change.html", use=use, form=form)
    return page, 422 if form.errors else 200


def _set(use: Use, form: SafeguardsForm) -> None:
    try:
        set_safeguards(session(), actor(), use, form.read(), form.reason.data or "", house().clock.now())
    except Invalid as problem:
        if "teams" in problem.problems:
            raise Invalid(problem.sentence, problems={"band_teams": problem.problems["teams"]}) from None
        raise
