"""Pages of runs: counts for who watches, the file for the agency's analysts, one person for who works with them."""

import tempfile
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, send_file, url_for
from sqlalchemy import select

from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask as reason_against
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.files.service import check_size
from foundation.web.doors import actor, door, house, session
from foundation.web.forms import add_problems
from model_runtime.cohorts import service
from model_runtime.cohorts.forms import AskForm
from model_runtime.cohorts.queries import (
    count_lookings,
    find_progress,
    find_quality,
    get_run,
    list_layers,
    list_runs,
)
from model_runtime.cohorts.rules import check_own, check_takes
from model_runtime.cohorts.service import CohortRequest, request_cohort, request_file
from model_runtime.cohorts.single import Single, find_row, make_proof, open_single
from model_runtime.cohorts.tables import CohortRun
from model_runtime.gate.queries import list_offered
from model_runtime.gate.values import GateClosed, title_of
from model_runtime.people.queries import get_own_person
from model_runtime.scores.audience import BAND_ALONE
from model_runtime.scores.files import panel_of
from model_runtime.scores.tables import Refusal
from model_runtime.scores.views import bars_of
from registry.agencies.tables import Source
from registry.safeguards.queries import get_safeguards
from registry.safeguards.values import Safeguards

views = Blueprint("cohorts", __name__)

MEDIA_TYPES = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}


@views.get("/cohorts")
@door(Permission.SEE_COHORTS)
def list_all() -> Any:
    """Every run in counts; an analyst sees those of their own agency."""
    runs = list_runs(session(), actor())
    names = names_of(session(), [run.asked_by_id for run in runs])
    return render_template("model_runtime/cohorts/list.html", runs=runs, names=names)


@views.route("/cohorts/ask", methods=["GET", "POST"])
@door(Permission.RUN_COHORT, own_session=True)
def ask() -> Any:
    """Ask for a run over a file; a closed gate is recorded and said."""
    with house().database.read() as opened:
        offered = [use for use in list_offered(opened, actor().agency) if use.stage == "approved"]
        form = AskForm().offer(offered, opened.scalars(select(Source)).all(), actor().agency or "")
        if not form.validate_on_submit():
            page = render_template("model_runtime/cohorts/ask.html", form=form, offered=offered)
            return page, 422 if form.errors else 200
        codes = {str(use.id): use.code for use in offered}
    try:
        answer = request_cohort(house().database, house().clock, _asked(form, codes))
    except Invalid as problem:
        add_problems(form, Invalid(problem.sentence, problems={"file": problem.sentence, **problem.problems}))
        with house().database.read():
            return render_template("model_runtime/cohorts/ask.html", form=form, offered=offered), 422
    if isinstance(answer, Refusal):
        raise GateClosed(answer.sentence, code=answer.code, what_next=answer.what_next)
    flash("The run was asked for. The worker begins with it in a moment.", "success")
    return redirect(url_for("cohorts.show", reference=answer.reference), 303)


def _asked(form: AskForm, codes: dict[str, str]) -> CohortRequest:
    file, chosen = form.file.data, form.purpose.data or ""
    content = file.read()
    check_size(content, house().settings.upload_mib, "The file")
    handed = request_file(file.filename or "", content)
    return CohortRequest(
        actor(),
        codes[chosen],
        int(chosen),
        form.day,
        handed,
        form.pressed.data or "",
        content,
        form.source.data or "",
    )


@views.get("/cohorts/<reference>")
@door(Permission.SEE_COHORTS)
def show(reference: str) -> Any:
    """One run: how far it has come, who was not scored and why in counts, how sound its explanations are. No person."""
    run = get_run(session(), actor(), reference)
    safeguards = get_safeguards(session(), run.use_id)
    return render_template(
        "model_runtime/cohorts/show.html",
        run=run,
        asked_by=names_of(session(), [run.asked_by_id])[run.asked_by_id],
        progress=find_progress(session(), run, house().clock.now()),
        quality=find_quality(session(), run),
        layers=list_layers(session(), run),
        lookings=count_lookings(session(), run),
        titles={code: title_of(code) for code in run.not_scored},
        against=reason_against(_check_takes, run, safeguards),
        live=run.stage in ("queued", "running"),
    )


