"""Pages of files made from a watch: what there is, asking for one, and taking it; and the PDF of a quarter."""

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, g, redirect, render_template, url_for

from audit.watch_reports.queries import find_paper, sizes_of, state_of
from audit.watch_reports.rules import check_form, read_form
from audit.watch_reports.service import ask_for_paper, read_paper
from audit.watch_reports.tables import Paper
from audit.watch_reports.values import FORMS, OF_WATCH, SANDBOX, Form, FormCard, PaperState
from foundation.accounts.rules import ask as ask_whether
from foundation.accounts.values import Permission
from foundation.web.doors import actor, door, house, session
from monitoring.reports.queries import get_report
from monitoring.reports.tables import QuarterlyReport
from monitoring.reports.values import read_quarter
from monitoring.watches.queries import get_run
from monitoring.watches.tables import WatchRun

views = Blueprint("watch_reports", __name__)


@dataclass(frozen=True)
class Shelf:
    """A form with its newest file: what it is, where it stands, how large it is, and why it cannot be made."""

    form: Form
    card: FormCard
    paper: Paper | None
    state: PaperState
    size: int | None
    refused: str | None


@views.get("/watches/<int:run_id>/papers")
@door(Permission.SEE_WATCHES)
def show_papers(run_id: int) -> Any:
    """The files of a watch: which are made, which can be."""
    run = get_run(session(), run_id)
    shelves = [_shelf(run, form, ask_whether(check_form, run, form)) for form in OF_WATCH]
    return render_template("audit/watch_reports/papers.html", run=run, shelves=shelves)


def _shelf(about: WatchRun | QuarterlyReport, form: Form, refused: str | None = None) -> Shelf:
    paper = find_paper(session(), form, about)
    size = sizes_of(session(), [paper]).get(paper.id) if paper else None
    return Shelf(form, FORMS[form], paper, state_of(paper), size, refused)


@views.post("/watches/<int:run_id>/papers/<form>")
@door(Permission.SEE_WATCHES)
def ask(run_id: int, form: str) -> Any:
    """Ask the worker for a file of a watch."""
    ask_for_paper(session(), actor(), read_form(form), get_run(session(), run_id), house().clock.now())
    flash("It was asked for. It is ready here in a minute or two.", "success")
    return redirect(url_for("watch_reports.show_papers", run_id=run_id))


@views.get("/watches/<int:run_id>/report.pdf")
@door(Permission.SEE_WATCHES)
def download_pdf(run_id: int) -> Any:
    """The PDF of a watch."""
    content = read_paper(session(), Form.REPORT, get_run(session(), run_id))
    return _file(content, "application/pdf", f"watch-{run_id}.pdf")


@views.get("/watches/<int:run_id>/evidently.html")
@door(Permission.SEE_WATCHES)
def download_interactive(run_id: int) -> Any:
    """Evidently's own report, as a file that can reach nothing of ours even where a browser opens it here."""
    content = read_paper(session(), Form.INTERACTIVE, get_run(session(), run_id))
    g.content_policy = SANDBOX
    return _file(content, "text/html", f"watch-{run_id}-evidently.html")


@views.get("/reports/<code>/<int:part>/papers")
@door(Permission.SEE_WATCHES)
def show_quarter(code: str, part: int) -> Any:
    """The PDF of a quarter's report: whether it is made."""
    report = get_report(session(), read_quarter(code), part)
    shelf = _shelf(report, Form.QUARTER)
    return render_template("audit/watch_reports/quarter_papers.html", report=report, shelf=shelf)


@views.post("/reports/<code>/<int:part>/papers")
@door(Permission.SEE_WATCHES)
def ask_quarter(code: str, part: int) -> Any:
    """Ask the worker for the PDF of a quarter's report."""
    report = get_report(session(), read_quarter(code), part)
    ask_for_paper(session(), actor(), Form.QUARTER, report, house().clock.now())
    flash("It was asked for. It is ready here in a minute or two.", "success")
    return redirect(url_for("watch_reports.show_quarter", code=code, part=part))


@views.get("/reports/<code>/<int:part>/report.pdf")
@door(Permission.SEE_WATCHES)
def download_quarter(code: str, part: int) -> Any:
    """The PDF of a quarter's report."""
    report = get_report(session(), read_quarter(code), part)
    name = f"models-{report.quarter}{f'-{part}' if part else ''}.pdf"
    return _file(read_paper(session(), Form.QUARTER, report), "application/pdf", name)


def _file(content: bytes, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
