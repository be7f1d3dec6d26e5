"""Due times under two competing workers that are killed again and again: none doubled, none lost, and how fast.

`python -m benchmarks.firing [FIRINGS] [ADDRESS]` runs it alone, on SQLite or on a PostgreSQL database that is empty.
Each worker is a process of its own with the product's `Worker`: it claims what is due, runs the jobs, beats, and takes
over what a killed one had begun. Its clock runs by itself, six minutes of the day at every look, and knows nothing of
the other's. At random moments while both are at work one is killed by signal nine, and another one takes its place.
"""

import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import algocare.tables  # noqa: F401 - every table is known before the first is used
from algocare.worker import Worker
from benchmarks.measuring import Measurement
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.jobs.schedules import Every, Schedule, Unit
from foundation.jobs.service import enqueue
from foundation.jobs.tables import Firing, Job, WorkerSign
from foundation.paths import ROOT
from foundation.settings import Settings

FIRINGS, KILL_SECONDS, BEAT_SECONDS = 10_000, (0.0, 2.0), 0.25
START = datetime(2026, 11, 22, 12, 3, tzinfo=UTC)
STEP = timedelta(minutes=6)
MINUTES = range(0, 60, 6)
SCHEDULES = tuple(Schedule(f"bench{minute}", "Every hour", Every(Unit.HOURLY, minute=minute)) for minute in MINUTES)
GOAL = 2.0
WORK = "CREATE TABLE bench_work (key VARCHAR(80) PRIMARY KEY, attempts INTEGER NOT NULL)"
DONE = (
    "INSERT INTO bench_work (key, attempts) VALUES (:key, 1) "
    "ON CONFLICT (key) DO UPDATE SET attempts = bench_work.attempts + 1"
)
"""The work of one due time: like a watch it is kept once, and here is counted how often it was begun."""


def firings(folder: Path, count: int = FIRINGS, address: str | None = None) -> Iterator[Measurement]:
    """A tenth with one worker that nobody disturbs, then all with two that are killed, held against the record."""
    alone, _ = _run(address or f"sqlite:///{folder / 'alone.db'}", count // 10, workers=1, kill=False)
    if address is not None:
        _empty(address)
    rivals, kills = _run(address or f"sqlite:///{folder / 'rivals.db'}", count, workers=2, kill=True)
    name = f"{count:,} due times, two workers with {kills} kills / one worker"
    yield Measurement(name, round(rivals / alone, 3), GOAL, round(rivals, 3), round(alone, 3), count)


def _run(address: str, count: int, *, workers: int, kill: bool) -> tuple[float, int]:
    """How many milliseconds each due time took once all were at work, and how many workers were killed meanwhile."""
    database = _prepare(address)
    end = START + STEP * count
    kills, running = 0, [_start(address, end) for _ in range(workers)]
    try:
        while not _are_at_work(database, running):
            time.sleep(0.05)
        begun = time.perf_counter()
        while not _is_over(database, count):
            time.sleep(random.uniform(*KILL_SECONDS) if kill else 0.1)
            if kill and _are_at_work(database, running) and not _is_over(database, count):
                chosen = random.randrange(workers)
                running[chosen].kill()
                running[chosen].wait()
                running[chosen], kills = _start(address, end), kills + 1
        each = (time.perf_counter() - begun) * 1000 / count
    finally:
        for process in running:
            process.kill()
            process.wait()
    _check(database, count, kills)
    database.close()
    return each, kills


def _prepare(address: str) -> Database:
    upgrade(address)
    database = Database(address)
    with database.write() as session:
        session.execute(text(WORK))
        for schedule in SCHEDULES:
            session.add(Firing(schedule=schedule.name, due_at=START, state="began", claimed_at=START, claimed_by=""))
    return database


def _empty(address: str) -> None:
    database = Database(address)
    with database.write() as session:
        session.execute(text("DROP TABLE bench_work"))
        session.execute(text("DELETE FROM job"))
        session.execute(text("DELETE FROM firing"))
        session.execute(text("DELETE FROM worker_sign"))
    database.close()


def _start(address: str, end: datetime) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "benchmarks.firing", "work", address, end.isoformat()], cwd=ROOT)


