"""What a committee is handed: the report on paper, Evidently's own page, and the quarter (R12, R13)."""

import html
import io
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from algocare.worker import Worker
from audit.watch_reports.jobs import build
from audit.watch_reports.queries import find_paper, state_of
from audit.watch_reports.service import ask_for_paper, read_paper
from audit.watch_reports.values import SANDBOX, Form
from foundation.errors import Forbidden, NotFound, Refused
from foundation.paths import ROOT
from monitoring.reports.queries import list_reports
from monitoring.reports.tables import QuarterlyReport
from monitoring.watches.queries import get_run
from monitoring.watches.tables import WatchRun
from tests.monitoring.conftest import FIRST_NIGHT, Scored, Story

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
HEAVY = "pandas numpy sklearn evidently shap weasyprint fairlearn"


@pytest.fixture
def breached(story: Story, scored: list[Scored]) -> WatchRun:
    """A night whose scores have moved, with the outcomes of the people known; read at noon a day later."""
    chosen = scored[-80:]
    people = story.give_scores(chosen)
    story.record(people, chosen, lambda row: row.returned)
    (run,) = story.night(FIRST_NIGHT)
    story.clock.set(NOON)
    return run


def made(story: Story, form: Form, about: WatchRun | QuarterlyReport) -> bytes:
    """What the worker makes when somebody asks for it."""
    with story.database.write() as session:
        paper = ask_for_paper(session, story.cast.auditor, form, session.get_one(type(about), about.id), NOON)
    build(story.database, story.clock, story.engine, paper.id, 2)
    with story.database.read() as session:
        return read_paper(session, form, session.get_one(type(about), about.id))


def words_of(pdf: bytes, folder: Path) -> str:
    path = folder / "report.pdf"
    path.write_bytes(pdf)
    told = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(told.split())


def page_words(client: FlaskClient, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.get_data(as_text=True))).split())


@pytest.mark.one_database
def test_the_pdf_is_tagged_and_says_the_words_and_figures_of_the_page(
    story: Story, breached: WatchRun, visit: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    """Tagged PDF of the same report: verdict, changes, every measure, groups, windows, digests (R12, R13, R15)."""
    content = made(story, Form.REPORT, breached)
    assert made(story, Form.REPORT, breached) == content, "asked for at the same moment, the same bytes"
    with pikepdf.open(io.BytesIO(content)) as pdf, pdf.open_metadata() as metadata:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.docinfo["/Title"]).startswith("Watch of 21 November 2026: needs a decision")
        assert metadata["pdfuaid:part"] == "1"
    told = words_of(content, tmp_path)
    page = page_words(visit(story.database, "auditor"), f"/watches/{breached.id}")
    for said in (
        breached.sentence,
        "Everyone scored in the 30 days to 21 November 2026, each by their newest score (80 people)",
        "Of 100 people it flags, about",
        "explains it by 5 December 2026",
        "Gap between groups in who is missed",
        "Flags in a week against capacity",
        "needs a decision 1",
    ):
        assert said in told, said
        assert said in page, said
    assert breached.current_sha256 in told.replace(" ", "")
    assert "This is a demonstration" in told


@pytest.mark.one_database
def test_evidentlys_page_runs_alone_names_nobody_and_is_a_download(
    story: Story, breached: WatchRun, visit: Callable[..., FlaskClient]
) -> None:
    """Evidently's own interactive report as a sandboxed download (R12)."""
    content = made(story, Form.INTERACTIVE, breached).decode()
    assert "Content-Security-Policy" in content[:500]
    assert not re.search(r"P-\d{5}", content), "nobody's reference is in it"
    assert "Data Drift" in content or "drift" in content
    owner = visit(story.database, "model_owner")
    answer = owner.get(f"/watches/{breached.id}/evidently.html")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Security-Policy"] == SANDBOX
    assert "sandbox allow-scripts" in SANDBOX
    assert "default-src 'self'" in owner.get("/watches").headers["Content-Security-Policy"]


