"""A worker that is killed in the middle of a run, and one that meets a fault nobody foresaw."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from foundation.database.connection import Database
from foundation.jobs.service import claim, finish, requeue_interrupted
from foundation.jobs.tables import Job
from model_runtime.cohorts.jobs import UNEXPECTED, run_cohort, run_queued
from model_runtime.cohorts.service import requeue_runs
from model_runtime.cohorts.tables import CohortAnswer, CohortRun, CohortScore
from tests.model_runtime.cohorts.conftest import person
from tests.model_runtime.conftest import count

ROOT = Path(__file__).resolve().parents[3]
PART, PARTS = 512, 4
PLACES = ("service", "reading", "intake")

WORKING = """
import importlib, sys
from datetime import datetime
from pathlib import Path
for name in sys.argv[4].split(","):
    importlib.import_module("model_runtime.cohorts." + name).CHUNK_ROWS = int(sys.argv[5])
importlib.import_module("model_runtime.cohorts.pools").PROCESSES = 1
from algocare.worker import Worker
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.settings import Settings
settings = Settings(data_folder=Path(sys.argv[2]), secret_key="for tests only, never elsewhere", plain_http=True)
Worker(Database(sys.argv[1]), StoppedClock(datetime.fromisoformat(sys.argv[3])), None, settings).run_waiting()
"""
"""The worker's own loop over the queued jobs, in a process of its own with an engine of its own."""


@pytest.mark.one_database
def test_a_worker_killed_by_signal_nine_resumes_without_loss(
    approved, hand_in, pool, settings, monkeypatch, tmp_path
) -> None:
    """R20: killed after its first part was committed, a run ends with one row a person and the tree of an unbroken run.

    The unbroken run is the same run, with the same salt, in a copy of the database from before the worker began.
    """
    for place in PLACES:
        monkeypatch.setattr(f"model_runtime.cohorts.{place}.CHUNK_ROWS", PART)
    run = hand_in([person(number) for number in range(PART * PARTS - 12)])
    unbroken = copy_of(approved.database, tmp_path / "unbroken.db")
    assert run_cohort(unbroken, approved.clock, pool, run.id) == "finished"
    done = kill_after_first_part(approved, settings)
    assert 1 <= done < PARTS
    with approved.database.write() as session:
        assert session.get_one(CohortRun, run.id).stage == "running"
        assert requeue_interrupted(session) == 1
        job = claim(session, approved.clock.now())
        assert (job.kind, job.payload) == ("run_cohort", {"run": run.id})
    assert run_cohort(approved.database, approved.clock, pool, run.id) == "finished"
    with approved.database.read() as session:
        rows = session.execute(select(CohortScore.place, CohortScore.person_reference).order_by(CohortScore.place))
        assert rows.tuples().all() == [(place, f"P-{place:05}") for place in range(PART * PARTS - 12)]
    assert told_of(approved.database, run.id) == told_of(unbroken, run.id)
    unbroken.close()


def copy_of(database: Database, target: Path) -> Database:
    """A copy of an SQLite database as it is now."""
    with closing(sqlite3.connect(database.engine.url.database)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
    return Database(f"sqlite:///{target}")


def kill_after_first_part(world, settings) -> int:
    """Start a worker and kill it as soon as a part of its run is committed; how many parts were.

    The killing holds the database's write lock, so that nothing is committed between the look and the kill.
    """
    address = world.database.engine.url.render_as_string(hide_password=False)
    told = [address, str(settings.data_folder), world.clock.now().isoformat(), ",".join(PLACES), str(PART)]
    with subprocess.Popen([sys.executable, "-c", WORKING, *told], cwd=ROOT) as worker:
        try:
            while worker.poll() is None:
                with world.database.write() as session:
                    done = session.scalar(select(func.count()).select_from(CohortAnswer))
                    if done:
                        worker.kill()
                        worker.wait(20)
                        break
                with suppress(subprocess.TimeoutExpired):
                    worker.wait(0.01)
        finally:
            worker.kill()
    assert worker.returncode == -signal.SIGKILL, "it was not over before it could be killed"
    return done


def told_of(database: Database, run_id: int) -> tuple:
    """Stage, counts, the root of every part and of the whole."""
    with database.read() as session:
        run = session.get_one(CohortRun, run_id)
        parts = select(CohortAnswer.number, CohortAnswer.root).where(CohortAnswer.run_id == run_id)
        roots = session.execute(parts.order_by(CohortAnswer.number)).tuples().all()
        return run.stage, run.rows, run.scored, run.root, roots


class Broken:
    """A pool with a fault that nobody foresaw."""

    width = 1
    closed = False

    def answer(self, work):
        raise ZeroDivisionError

    def close(self):
        self.closed = True


def test_a_fault_nobody_foresaw_fails_the_run_with_a_sentence(approved, hand_in) -> None:
    """R01: no run stands at running for ever; a job that ended before its run is queued again, and no other."""
    run, broken = hand_in([person(1)]), Broken()
    with approved.database.write() as session:
        assert requeue_runs(session) == 0, "its job waits"
        job = claim(session, approved.clock.now())
        finish(session, job.id, approved.clock.now(), "The job stopped unexpectedly.")
    with approved.database.write() as session:
        assert requeue_runs(session) == 1
        assert session.get_one(Job, job.id).state == "queued"
    with pytest.raises(ZeroDivisionError):
        run_queued(approved.database, approved.clock, lambda: broken, run.id)
    assert broken.closed
    with approved.database.write() as session:
        ended = session.get_one(CohortRun, run.id)
        assert (ended.stage, ended.problem, ended.root) == ("failed", UNEXPECTED, None)
        finish(session, job.id, approved.clock.now(), "The job stopped unexpectedly.")
        assert requeue_runs(session) == 0, "the run ended"
    assert count(approved, CohortScore) == 0
