"""Watches as pages: what each use's last watch said, every watch of a use, and the report of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from assessments.questionnaire.queries import strip
from foundation.accounts.rules import ask
from foundation.accounts.values import Permission
from foundation.clock import london_date
from foundation.web.doors import actor, door, house, session
from monitoring.cases.queries import list_open_cases
from monitoring.cases.tables import Case
from monitoring.engine.values import Verdict
from monitoring.watches.changes import holes_sentence
from monitoring.watches.listing import RunRow, last_runs, read_page
from monitoring.watches.queries import get_run, list_holes, list_watched_uses
from monitoring.watches.reading import read_report
from monitoring.watches.rules import check_live, is_due, night
from monitoring.watches.service import ask_for_watch
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import VERDICTS, VerdictCard
from registry.models.queries import find_approval, get_use
from registry.models.rules import owns
from registry.models.tables import Use
from registry.watch_plans.queries import plan_of

views = Blueprint("watches", __name__)


@dataclass(frozen=True)
class Line:
    """A use in the list: its last watch, the nights without one, its open cases, whether the reader may run one."""

    use: Use
    run: WatchRun | RunRow | None
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
    """The watches of one use, newest first, fifty a page."""
    use = get_use(session(), use_id)
    page = read_page(session(), use.id, request.args.get("page", 1, type=int))
    newest = page.rows[0] if page.number == 1 and page.rows else next(iter(read_page(session(), use.id, 1).rows), None)
    tiles = strip(session(), use, house().clock.now(), house().letters)
    line = _line(use, newest)
    return render_template("monitoring/watches/use.html", line=line, page=page, cards=_cards(page.rows), tiles=tiles)


def _cards(rows: Sequence[RunRow]) -> dict[int, VerdictCard]:
    return {row.id: VERDICTS[Verdict(row.verdict)] for row in rows}


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
    """The report of one watch: one page first, then the detail."""
    run = get_run(session(), run_id)
    report = read_report(session(), run, house().clock.now(), house().settings.nightly_hour)
    return render_template("monitoring/watches/show.html", report=report, run=run, line=_line(run.use, run))


def _line(use: Use, run: WatchRun | RunRow | None) -> Line:
    not_live = ask(check_live, use, find_approval(session(), use), london_date(house().clock.now()))
    return Line(
        use=use,
        run=run,
        card=VERDICTS[Verdict(run.verdict)] if run else None,
        holes=holes_sentence(_holes(use)),
        cases=list_open_cases(session(), [use.id]),
        may_run=not_live is None and owns(use.version.model, actor()) and actor().may(Permission.RUN_WATCH),
        not_live=not_live,
        next_watch=None if not_live else _next_watch(plan_of(session(), use).cadence),
    )


def _holes(use: Use) -> list[date]:
    return list_holes(session(), use, house().clock.now(), house().settings.nightly_hour)


def _next_watch(cadence: str) -> datetime:
    """When the next watch is due, by how often the plan in force has the use watched."""
    now, hour = house().clock.now(), house().settings.nightly_hour
    day = london_date(now)
    while night(day, hour) <= now or not is_due(cadence, day):
        day += timedelta(days=1)
    return night(day, hour)
