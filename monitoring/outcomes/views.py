"""Where the owner of a model hands in what really happened to the people it scored."""

from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.errors import Invalid
from foundation.files.service import check_size
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from foundation.web.texts import count_text
from monitoring.outcomes.forms import OutcomesForm
from monitoring.outcomes.queries import group_columns, known_groups, latest_outcomes, list_uploads
from monitoring.outcomes.rules import check_may_record
from monitoring.outcomes.service import record_outcomes
from monitoring.outcomes.values import COLUMNS
from registry.models.queries import get_model
from registry.models.tables import RiskModel

views = Blueprint("outcomes", __name__)


@views.route("/models/<slug>/outcomes", methods=["GET", "POST"])
@door(Permission.RECORD_OUTCOMES)
def upload(slug: str) -> Any:
    """Explain the file, take it, and list what was recorded before."""
    model = get_model(session(), slug)
    check_may_record(model, actor())
    form = OutcomesForm()
    if form.validate_on_submit():
        try:
            count = _record(model, form)
        except Invalid as problem:
            add_problems(form, problem)
        else:
            flash(f"The outcomes of {count_text(count, 'person', 'people')} were recorded.", "success")
            return redirect(url_for("outcomes.upload", slug=slug))
    return _page(model, form), 422 if form.errors else 200


@views.get("/models/<slug>/outcomes/template.csv")
@door(Permission.RECORD_OUTCOMES)
def template(slug: str) -> Any:
    """An empty file with the right heading."""
    model = get_model(session(), slug)
    check_may_record(model, actor())
    heading = ",".join([*COLUMNS, *group_columns(model)]) + "\r\n"
    name = f"outcomes-{model.slug}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(heading, mimetype="text/csv", headers=headers)


def _record(model: RiskModel, form: OutcomesForm) -> int:
    handed_in = form.file.data
    name = PurePosixPath((handed_in.filename or "").replace("\\", "/")).name or "the file"
    content = handed_in.read()
    check_size(content, house().settings.upload_mib, name)
    return record_outcomes(session(), actor(), model, content, name, house().clock.now())


def _page(model: RiskModel, form: OutcomesForm) -> str:
    uploads = list_uploads(session(), model.id)
    return render_template(
        "monitoring/outcomes/upload.html",
        model=model,
        form=form,
        groups=group_columns(model),
        words=known_groups(session(), model),
        uploads=uploads,
        names=names_of(session(), [one.recorded_by_id for one in uploads]),
        known=len(latest_outcomes(session(), model.id)),
    )
