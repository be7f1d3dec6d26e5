"""Making files from watches and quarters: what the worker calls. Heavy libraries are loaded inside functions."""

import logging
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from audit.watch_reports.document import Cover, render_quarter, render_watch
from audit.watch_reports.queries import get_paper
from audit.watch_reports.rules import check_same
from audit.watch_reports.service import ask_for_paper, keep_paper
from audit.watch_reports.tables import Paper
from audit.watch_reports.values import Form
from foundation.accounts.queries import find_partnership
from foundation.accounts.values import WORKER
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import AlgocareError
from foundation.files.service import get_content
from foundation.web.texts import date_text
from monitoring.outcomes.tables import Outcome
from monitoring.reports.jobs import make_quarterly
from monitoring.reports.queries import check_intact
from monitoring.reports.tables import QuarterlyReport
from monitoring.watches.observing import outcomes_by_reference
from monitoring.watches.queries import get_run
from monitoring.watches.reading import read_report
from monitoring.watches.tables import WatchRun
from monitoring.watches.windows import Looked, read_window
from registry.evaluations.jobs import SCORE
from registry.evaluations.scoring import Runner
from registry.watch_plans.queries import get_plan

log = logging.getLogger("algocare.watch_reports")
FAULT = "The file could not be made; the worker's log says why. Ask for it again, or tell the administrator."


@dataclass(frozen=True)
class Read:
    """What a watch looked at, read again: its window never changes, because scores and evaluation data never do."""

    run: WatchRun
    artefact: bytes
    evaluation: bytes
    looked: Looked
    outcomes: dict[str, Outcome]
    title: str


def build(database: Database, clock: Clock, engine: Runner, paper_id: int, hour: int) -> None:
    """Make the file that was asked for under this number; what goes wrong is written on it, and raised.

    `hour` is the London hour of nightly watches, by which a report names the nights without one.
    """
    try:
        content = _make(database, clock, engine, paper_id, hour)
        with database.write() as session:
            paper = get_paper(session, paper_id)
            if paper.file_sha256 is None:  # a job that was interrupted at its very end runs once more
                keep_paper(session, paper, content, clock.now())
    except Exception as error:
        _note_problem(database, paper_id, error.sentence if isinstance(error, AlgocareError) else FAULT)
        raise


def make_quarter(
    database: Database, clock: Clock, hour: int, quarter: str | None = None, asked_by_id: int | None = None
) -> None:
    """Make the report of a quarter, as `make_quarterly` says, and ask for its PDF."""
    number = make_quarterly(database, clock, hour, quarter, asked_by_id)
    if number is None:
        return
    with database.write() as session:
        report = session.get_one(QuarterlyReport, number)
        ask_for_paper(session, WORKER, Form.QUARTER, report, clock.now())


def _make(database: Database, clock: Clock, engine: Runner, paper_id: int, hour: int) -> bytes:
    from audit.exports.pdf import write_pdf

    now = clock.now()
    with database.read() as session:
        paper = get_paper(session, paper_id)
        if paper.form != Form.INTERACTIVE:
            html, at = _read_document(session, paper, now, hour)
            return write_pdf(html, at)
        read = _read_again(session, get_run(session, paper.run_id or 0))
    return _make_interactive(read, engine)


def _read_document(session: Session, paper: Paper, now: datetime, hour: int) -> tuple[str, datetime]:
    """The page for paper and the time written in it: when it was asked for, so that it is made alike again."""
    if paper.report_id is not None:
        report = check_intact(session.get_one(QuarterlyReport, paper.report_id))
        return render_quarter(report.content, report.sha256), report.made_at
    partnership = find_partnership(session)
    name, demonstration = (partnership.name, partnership.demonstration) if partnership else ("", None)
    report_of = read_report(session, get_run(session, paper.run_id or 0), now, hour)
    return render_watch(report_of, Cover(name, demonstration, paper.asked_at)), paper.asked_at


def _read_again(session: Session, run: WatchRun) -> Read:
    """The people, files and outcomes of a watch. Outcomes that were recorded after it are left out."""
    use, version = run.use, run.use.version
    partnership = find_partnership(session)
    mark = "Demonstration, everybody in it is invented: " if partnership and partnership.demonstration else ""
    known = outcomes_by_reference(session, version.model_id)
    return Read(
        run=run,
        artefact=get_content(session, version.artefact_sha256),
        evaluation=get_content(session, version.evaluation_sha256 or ""),
        looked=read_window(session, use, get_plan(session, use, run.plan_number), run.due_at),
        outcomes={who: outcome for who, outcome in known.items() if outcome.recorded_at <= run.ran_at},
        title=f"{mark}{version.title}, watch of {date_text(run.due_at)}, as Evidently sees it",
    )


def _make_interactive(read: Read, engine: Runner) -> bytes:
    """Evidently's page; refused (frames_changed) when the frames are not those that the watch compared."""
    from audit.watch_reports.interactive import make_page
    from monitoring.engine.batches import digest
    from monitoring.watches.frames import current_frame, reference_frame

    version = read.run.use.version
    declared = version.declaration["version"]["evaluation_data"]
    names = [feature.name for feature in version.features]
    reference = reference_frame(version, read.artefact, read.evaluation, engine)
    current = current_frame(read.looked, read.outcomes, declared["outcome_column"], names)
    chosen = [*names, SCORE]
    check_same(read.run, digest(reference, chosen), "" if current is None else digest(current, chosen))
    assert current is not None  # otherwise it would have no digest, and a watch of nobody is refused
    page = make_page(
        reference,
        current,
        columns=version.features,
        score=SCORE,
        outcome=declared["outcome_column"],
        threshold=version.threshold,
        title=read.title,
    )
    return page.encode()


def _note_problem(database: Database, paper_id: int, sentence: str) -> None:
    log.warning("file %s was not made: %s", paper_id, sentence)
    with database.write() as session:
        paper = get_paper(session, paper_id)
        if paper.file_sha256 is None:
            paper.problem = sentence
