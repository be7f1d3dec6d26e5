"""The administrator's page of what recurs and of the worker's jobs."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.values import Permission
from foundation.errors import NotFound
from foundation.jobs.firings import ask_for_run
from foundation.jobs.queries import find_last_sign, find_life, list_lines, list_recent, say_what_ran
from foundation.web.doors import actor, door, house, session

views = Blueprint("jobs", __name__)


@views.get("/jobs")
@door(Permission.SEE_JOBS)
def list_jobs() -> Any:
    """Whether what was due has run and a worker lives, then what recurs, and what the worker did and does (R12)."""
    now = house().clock.now()
    lines = list_lines(session(), house().schedules, now)
    return render_template(
        "foundation/jobs/list.html",
        said=say_what_ran(lines),
        life=find_life(session(), now),
        last_sign=find_last_sign(session()),
        lines=lines,
        jobs=list_recent(session()),
    )


@views.post("/jobs/<name>/run")
@door(Permission.SEE_JOBS)
def run_now(name: str) -> Any:
    """Ask the worker to run one schedule now."""
    schedule = next((each for each in house().schedules if each.name == name), None)
    if schedule is None:
        raise NotFound("There is no such schedule.")
    ask_for_run(session(), actor(), schedule, house().clock.now())
    flash(f"“{schedule.title}” runs as soon as the worker sees it, within seconds if one is at work.", "success")
    return redirect(url_for("jobs.list_jobs"), 303)
