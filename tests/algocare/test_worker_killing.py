"""A worker that is killed, and the one that stood by: real processes, as `algocare worker` runs them."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import select

from foundation.database.connection import Database
from foundation.jobs.service import enqueue
from foundation.jobs.tables import Firing, Job, WorkerSign
from foundation.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
TAKEOVER_SECONDS = 30
PATIENCE = 90

WORKING = """
import sys, threading
from pathlib import Path
import algocare.locking, algocare.worker
from foundation.database.connection import Database
from foundation.settings import Settings

class Slow(algocare.worker.Worker):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.kinds["slow"] = lambda payload: threading.Event().wait() if sys.argv[3] == "first" else None

algocare.locking.STANDBY_SECONDS = 0.1
algocare.worker.Worker = Slow
settings = Settings(data_folder=Path(sys.argv[2]), secret_key="for tests only, never elsewhere", plain_http=True)
algocare.worker.run(settings, Database(sys.argv[1]), pace=algocare.worker.Pace(0.2, 0.1, 0.2, 0.2))
"""
"""The worker with a kind of job that never ends in the first process; it looks and beats more often than in earnest."""


@pytest.fixture
def start(founded: Database, settings: Settings) -> Iterator[Callable[[str], subprocess.Popen]]:
    """A function that starts a worker process; all are ended afterwards."""
    address = founded.engine.url.render_as_string(hide_password=False)
    with ExitStack() as stack:

        def call(which: str) -> subprocess.Popen:
            command = [sys.executable, "-c", WORKING, address, str(settings.data_folder), which]
            process = stack.enter_context(subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True))
            stack.callback(process.kill)
            return process

        yield call


def wait_for(database: Database, chosen, process: subprocess.Popen) -> object:
    """What a query finds, as soon as it finds something."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and process.poll() is None:
        with database.read() as session:
            found = session.scalars(chosen).first()
        if found is not None:
            return found
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(f"nothing was found; the process ended with {process.returncode}")


@pytest.mark.one_database
def test_a_stand_by_takes_over_from_a_worker_killed_by_signal_nine(founded: Database, start, clock) -> None:
    """R12, R20: its job is begun again by the one that stood by, what is due is claimed once, and within 30 seconds."""
    with founded.write() as session:
        enqueue(session, "slow", "slow", {}, asked_by="test", at=clock.now())
    first = start("first")
    begun = wait_for(founded, select(WorkerSign), first)
    second = start("second")
    running = wait_for(founded, select(Job).where(Job.key == "slow", Job.state == "running"), first)
    assert running.claimed_by == begun.name
    assert "stands by" in second.stderr.readline()
    first.kill()
    killed = time.monotonic()
    assert first.wait(20) == -signal.SIGKILL
    done = wait_for(founded, select(Job).where(Job.key == "slow", Job.state == "done"), second)
    assert time.monotonic() - killed < TAKEOVER_SECONDS
    assert (done.interruptions, done.claimed_by != running.claimed_by) == (1, True)
    with founded.read() as session:
        fired = session.scalars(select(Firing.schedule)).all()
        assert len(fired) == len(set(fired)), "each schedule came into force once"
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    with founded.read() as session:
        assert session.get_one(WorkerSign, done.claimed_by).ended_at is not None
