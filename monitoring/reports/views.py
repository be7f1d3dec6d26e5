"""Reports over all models as pages: the list, and one quarter with words before numbers."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for

from foundation.accounts.values import Permission
from foundation.web.doors import actor, door, house, session
from monitoring.reports.courses import COURSES, Course
from monitoring.reports.queries import get_report, list_reports
from monitoring.reports.service import ask_for_report
from monitoring.reports.values import quarter_of, read_quarter

views = Blueprint("reports", __name__)


@views.get("/reports")
@door(Permission.SEE_WATCHES)
def list_all() -> Any:
    """Every report, and for the chair the button that asks for one."""
    reports = list_reports(session())
    return render_template("monitoring/reports/list.html", reports=reports, quarter=quarter_of(house().clock.now()))


@views.post("/reports")
@door(Permission.CHAIR)
def ask() -> Any:
    """Ask for the report of this quarter up to today."""
    ask_for_report(session(), actor(), house().clock.now())
    flash("The report was asked for. It appears here in a minute or two.", "success")
    return redirect(url_for("reports.list_all"))


@views.get("/reports/<code>")
@views.get("/reports/<code>/<int:part>")
@door(Permission.SEE_WATCHES)
def show(code: str, part: int | None = None) -> Any:
    """The report of one quarter: of the whole of it, or what was made within it."""
    quarter = read_quarter(code)
    report = get_report(session(), quarter, part)
    others = [one for one in list_reports(session()) if one.quarter == quarter.code and one.id != report.id]
    return render_template(
        "monitoring/reports/show.html",
        report=report,
        content=report.content,
        others=others,
        courses={course.value: COURSES[course] for course in Course},
    )
