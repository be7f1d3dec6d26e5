"""The one worker process: it claims what is due and runs the jobs it takes from the database.

What is due, and whether it was claimed, stands in the database and in `algocare/schedules.py`; the scheduler in memory
only says when to look. Two workers by mistake, a killed one or a clock that was moved therefore double nothing (R12).
"""

import logging
import os
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

import algocare.tables  # noqa: F401 - every table is known before the first is used
from algocare.app import make_engine, make_table_engine
from algocare.health.starting import check_sandbox, record_acceptance
from algocare.locking import check_lock, wait_for_lock
from algocare.schedules import list_schedules
from foundation.clock import LONDON, Clock, SystemClock
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Refused
from foundation.jobs import signs
from foundation.jobs.firings import attach, claim_asked, claim_due, fail_firing, forget_old, list_asked, list_due
from foundation.jobs.schedules import Unit
from foundation.jobs.service import claim, enqueue, finish, forget_done, hand_back, requeue_interrupted
from foundation.jobs.tables import Firing, Job
from foundation.jobs.values import BEAT_SECONDS
from foundation.ledger.service import sequence
from foundation.settings import Settings
from foundation.web.texts import count_text
from model_runtime.cohorts.service import requeue_runs
from model_runtime.engine.client import EngineClient, find_layers
from model_runtime.training.service import queue_missing
from registry.explanations.service import queue_missing as queue_explanations

log = logging.getLogger("algocare.worker")

STOP_SECONDS = 10.0
"""How long a worker that is told to stop waits for its job; then the job is handed back and begun anew by the next."""
GOES_ON = ("run_cohort",)
"""Jobs that go on where a killed worker stopped, and so are begun again however often that was."""
UNEXPECTED = "The job stopped unexpectedly; the worker's log has the details."


@dataclass(frozen=True)
class Pace:
    """How often the worker looks, in seconds: for ledger places, for jobs, for what is due; and how often it beats."""

    sequence: float = 0.5
    jobs: float = 1.0
    due: float = 5.0
    beat: float = BEAT_SECONDS


