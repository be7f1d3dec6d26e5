"""The administrator's page of the worker's jobs."""

from typing import Any

from flask import Blueprint, render_template

from foundation.accounts.values import Permission
from foundation.jobs.queries import list_recent
from foundation.web.doors import door, session

views = Blueprint("jobs", __name__)


@views.get("/jobs")
@door(Permission.SEE_JOBS)
def list_jobs() -> Any:
    """What the worker did, does and will do next."""
    return render_template("foundation/jobs/list.html", jobs=list_recent(session()))
