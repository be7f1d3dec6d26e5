"""Where the owner of a model hands in what really happened, sees how much is known, and settles contradictions."""

from pathlib import PurePosixPath
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for

from foundation.accounts.queries import names_of
from foundation.accounts.values import Permission
from foundation.files.service import check_size
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import carried_out
from foundation.web.texts import count_text, date_text, moment_text
from monitoring.outcomes.coverage import measure_coverage
from monitoring.outcomes.facts import count_model_loop, tell_loop
from monitoring.outcomes.forms import OutcomesForm, SettleForm
from monitoring.outcomes.queries import (
    get_conflict,
    get_upload,
    group_columns,
    known_groups,
    list_conflicts,
    list_uploads,
)
from monitoring.outcomes.rules import check_may_record, is_late
from monitoring.outcomes.service import hand_in_parquet, record_csv, settle
from monitoring.outcomes.tables import Outcome
from monitoring.outcomes.values import COLUMNS, CORRECTING, LATE_AFTER_DAYS, PARQUET_BEGINS, SOURCES, Recorded
from monitoring.outcomes.wording import tell_coverage, tell_recorded, tell_timing
from registry.models.queries import get_model
from registry.models.tables import RiskModel

views = Blueprint("outcomes", __name__)

WAITING = "The file was handed in. The worker reads it within a minute: open this page again to see what came of it."


@views.route("/models/<slug>/outcomes", methods=["GET", "POST"])
@door(Permission.RECORD_OUTCOMES)
def upload(slug: str) -> Any:
    """Say what is known, explain the file, take it, and list what came in before."""
    model, form = _own_model(slug), OutcomesForm()
    done: list[Recorded | None] = []
    if carried_out(form, lambda: done.append(_take(model, form))):
        recorded = done[0]
        waiting = (
            "The file was handed in. The worker reads it within a minute; reload this page to see what came of it."
        )
        flash(tell_recorded(recorded) if recorded is not None else waiting, "success")
        return redirect(url_for("outcomes.upload", slug=slug))
    return _page(model, form), 422 if form.errors else 200


@views.get("/models/<slug>/outcomes/template.csv")
@door(Permission.RECORD_OUTCOMES)
def template(slug: str) -> Any:
    """An empty file with the right heading."""
    model = _own_model(slug)
    heading = ",".join([*COLUMNS, *group_columns(model), *CORRECTING]) + "\r\n"
    name = f"outcomes-{model.slug}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(heading, mimetype="text/csv", headers=headers)


@views.get("/models/<slug>/outcomes/uploads/<int:number>")
@door(Permission.RECORD_OUTCOMES)
def show_upload(slug: str, number: int) -> Any:
    """What came of one file or call: counts, or each problem by row and column."""
    model = _own_model(slug)
    one = get_upload(session(), model.id, number)
    names = names_of(session(), [one.handed_in_by_id])
    return render_template(
        "monitoring/outcomes/file.html", model=model, one=one, names=names, source=SOURCES[one.source]
    )


@views.get("/models/<slug>/outcomes/conflicts")
@door(Permission.RECORD_OUTCOMES)
def conflicts(slug: str) -> Any:
    """Everybody of whom two answers stand for one day."""
    model = _own_model(slug)
    return render_template("monitoring/outcomes/conflicts.html", model=model, found=list_conflicts(session(), model.id))


@views.route("/models/<slug>/outcomes/conflicts/<int:person_id>", methods=["GET", "POST"])
@door(Permission.RECORD_OUTCOMES)
def settle_conflict(slug: str, person_id: int) -> Any:
    """Both answers, and the form that says which one is right."""
    model = _own_model(slug)
    found = get_conflict(session(), model.id, person_id)
    form = SettleForm()
    form.chosen.choices = [(row.id, _choice(row)) for row in found.rows]

    def command() -> object:
        said = (person_id, form.chosen.data, form.reason.data or "")
        return settle(session(), actor(), model, *said, house().clock.now())

    if carried_out(form, command):
        flash("The outcome counts again, as you said. Both answers stay on record.", "success")
        return redirect(url_for("outcomes.conflicts", slug=slug))
    names = names_of(session(), [row.recorded_by_id for row in found.rows])
    parts = {"model": model, "form": form, "found": found, "names": names, "sources": SOURCES}
    return render_template("monitoring/outcomes/settle.html", is_late=is_late, **parts), 422 if form.errors else 200


def _own_model(slug: str) -> RiskModel:
    model = get_model(session(), slug)
    check_may_record(model, actor())
    return model


def _choice(row: Outcome) -> str:
    """An answer as it stands beside its button; the time of the record tells two alike apart."""
    said = "Yes" if row.happened else "No"
    return f"{said}, observed on {date_text(row.observed_on)}, recorded on {moment_text(row.recorded_at)}"


def _take(model: RiskModel, form: OutcomesForm) -> Recorded | None:
    """What a CSV came to; of a Parquet file, which the worker reads, nothing yet."""
    handed_in = form.file.data
    name = PurePosixPath((handed_in.filename or "").replace("\\", "/")).name or "the file"
    content = handed_in.read()
    check_size(content, house().settings.upload_mib, name)
    at = house().clock.now()
    if content.startswith(PARQUET_BEGINS):
        hand_in_parquet(session(), actor(), model, content, name, at)
        return None
    return record_csv(session(), actor(), model, content, name, at)


def _page(model: RiskModel, form: OutcomesForm) -> str:
    uploads = list_uploads(session(), model.id)
    coverage = measure_coverage(session(), model, house().clock.now())
    return render_template(
        "monitoring/outcomes/upload.html",
        model=model,
        form=form,
        groups=group_columns(model),
        words=known_groups(session(), model),
        uploads=uploads,
        names=names_of(session(), [one.recorded_by_id for one in uploads]),
        coverage=coverage,
        first=tell_coverage(coverage),
        timing=tell_timing(coverage.timing),
        loop_fact=tell_loop(*count_model_loop(session(), model)),
        late_after=count_text(LATE_AFTER_DAYS, "day"),
    )
