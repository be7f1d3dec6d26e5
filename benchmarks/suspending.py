"""How soon scores stop after a suspension, under load, and that none follows one: checked afterwards from the records.

`python -m benchmarks.suspending [SCORES]` runs it alone. Four threads ask for scores through the product's own service
as fast as they can. Another suspends the use at random moments, lets its approval expire at others, and has it approved
anew. Nothing of the gate or the service is left out: locks, both passes, the record, the ledger entry and the commit.
The engine's answers alone are asked for once per person and given again, because it is not what is measured here.
"""

import random
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks.forest import World, make_world
from benchmarks.measuring import Measurement
from foundation.clock import SystemClock
from foundation.settings import Settings
from model_runtime.engine.client import EngineClient
from model_runtime.engine.values import EngineAnswer
from model_runtime.scores.checking import Checked, check_scores
from model_runtime.scores.service import request_score
from model_runtime.scores.tables import Score
from registry.models.queries import find_approval, get_use
from registry.models.service import approve, suspend
from registry.models.tables import Approval
from registry.models.values import PermissionStage

THREADS, SCORES, PEOPLE, BETWEEN, CLOSED_SECONDS = 4, 2_000, 100, (20, 200), 0.05
"""A short run for `make bench`; on the command line ask for 100,000 scores. `BETWEEN` scores lie between stops."""
GOAL_MS = 100.0


