"""Holding folders against the register at a terminal: words first, JSON for machines, exit codes (R42)."""

import json
import pickle
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from algocare.cli.main import main
from algocare.cli.output import GOOD, REFUSED, USAGE
from algocare.worker import Worker
from foundation.database.connection import Database
from foundation.jobs.service import enqueue
from foundation.settings import Settings
from monitoring.cases.queries import list_open_cases
from monitoring.reconciling.queries import list_reconciliations


@pytest.fixture
def run(registered: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("ALGOCARE_DATA_FOLDER", str(tmp_path / "data"))
    address = registered.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", address)

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["watch", "reconcile", *map(str, arguments)], catch_exceptions=False)

    return call


@pytest.mark.one_database
def test_a_folder_is_looked_through_and_kept_when_somebody_says_so(
    registered: Database, run, model_folder: Path, tmp_path: Path
) -> None:
    """R42: what is sound exits 0, anything found or unread exits 1; only --record writes, in somebody's name."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "model.skops").write_bytes((model_folder / "model.skops").read_bytes())
    fine = run(place)
    assert fine.exit_code == GOOD, fine.output
    assert fine.stdout.startswith("Nothing was found outside the register. 1 file and 0 rows")

    (place / "other.pkl").write_bytes(pickle.dumps([1]))
    (place / "book.xlsx").write_bytes(b"PK\x03\x04")
    found = run(place)
    assert found.exit_code == REFUSED
    assert "1 model file that the register does not know." in found.stdout
    assert "place/book.xlsx could not be read: a spreadsheet; save it as CSV." in found.stdout
    told = json.loads(run(place, "--json").stdout)
    assert [one["kind"] for one in told["findings"]] == ["unknown_file"]
    assert len(told["unread"]) == 1
    with registered.read() as session:
        assert list_reconciliations(session) == []

    for wrong in (["--record"], ["--as", "anna.auditor"], ["--query", "SELECT 1"], []):
        assert run(*wrong, *([place] if wrong else [])).exit_code == USAGE
    assert run(place, "--record", "--as", "anna.auditor").exit_code == REFUSED
    with registered.read() as session:
        (kept,) = list_reconciliations(session)
        assert kept.asked_by.startswith("account:")
        assert len(list_open_cases(session)) == 1


@pytest.mark.one_database
def test_the_worker_looks_through_the_folders_of_the_setting(
    registered: Database, clock, engine, settings: Settings, tmp_path: Path
) -> None:
    """R42: the job of the schedule compares every folder the setting names and keeps what it found."""
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scores.csv").write_text("upn,model,score\nU1,Sure thing,0.4\n")
    folders = f"{tmp_path / 'first'}:{tmp_path / 'second'}"
    worker = Worker(registered, clock, engine, settings.model_copy(update={"reconcile_folders": folders}))
    assert "reconcile" in {schedule.name for schedule in worker.schedules} & set(worker.queues)
    with registered.write() as session:
        enqueue(session, "reconcile", "reconcile:now", {}, asked_by="worker", at=clock.now())
    assert worker.run_waiting() == 1
    with registered.read() as session:
        (kept,) = list_reconciliations(session)
        assert [one["count"] for one in kept.findings] == [2, 2]
        assert next(case.subject for case in list_open_cases(session)) == "Sure thing"