@pytest.mark.one_database
def test_no_page_is_made_of_people_the_watch_did_not_compare(story: Story, breached: WatchRun) -> None:
    """A score changed behind the triggers: the digests differ, and the reason is said in a sentence (R13, R20)."""
    with story.database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER score_keep_UPDATE"))
        connection.execute(text("UPDATE score SET value = value / 2 WHERE id = (SELECT min(id) FROM score)"))
    with pytest.raises(Refused, match="can no longer be put together"):
        made(story, Form.INTERACTIVE, breached)
    with story.database.read() as session:
        paper = find_paper(session, Form.INTERACTIVE, get_run(session, breached.id))
        assert paper is not None
        assert "people scored can no longer" in (paper.problem or "")
        assert state_of(paper) == "failed"
        with pytest.raises(NotFound):
            read_paper(session, Form.INTERACTIVE, get_run(session, breached.id))


def test_who_may_read_watches_asks_once_and_the_worker_makes_it(
    story: Story, breached: WatchRun, visit: Callable[..., FlaskClient]
) -> None:
    """A button asks; asked twice while it is being made it is made once; others are refused."""
    client = visit(story.database, "committee_member")
    papers = f"/watches/{breached.id}/papers"
    assert "Make the PDF" in page_words(client, papers)
    assert client.get(f"/watches/{breached.id}/report.pdf").status_code == 404
    for _ in range(2):
        assert client.send(f"{papers}/report", page=papers).status_code == 302
    assert "The worker is making it" in page_words(client, papers)
    assert client.send(f"{papers}/quarter", page=papers).status_code == 404
    with story.database.read() as session:
        assert session.execute(text("SELECT count(*) FROM watch_paper")).scalar() == 1
    worker = Worker(story.database, story.clock, story.engine)
    assert worker.run_waiting() >= 1
    answer = client.get(f"/watches/{breached.id}/report.pdf")
    assert (answer.mimetype, answer.get_data()[:5]) == ("application/pdf", b"%PDF-")
    assert "Download it" in page_words(client, papers)
    assert visit(story.database, "practitioner").get(papers).status_code == 403
    with story.database.write() as session, pytest.raises(Forbidden):
        ask_for_paper(session, story.cast.practitioner, Form.REPORT, get_run(session, breached.id), NOON)


@pytest.mark.one_database
def test_a_watch_of_nobody_has_a_pdf_that_says_so_and_no_page_of_evidently(
    story: Story, visit: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    (run,) = story.night(FIRST_NIGHT)
    told = words_of(made(story, Form.REPORT, run), tmp_path)
    assert ("failed" in told, "Nothing was compared" in told, "Kept" in told) == (True, True, False)
    with story.database.write() as session, pytest.raises(Refused, match="read no batch"):
        ask_for_paper(session, story.cast.auditor, Form.INTERACTIVE, get_run(session, run.id), NOON)
    assert "Evidently has nothing to compare" in page_words(
        visit(story.database, "auditor"), f"/watches/{run.id}/papers"
    )


@pytest.mark.one_database
def test_the_worker_makes_the_quarter_and_its_pdf(
    story: Story, breached: WatchRun, visit: Callable[..., FlaskClient], tmp_path: Path
) -> None:
    """The chair asks for the quarter up to today; the PDF follows by itself and says the same words (R12)."""
    chair = visit(story.database, "chair")
    assert chair.send("/reports", page="/reports").status_code == 302
    worker = Worker(story.database, story.clock, story.engine)
    assert worker.run_waiting() == 2
    with story.database.read() as session:
        (report,) = list_reports(session)
        told = words_of(read_paper(session, Form.QUARTER, report), tmp_path)
        summary = report.content["summary"]
    page = page_words(chair, "/reports/2026-Q4")
    for sentence in (*summary, report.content["uses"][0]["newest"]["sentence"]):
        assert sentence in page, sentence
        assert sentence in told, sentence
    assert chair.get("/reports/2026-Q4/1/report.pdf").mimetype == "application/pdf"


def test_the_pages_load_no_library_of_models_or_figures() -> None:
    rooms = "audit.watch_reports.views, monitoring.reports.views, audit.watch_reports.jobs"
    code = f"import sys, {rooms}; print([name for name in '{HEAVY}'.split() if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
