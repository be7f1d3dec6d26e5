"""Watches as pages: what each use's last watch said, every watch of a use, and the report of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from assessments.questionnaire.queries import strip
from foundation.accounts.queries import names_of
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from foundation.web.texts import date_text, list_text
from monitoring.cases.queries import explain_by, list_cases_of_run, list_open_cases
from monitoring.cases.tables import Case
from monitoring.cases.values import CASE_LIFE
from monitoring.engine.values import Action, Verdict
from monitoring.watches.pictures import EARLIER, pictures
from monitoring.watches.queries import (
    get_run,
    last_runs,
    list_holes,
    list_runs,
    list_runs_before,
    list_watched_uses,
    plan_of,
    result_of,
)
from monitoring.watches.report import input_lines, limit_lines
from monitoring.watches.rules import check_live, night
from monitoring.watches.service import ask_for_watch
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import ACTIONS, VERDICTS, VerdictCard, findings_of
from registry.models.queries import find_approval, get_use
from registry.models.rules import owns
from registry.models.tables import Use

views = Blueprint("watches", __name__)

NAMED_HOLES = 5
"""How many missed nights are named; the rest are counted."""


@dataclass(frozen=True)
class Line:
    """A use in the list: its last watch, the nights without one, its open cases, whether the reader may run one."""

    use: Use
    run: WatchRun | None
    card: VerdictCard | None
    holes: str
    cases: Sequence[Case]
    may_run: bool
    not_live: str | None
    next_watch: datetime | None


@views.get("/watches")
@door(Permission.SEE_WATCHES)
def list_watches() -> Any:
    """Every use that is or was live: is it still doing what was approved?"""
    last = last_runs(session())
    lines = [_line(use, last.get(use.id)) for use in list_watched_uses(session())]
    return render_template("monitoring/watches/list.html", lines=lines)


@views.get("/watches/uses/<int:use_id>")
@door(Permission.SEE_WATCHES)
def list_of_use(use_id: int) -> Any:
    """Every watch of one use, newest first."""
    use = get_use(session(), use_id)
    runs = [(run, VERDICTS[Verdict(run.verdict)]) for run in list_runs(session(), use.id)]
    line = _line(use, runs[0][0] if runs else None)
    tiles = strip(session(), use, house().clock.now(), house().letters)
    return render_template("monitoring/watches/use.html", line=line, runs=runs, tiles=tiles)


@views.post("/watches/uses/<int:use_id>/run")
@door(Permission.RUN_WATCH)
def run_now(use_id: int) -> Any:
    """Ask the worker for a watch now."""
    use = get_use(session(), use_id)
    ask_for_watch(session(), actor(), use, house().clock.now())
    flash("The watch was asked for. It runs in the background; its report appears here in a minute or two.", "success")
    return redirect(url_for("watches.list_watches"))


@views.get("/watches/<int:run_id>")
@door(Permission.SEE_WATCHES)
def show_run(run_id: int) -> Any:
    """The report of one watch."""
    run = get_run(session(), run_id)
    result, found = result_of(run), findings_of(result_of(run))
    version = run.use.version
    plan = plan_of(version)
    earlier = [result_of(one) for one in list_runs_before(session(), run, EARLIER)]
    cases = list_cases_of_run(session(), run, [(each.title, each.action.value) for each in found])
    return render_template(
        "monitoring/watches/show.html",
        run=run,
        result=result,
        card=VERDICTS[result.verdict],
        found=found,
        actions=ACTIONS,
        plan=plan,
        pictures=pictures(result, earlier, _holes(run.use)),
        limits=limit_lines(result, plan, version.outcome_name),
        inputs=input_lines(result),
        cases=[(case, CASE_LIFE.stages[case.stage], explain_by(case)) for case in cases],
        owners=list_text(_owners(run.use)),
        suspends=any(each.action == Action.SUSPEND for each in found),
        line=_line(run.use, run),
    )


def _line(use: Use, run: WatchRun | None) -> Line:
    not_live = ask(check_live, use, find_approval(session(), use), london_date(house().clock.now()))
    return Line(
        use=use,
        run=run,
        card=VERDICTS[Verdict(run.verdict)] if run else None,
        holes=holes_sentence(_holes(use)),
        cases=list_open_cases(session(), [use.id]),
        may_run=not_live is None and owns(use.version.model, actor()) and actor().may(Permission.RUN_WATCH),
        not_live=not_live,
        next_watch=None if not_live else _next_watch(),
    )


def holes_sentence(holes: Sequence[date]) -> str:
    """The nights without a watch in a sentence, the newest named; empty when there is none."""
    if not holes:
        return ""
    if len(holes) == 1:
        return f"No watch ran on the night of {date_text(holes[0])}."
    named = [date_text(day) for day in holes[-NAMED_HOLES:]]
    last = "" if len(holes) <= NAMED_HOLES else "the last of them "
    return f"No watch ran on {len(holes)} nights: {last}{list_text(named)}."


def _holes(use: Use) -> list[date]:
    return list_holes(session(), use, house().clock.now(), house().settings.nightly_hour)


def _next_watch() -> datetime:
    now, hour = house().clock.now(), house().settings.nightly_hour
    tonight = night(london_date(now), hour)
    return tonight if tonight > now else night(london_date(now) + timedelta(days=1), hour)


def _owners(use: Use) -> list[str]:
    model = use.version.model
    names = names_of(session(), [model.owner_id, model.deputy_id])
    return [names[number] for number in (model.owner_id, model.deputy_id) if number is not None]
