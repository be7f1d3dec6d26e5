"""Commands about files made from watches: ask the worker for one, and keep what it made."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit.watch_reports.queries import find_paper, state_of
from audit.watch_reports.rules import check_form, check_may_ask
from audit.watch_reports.tables import Paper
from audit.watch_reports.values import FORMS, Form, PaperState
from foundation.accounts.values import Actor
from foundation.errors import NotFound
from foundation.files.service import get_content, store
from foundation.jobs.service import enqueue
from foundation.ledger.service import record
from monitoring.reports.tables import QuarterlyReport
from monitoring.watches.tables import WatchRun

JOB = "build_paper"


def ask_for_paper(session: Session, actor: Actor, form: Form, about: WatchRun | QuarterlyReport, at: datetime) -> Paper:
    """Ask the worker for a file about a watch or a quarter; asked again while one is being made, that one is given.

    Refused (nothing_compared) for Evidently's report of a watch that read nobody.
    """
    check_may_ask(actor)
    if isinstance(about, WatchRun):
        check_form(about, form)
    standing = find_paper(session, form, about)
    if standing is not None and state_of(standing) is PaperState.BUILDING:
        return standing
    named = {"run_id": about.id} if isinstance(about, WatchRun) else {"report_id": about.id}
    paper = Paper(form=form.value, asked_by_id=actor.account_id, asked_at=at, **named)
    session.add(paper)
    session.flush()
    enqueue(session, JOB, f"{JOB}:{paper.id}", {"paper": paper.id}, asked_by=actor.reference, at=at)
    _record(session, "paper_asked", actor.reference, paper, at)
    return paper


def keep_paper(session: Session, paper: Paper, content: bytes, at: datetime) -> None:
    """Store what was made and write its hash into the ledger, in one transaction."""
    paper.file_sha256 = store(session, content, FORMS[Form(paper.form)].media_type, at)
    paper.built_at, paper.problem = at, None
    _record(session, "paper_built", "worker", paper, at, file_sha256=paper.file_sha256)


def read_paper(session: Session, form: Form, about: WatchRun | QuarterlyReport) -> bytes:
    """The bytes of the newest file of a form; refused while there is none."""
    paper = find_paper(session, form, about)
    if paper is None or paper.file_sha256 is None:
        raise NotFound("This file is not made yet. Ask for it first.", code="paper_not_ready")
    return get_content(session, paper.file_sha256)


def _record(session: Session, kind: str, actor: str, paper: Paper, at: datetime, **more: str) -> None:
    about = {"run": paper.run_id} if paper.run_id is not None else {"quarterly_report": paper.report_id}
    record(session, kind, actor=actor, at=at, facts={"paper": paper.id, "form": paper.form, **about, **more})