class Worker:
    """Claims what is due, runs queued jobs one after the other and keeps the ledger's chain up to date."""

    def __init__(
        self, database: Database, clock: Clock, engine: EngineClient, settings: Settings | None = None
    ) -> None:
        self.database, self.clock, self.engine = database, clock, engine
        self.settings = settings or Settings()
        self.schedules = list_schedules(self.settings)
        self.onlooker = signs.Onlooker(signs.new_name())
        self._stopping, self._idle = threading.Event(), threading.Event()
        self._idle.set()
        self.queues: dict[str, Callable[[Session, datetime], Sequence[Job]]] = {
            "law": lambda session, due_at: [self._enqueue(session, "check_footings", due_at)],
            "conditions": lambda session, due_at: [self._enqueue(session, "check_conditions", due_at)],
            "practices": lambda session, due_at: [self._enqueue(session, "check_practices", due_at)],
            "cases": lambda session, due_at: [self._enqueue(session, "check_cases", due_at)],
            "quarter": lambda session, due_at: [self._enqueue(session, "make_quarterly", due_at)],
            "reconcile": lambda session, due_at: [self._enqueue(session, "reconcile", due_at)],
            "missing": self._queue_missing,
            "watches": self._queue_watches,
            "morning": self._queue_telling,
            "tell": self._queue_telling,
            "tidy": self._forget_old,
        }
        self.kinds: dict[str, Callable[[dict[str, Any]], None]] = {
            "evaluate_version": self._evaluate,
            "build_training": self._build_training,
            "explain_version": self._explain,
            "validate": self._validate,
            "build_pack": self._build_pack,
            "build_minutes": self._build_minutes,
            "run_watch": self._watch,
            "build_paper": self._build_paper,
            "make_quarterly": self._make_quarterly,
            "check_footings": self._check_footings,
            "check_conditions": self._check_conditions,
            "check_practices": self._check_practices,
            "check_cases": self._check_cases,
            "check_upstream": self._check_upstream,
            "look_back": self._look_back,
            "tell": self._tell,
            "run_cohort": self._run_cohort,
            "reconcile": self._reconcile,
            "read_outcomes": self._read_outcomes,
        }

    def sequence(self) -> int:
        """Give waiting ledger entries their places."""
        with self.database.write() as session:
            return sequence(session)

    def run_waiting(self) -> int:
        """Run every queued job until there is none or the worker is told to stop; one that fails stops no other."""
        count = 0
        while not self._stopping.is_set() and (job := self._claim()) is not None:
            self._run(job)
            count += 1
        return count

    def tick(self) -> None:
        """Claim what is due or was asked for, and queue its jobs in the transaction of the claim (R12)."""
        now = self.clock.now()
        with self.database.read() as session:
            due, asked = list_due(session, self.schedules, now), list_asked(session)
        for schedule in due:
            self._fire(partial(claim_due, schedule=schedule, now=now, by=self.name))
        for number in asked:
            self._fire(partial(claim_asked, firing_id=number, now=now, by=self.name))

    def beat(self) -> int:
        """Give a sign of life, and queue again what workers had begun that have fallen silent; how many jobs."""
        now = self.clock.now()
        with self.database.write() as session:
            alive = signs.beat(session, self.onlooker, now)
            count = requeue_interrupted(session, alive, at=now, patient=GOES_ON)
        if count:
            log.warning("A worker fell silent: %s taken over.", count_text(count, "job is", "jobs are"))
        return count

    def stop(self, seconds: float = STOP_SECONDS) -> int:
        """Claim nothing more, give the job under way so long to end, then hand it back; how many were handed back."""
        self._stopping.set()
        self._idle.wait(seconds)
        with self.database.write() as session:
            signs.end(session, self.name, self.clock.now())
            return hand_back(session, self.name)

    @property
    def name(self) -> str:
        """What this worker is called in claims and signs of life."""
        return self.onlooker.name

    def queue_night(self, due_at: datetime) -> None:
        """Queue one night's work at once, whatever the hour: each piece runs once for that night."""
        nightly = [each for each in self.schedules if each.every.unit == Unit.NIGHTLY]
        with self.database.write() as session:
            for schedule in nightly:
                self.queues[schedule.name](session, due_at)

    def queue_telling(self, at: datetime) -> None:
        """Queue telling everybody what waits for them: once a minute at most (R12)."""
        with self.database.write() as session:
            self._queue_telling(session, at)

    def _fire(self, claim_one: Callable[[Session], Firing | None]) -> None:
        claimed: tuple[str, datetime] | None = None
        try:
            with self.database.write() as session:
                if (firing := claim_one(session)) is not None:
                    claimed = firing.schedule, firing.due_at
                    attach(session, firing, self._queue(session, *claimed))
        except OperationalError:
            log.exception("the database did not answer; what is due is looked for again")
        except Exception:
            log.exception("what was due could not be queued")
            if claimed is not None:
                self._fail(*claimed)

    def _queue(self, session: Session, name: str, due_at: datetime) -> Sequence[Job]:
        if name not in self.queues:
            raise Refused("This version of ALGOCARE knows no such schedule.", code="unknown_schedule")
        return self.queues[name](session, due_at)

    def _fail(self, name: str, due_at: datetime) -> None:
        problem = "What was due could not be queued; the worker's log has the details."
        with self.database.write() as session:
            fail_firing(session, name, due_at, self.name, self.clock.now(), problem)

    def _enqueue(self, session: Session, kind: str, due_at: datetime, use_id: int | None = None) -> Job:
        moment = f"{due_at:%Y-%m-%dT%H:%M}"
        key = f"{kind}:{moment}" if use_id is None else f"{kind}:{use_id}:{moment}"
        payload = {} if use_id is None else {"use": use_id, "due_at": due_at.isoformat()}
        return enqueue(session, kind, key, payload, asked_by="worker", at=self.clock.now())

    def _queue_watches(self, session: Session, due_at: datetime) -> list[Job]:
        from monitoring.watches.queries import list_due as list_due_uses

        return [self._enqueue(session, "run_watch", due_at, use.id) for use in list_due_uses(session, due_at)]

    def _queue_missing(self, session: Session, due_at: datetime) -> list[Job]:
        queue_missing(session, self.clock.now())
        queue_explanations(session, self.clock.now())
        return []

    def _queue_telling(self, session: Session, due_at: datetime) -> list[Job]:
        forget_done(session, "tell")
        return [self._enqueue(session, "tell", due_at)]

    def _forget_old(self, session: Session, due_at: datetime) -> list[Job]:
        forget_old(session, self.clock.now())
        return []

    def _claim(self) -> Job | None:
        with self.database.write() as session:
            return claim(session, self.clock.now(), self.name)

    def _run(self, job: Job) -> None:
        self._idle.clear()
        try:
            problem = self._do(job)
            with self.database.write() as session:
                kept = finish(session, job.id, self.clock.now(), problem, self.name)
        finally:
            self._idle.set()
        if not kept:
            log.warning("job %s was taken over meanwhile; how it ended here is not kept", job.id)

    def _do(self, job: Job) -> str | None:
        try:
            self.kinds[job.kind](job.payload)
        except AlgocareError as error:
            return error.sentence
        except Exception:
            log.exception("job %s (%s) failed", job.id, job.kind)
            return UNEXPECTED
        return None

    def _evaluate(self, payload: dict[str, Any]) -> None:
        from registry.evaluations.jobs import evaluate

        evaluate(self.database, self.clock, self.engine, payload["version"])
        with self.database.write() as session:
            queue_explanations(session, self.clock.now())
        self._build_training(payload)

    def _build_training(self, payload: dict[str, Any]) -> None:
        from model_runtime.training.jobs import build_training

        build_training(self.database, self.clock, self.engine, payload["version"])

    def _explain(self, payload: dict[str, Any]) -> None:
        from registry.explanations.jobs import explain_version

        explain_version(self.database, self.clock, self.engine, payload["version"])

    def _validate(self, payload: dict[str, Any]) -> None:
        from assessments.validation.jobs import validate

        validate(self.database, self.clock, self.engine, payload["validation"])

    def _build_pack(self, payload: dict[str, Any]) -> None:
        from audit.packs.jobs import build

        build(self.database, self.clock, payload["pack"], self.settings.attestation_days)

    def _build_minutes(self, payload: dict[str, Any]) -> None:
        from audit.minutes.jobs import build

        build(self.database, self.clock, payload["minutes"], payload["form"])

    def _watch(self, payload: dict[str, Any]) -> None:
        from monitoring.watches.jobs import run_watch

        due_at = datetime.fromisoformat(payload["due_at"])
        run_watch(self.database, self.clock, self.engine, payload["use"], due_at)

    def _build_paper(self, payload: dict[str, Any]) -> None:
        from audit.watch_reports.jobs import build

        build(self.database, self.clock, self.engine, payload["paper"], self.settings.nightly_hour)

    def _make_quarterly(self, payload: dict[str, Any]) -> None:
        from audit.watch_reports.jobs import make_quarter

        asked_by, hour = payload.get("asked_by"), self.settings.nightly_hour
        make_quarter(self.database, self.clock, hour, payload.get("quarter"), asked_by)

    def _check_footings(self, payload: dict[str, Any]) -> None:
        from monitoring.footings.jobs import check_footings

        check_footings(self.database, self.clock)

    def _check_practices(self, payload: dict[str, Any]) -> None:
        from monitoring.practices.jobs import check_practices

        check_practices(self.database, self.clock)

    def _check_cases(self, payload: dict[str, Any]) -> None:
        from monitoring.cases.jobs import check_cases

        check_cases(self.database, self.clock)

    def _check_conditions(self, payload: dict[str, Any]) -> None:
        from assessments.decisions.jobs import check_conditions

        check_conditions(self.database, self.clock)

    def _check_upstream(self, payload: dict[str, Any]) -> None:
        from monitoring.footings.jobs import check_upstream

        check_upstream(self.database, self.clock, payload["use"])

    def _look_back(self, payload: dict[str, Any]) -> None:
        from monitoring.lookbacks.jobs import look_back

        asked = {"asked_by_id": payload.get("asked_by"), "reason": payload.get("reason", "")}
        look_back(self.database, self.clock, payload["use"], **asked)

    def _reconcile(self, payload: dict[str, Any]) -> None:
        from monitoring.reconciling.jobs import reconcile

        reconcile(self.database, self.clock, self.settings.reconcile_folders)

    def _tell(self, payload: dict[str, Any]) -> None:
        from algocare.home.jobs import tell

        tell(self.database, self.clock, self.settings)

    def _read_outcomes(self, payload: dict[str, Any]) -> None:
        from monitoring.outcomes.jobs import read_handed_in

        read_handed_in(self.database, self.clock, payload["upload"])

    def _run_cohort(self, payload: dict[str, Any]) -> None:
        from model_runtime.cohorts.jobs import run_queued
        from model_runtime.cohorts.pools import LocalPool

        run_queued(
            self.database, self.clock, lambda: LocalPool(lambda: make_table_engine(self.settings)), payload["run"]
        )