@dataclass
class Run:
    """What was seen: when each score was given, when each stop was committed, and how each request ended."""

    given: list[float] = field(default_factory=list)
    stopped: list[float] = field(default_factory=list)
    opened: list[float] = field(default_factory=list)
    refused: dict[str, int] = field(default_factory=dict)
    closed: list[tuple[datetime, datetime]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def waits_ms(self) -> list[float]:
        """For each stop, how long after its commit the last score arrived that began before; 0 when none did."""
        waits = []
        given = sorted(self.given)
        for stop, opened in zip(self.stopped, [*self.opened, float("inf")], strict=False):
            after = [at for at in given if stop < at < opened]
            waits.append((after[-1] - stop) * 1000 if after else 0.0)
        return waits


class Remembering:
    """The engine, asked once for each row."""

    def __init__(self, engine: EngineClient) -> None:
        self._engine, self._answers = engine, dict[tuple[Any, ...], EngineAnswer]()

    def score(self, artefact: bytes, sha256: str, method: str, features: Any, rows: Any) -> EngineAnswer:
        """The same answer for the same row."""
        key = sha256, *rows[0].values()
        if key not in self._answers:
            self._answers[key] = self._engine.score(artefact, sha256, method, features, rows)
        return self._answers[key]


def suspensions(folder: Path, scores: int = SCORES, address: str | None = None) -> tuple[Measurement, Checked]:
    """Ask until so many scores were given, stop the use at random meanwhile; hold every score against the record."""
    settings = Settings(data_folder=folder / "suspending", secret_key="bench", plain_http=True)
    engine = EngineClient(seconds=60, load_seconds=120, keep=1)
    world = make_world(address or settings.address, engine, SystemClock().now(), PEOPLE)
    run, remembered = Run(), Remembering(engine)
    threads = [threading.Thread(target=_ask, args=(world, remembered, run, n)) for n in range(THREADS)]
    try:
        for thread in threads:
            thread.start()
        _stop_at_random(world, run, scores)
    finally:
        run.done.set()
        for thread in threads:
            thread.join()
        engine.close()
    allowed = timedelta(seconds=1) if world.database.engine.dialect.name == "postgresql" else timedelta(0)
    with world.database.read() as session:
        checked = check_scores(session, allowed)
        late = [_count_between(session, *times) for times in run.closed]
    assert not any(late), f"{sum(late)} scores are dated after a stop was committed"
    world.database.close()
    assert checked.good, checked.faults
    assert checked.scores == len(run.given), (checked.scores, len(run.given))
    waits = sorted(run.waits_ms())
    at_99 = waits[min(len(waits) - 1, int(len(waits) * 0.99))]
    name = f"last answer after a stop, 99th percentile of {len(waits)} stops, {checked.scores:,} scores / 100 ms"
    return Measurement(name, round(at_99 / GOAL_MS, 3), 1.0, round(at_99, 3), GOAL_MS, len(waits), GOAL_MS), checked


def _ask(world: World, engine: Remembering, run: Run, thread: int) -> None:
    clock, number = SystemClock(), 0
    while not run.done.is_set():
        number += 1
        answer = request_score(
            world.database,
            clock,
            engine,
            world.practitioner,
            person_reference=world.people[(number * THREADS + thread) % len(world.people)],
            purpose=world.purpose,
            use_id=world.use_id,
            request_key=f"{thread} {number}",
        )
        if isinstance(answer, Score):
            run.given.append(time.perf_counter())
        else:
            run.refused[answer.code] = run.refused.get(answer.code, 0) + 1
            time.sleep(0.01)  # a refused request is not the load that is measured


def _stop_at_random(world: World, run: Run, scores: int) -> None:
    chance = random.Random(20261122)
    while len(run.given) < scores:
        _wait_for(run, min(scores, len(run.given) + chance.randint(*BETWEEN)))
        stop = _suspend if chance.random() < 0.7 else _expire
        stop(world)
        run.stopped.append(time.perf_counter())
        committed = SystemClock().now()
        time.sleep(chance.uniform(1.0, 3.0) * CLOSED_SECONDS)
        run.opened.append(time.perf_counter())
        run.closed.append((committed, SystemClock().now()))
        _open_again(world)


def _wait_for(run: Run, count: int) -> None:
    """Until so many scores were given; a fault of the service would never end, and is told instead."""
    while len(run.given) < count:
        time.sleep(0.001)
        faults = {code: number for code, number in run.refused.items() if code not in CLOSED_CODES}
        assert not faults, faults


CLOSED_CODES = ("suspended", "approval_expired", "not_approved")


def _count_between(session: Session, after: datetime, before: datetime) -> int:
    counted = select(func.count(Score.id)).where(Score.at > after, Score.at < before)
    return session.scalar(counted) or 0


def _suspend(world: World) -> None:
    with world.database.write() as session:
        use = get_use(session, world.use_id)  # which begins the transaction: it is dated when nothing else is written
        suspend(session, world.chair, use, "At a random moment.", SystemClock().now())


def _expire(world: World) -> None:
    """Its last day was yesterday: a day passes in no run, so the approval is made to have been shorter."""
    with world.database.write() as session:
        now = SystemClock().now()
        standing = find_approval(session, get_use(session, world.use_id), lock=True)
        assert standing is not None
        session.execute(update(Approval).where(Approval.id == standing.id).values(expires_on=_yesterday(now)))


def _open_again(world: World) -> None:
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        now = SystemClock().now()
        standing = find_approval(session, use, lock=True)
        if standing is not None:  # what was given while it ran was given before it was made shorter
            standing.expires_on = _later(now)
        told: dict[str, Any] = {"conditions": [], "answers_sha256": "", "reason": "Go on.", "expires_on": _later(now)}
        approve(session, world.chair, use, at=now, permission=PermissionStage.OPERATIONAL, **told)


def _yesterday(now: datetime) -> date:
    return (now - timedelta(days=2)).date()


def _later(now: datetime) -> date:
    return (now + timedelta(days=365)).date()


def main() -> None:
    """Measure it alone, with as many scores as the first argument says."""
    scores = int(sys.argv[1]) if len(sys.argv) > 1 else SCORES
    with tempfile.TemporaryDirectory() as folder:
        measured, checked = suspensions(Path(folder), scores)
    print(measured)
    print(checked)


if __name__ == "__main__":
    main()