def _is_over(database: Database, count: int) -> bool:
    with database.read() as session:
        return (session.scalar(select(func.count()).select_from(Firing).where(Firing.state == "done")) or 0) >= count


def _are_at_work(database: Database, running: list[subprocess.Popen[bytes]]) -> bool:
    """Whether each of the processes has given a sign of life."""
    with database.read() as session:
        pids = {int(name.split(":")[1]) for name in session.scalars(select(WorkerSign.name))}
    return {process.pid for process in running} <= pids


def _check(database: Database, count: int, kills: int) -> None:
    """Every due time was claimed once, its job is done, its work is there once, and only a kill made it begin anew."""
    with database.read() as session:
        due = {(each.name, START + STEP * number) for number in range(1, count + 1) for each in _due(number)}
        rows = session.execute(select(Firing.schedule, Firing.due_at, Firing.state).where(Firing.state != "began"))
        found = [(name, due_at) for name, due_at, state in rows if state == "done"]
        assert len(found) == len(set(found)) == count, f"{len(found)} of {count} ran, {len(set(found))} different ones"
        rounded = {(name, due_at + timedelta(minutes=3)) for name, due_at in found}
        assert rounded == due, "other due times ran than were due"
        jobs = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).all())
        assert jobs == {"done": count}, jobs
        kept, attempts = session.execute(text("SELECT count(*), sum(attempts) FROM bench_work")).one()
        assert kept == count, f"{kept} of {count} pieces of work are there"
        assert attempts - kept <= 2 * kills, f"{attempts - kept} were begun anew after {kills} kills"


def _due(number: int) -> list[Schedule]:
    """Which schedule is due at a step: one each."""
    minute = (START + STEP * number - timedelta(minutes=3)).minute
    return [each for each in SCHEDULES if each.every.minute == minute]


def work(address: str, end: datetime) -> None:
    """One worker: its clock goes on by six minutes at every look, from the newest due time that was claimed."""
    database = Database(address)
    with database.read() as session:
        newest = session.scalar(select(func.max(Firing.due_at))) or START
    clock = StoppedClock(max(newest, START))
    worker = Worker(database, clock, None, Settings(secret_key="bench", plain_http=True))  # type: ignore[arg-type]
    worker.schedules = SCHEDULES
    worker.queues = {each.name: partial(_queue, each) for each in SCHEDULES}
    worker.kinds = {"bench": lambda payload: _work(database, payload)}
    worker.beat()
    beaten = time.monotonic()
    while True:
        clock.set(min(clock.now() + STEP, end))
        worker.tick()
        worker.run_waiting()
        if time.monotonic() - beaten > BEAT_SECONDS:
            worker.beat()
            beaten = time.monotonic()


def _queue(schedule: Schedule, session: Session, due_at: datetime) -> list[Job]:
    key = f"{schedule.name}:{due_at.isoformat()}"
    return [enqueue(session, "bench", key, {"key": key}, asked_by="worker", at=due_at)]


def _work(database: Database, payload: dict[str, Any]) -> None:
    with database.write() as session:
        session.execute(text(DONE), payload)


def main(arguments: list[str]) -> None:
    """Measure alone, or be one of the workers."""
    if arguments[:1] == ["work"]:
        return work(arguments[1], datetime.fromisoformat(arguments[2]))
    count = int(arguments[0]) if arguments else FIRINGS
    with tempfile.TemporaryDirectory() as folder:
        for one in firings(Path(folder), count, arguments[1] if len(arguments) > 1 else None):
            print(f"{one.name}: {one.ours_ms} ms each against {one.theirs_ms} ms, {one.ratio}")
    return None


if __name__ == "__main__":
    main(sys.argv[1:])