def _check_takes(run: CohortRun, safeguards: Safeguards) -> None:
    check_takes(run, run.use.agency_code, actor(), safeguards)


@views.get("/cohorts/<reference>/progress.json")
@door(Permission.SEE_COHORTS)
def progress(reference: str) -> Any:
    """How far a run has come, for a program."""
    run = get_run(session(), actor(), reference)
    found = find_progress(session(), run, house().clock.now())
    return jsonify({"stage": run.stage, "done": found.done, "people": found.rows, "seconds_left": found.seconds_left})


@views.post("/cohorts/<reference>/stop")
@door(Permission.RUN_COHORT)
def stop(reference: str) -> Any:
    """Stop a run; nobody sees a result of it."""
    run = get_run(session(), actor(), reference)
    service.stop(session(), actor(), run, house().clock.now())
    flash("The run was stopped. Nobody sees a result of it.", "success")
    return redirect(url_for("cohorts.show", reference=reference), 303)


@views.get("/cohorts/<reference>/results.csv")
@door(Permission.RUN_COHORT, own_session=True)
def download_csv(reference: str) -> Any:
    """All results as labelled CSV, in the order they were handed in; that they were taken out is recorded first."""
    return _take_out(reference, "csv")


@views.get("/cohorts/<reference>/results.parquet")
@door(Permission.RUN_COHORT, own_session=True)
def download_parquet(reference: str) -> Any:
    """The same as Parquet."""
    return _take_out(reference, "parquet")


def _take_out(reference: str, ending: str) -> Any:
    from model_runtime.cohorts.results import WRITERS

    with house().database.write() as opened:
        run = get_run(opened, actor(), reference)
        shows = check_takes(run, run.use.agency_code, actor(), get_safeguards(opened, run.use_id))
        service.record_looking(opened, actor(), run, ending, house().clock.now(), None)
    target = tempfile.TemporaryFile()  # noqa: SIM115 (the answer closes it when it was sent)
    with house().database.read() as opened:
        WRITERS[f".{ending}"](opened, get_run(opened, actor(), reference), shows, target)
    target.seek(0)
    name = f"{run.reference}.{ending}"
    return send_file(target, MEDIA_TYPES[ending], as_attachment=True, download_name=name, max_age=0, etag=False)


@views.get("/cohorts/<reference>/people/<person>")
@door(Permission.SEE_PEOPLE, writes=True)
def show_person(reference: str, person: str) -> Any:
    """One person's result as the whole advisory score; that it is looked at is recorded before it is shown."""
    single = _open(reference, person, "person")
    return render_template(
        "model_runtime/cohorts/person.html",
        single=single,
        advisory=single.advisory,
        panel=panel_of(single.advisory) if single.advisory else None,
        raising=bars_of(single.advisory.raising) if single.advisory else [],
        lowering=bars_of(single.advisory.lowering) if single.advisory else [],
        band_alone="" if single.shows == "reasons" else BAND_ALONE,
        gate=title_of(single.row.code),
    )


@views.get("/cohorts/<reference>/people/<person>/proof.json")
@door(Permission.SEE_PEOPLE, writes=True)
def proof(reference: str, person: str) -> Any:
    """The proof that the ledger covers this person's result, for `algocare cohort check`; fetching it is looking."""
    single = _open(reference, person, "proof")
    named = {"Content-Disposition": f'attachment; filename="{single.run.reference}-{single.row.place + 1}.json"'}
    made = make_proof(session(), single.run, find_row(session(), single.run, person))
    return Response(jsonify(made).get_data(), content_type="application/json", headers=named)


def _open(reference: str, person: str, what: str) -> Single:
    known = get_own_person(session(), actor(), person)
    run, now = _run_of_own(reference), house().clock.now()
    single = open_single(session(), actor(), run, known.reference, london_date(now))
    service.record_looking(session(), actor(), run, what, now, single.row.place)
    return single


def _run_of_own(reference: str) -> CohortRun:
    """A run of the practitioner's own agency; any other is not there."""
    run = get_run(session(), actor(), reference)
    check_own(run.use.agency_code, actor())
    return run