def run(settings: Settings, database: Database, *, wait: bool = True, pace: Pace = Pace()) -> None:
    """Run until a signal comes. Beside another worker it stands by and takes over, or refuses without `wait`.

    Refuses to start with engines that nothing shuts in, and ends when it no longer holds what only one worker can.
    """
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    missing = check_sandbox(settings, find_layers(settings.engine_mib))
    ended, lost = threading.Event(), threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    held = wait_for_lock(settings, database, ended, wait)
    if held is None:
        return
    engine = make_engine(settings)
    engine.warm_up()
    worker = Worker(database, SystemClock(), engine, settings)
    _begin(worker, missing)
    scheduler = make_scheduler(worker, pace)
    scheduler.add_job(lambda: check_lock(held, ended, lost), "interval", seconds=pace.beat, id="lock")
    scheduler.start()
    ended.wait()
    scheduler.shutdown(wait=False)
    if worker.stop():
        os._exit(0)  # what was handed back belongs to the next worker from now on: nothing more is done here
    engine.close()
    held.close()
    if lost.is_set():
        raise Refused("The worker lost its lock, because its connection or its file is gone.", code="lock_lost")


def _begin(worker: Worker, missing: Sequence[Any]) -> None:
    now = worker.clock.now()
    with worker.database.write() as session:
        record_acceptance(session, worker.settings, missing, now)
        signs.begin(session, worker.name, now)
        requeue_runs(session)
        queue_missing(session, now)


def make_scheduler(worker: Worker, pace: Pace = Pace()) -> BackgroundScheduler:
    """When to look: never two looks of the same kind at once, and one that is late is made up for once."""
    scheduler = BackgroundScheduler(timezone=LONDON, job_defaults={"max_instances": 1, "coalesce": True})
    scheduler.add_job(worker.sequence, "interval", seconds=pace.sequence, id="sequence")
    scheduler.add_job(worker.run_waiting, "interval", seconds=pace.jobs, id="jobs")
    scheduler.add_job(worker.tick, "interval", seconds=pace.due, id="due")
    scheduler.add_job(worker.beat, "interval", seconds=pace.beat, id="beat")
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return scheduler
