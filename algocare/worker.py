"""The one worker process: a schedule in memory, declared here, and the jobs it takes from the database."""

import fcntl
import logging
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import text

import algocare.tables  # noqa: F401 - every table is known before the first is used
from algocare.app import make_engine, make_table_engine
from algocare.health.starting import check_sandbox, record_acceptance
from foundation.clock import LONDON, Clock, SystemClock
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Refused
from foundation.jobs.service import claim, enqueue, finish, forget_done, requeue_interrupted
from foundation.jobs.tables import Job
from foundation.jobs.values import WORKER_FILE, WORKER_KEY
from foundation.ledger.service import sequence
from foundation.settings import Settings
from model_runtime.cohorts.service import requeue_runs
from model_runtime.engine.client import EngineClient, find_layers
from model_runtime.training.service import queue_missing
from registry.explanations.service import queue_missing as queue_explanations

log = logging.getLogger("algocare.worker")

SEQUENCE_EVERY = 0.5
JOBS_EVERY = 1.0


class Worker:
    """Runs queued jobs one after the other and keeps the ledger's chain up to date."""

    def __init__(
        self, database: Database, clock: Clock, engine: EngineClient, settings: Settings | None = None
    ) -> None:
        self.database, self.clock, self.engine = database, clock, engine
        self.settings = settings or Settings()
        self.kinds: dict[str, Callable[[dict[str, Any]], None]] = {
            "evaluate_version": self._evaluate,
            "build_training": self._build_training,
            "explain_version": self._explain,
            "validate": self._validate,
            "build_pack": self._build_pack,
            "build_minutes": self._build_minutes,
            "run_watch": self._watch,
            "check_footings": self._check_footings,
            "check_conditions": self._check_conditions,
            "check_practices": self._check_practices,
            "check_upstream": self._check_upstream,
            "look_back": self._look_back,
            "tell": self._tell,
            "run_cohort": self._run_cohort,
        }

    def sequence(self) -> int:
        """Give waiting ledger entries their places."""
        with self.database.write() as session:
            return sequence(session)

    def run_waiting(self) -> int:
        """Run every queued job; a job that fails says why and stops no other."""
        count = 0
        while (job := self._claim()) is not None:
            self._run(job)
            count += 1
        return count

    def queue_night(self, due_at: datetime) -> None:
        """Queue one night's work: first the look at the law, then the watch of every approved use; each runs once."""
        from registry.models.queries import list_uses

        with self.database.write() as session:
            key = f"check_footings:{due_at:%Y-%m-%d}"
            enqueue(session, "check_footings", key, {}, asked_by="worker", at=self.clock.now())
            key = f"check_conditions:{due_at:%Y-%m-%d}"
            enqueue(session, "check_conditions", key, {}, asked_by="worker", at=self.clock.now())
            key = f"check_practices:{due_at:%Y-%m-%d}"
            enqueue(session, "check_practices", key, {}, asked_by="worker", at=self.clock.now())
            queue_missing(session, self.clock.now())
            queue_explanations(session, self.clock.now())
            for use in list_uses(session, stage="approved"):
                payload = {"use": use.id, "due_at": due_at.isoformat()}
                key = f"run_watch:{use.id}:{due_at:%Y-%m-%d}"
                enqueue(session, "run_watch", key, payload, asked_by="worker", at=self.clock.now())
        self.queue_telling(due_at)

    def queue_telling(self, at: datetime) -> None:
        """Queue telling everybody what waits for them: each half hour is told at most once (R12)."""
        with self.database.write() as session:
            forget_done(session, "tell")
            key = f"tell:{at:%Y-%m-%dT%H}:{at.minute // 30}"
            enqueue(session, "tell", key, {}, asked_by="worker", at=self.clock.now())

    def _claim(self) -> Job | None:
        with self.database.write() as session:
            return claim(session, self.clock.now())

    def _run(self, job: Job) -> None:
        problem = None
        try:
            self.kinds[job.kind](job.payload)
        except AlgocareError as error:
            problem = error.sentence
        except Exception:
            log.exception("job %s (%s) failed", job.id, job.kind)
            problem = "The job stopped unexpectedly; the worker's log has the details."
        with self.database.write() as session:
            finish(session, job.id, self.clock.now(), problem)

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

    def _check_footings(self, payload: dict[str, Any]) -> None:
        from monitoring.footings.jobs import check_footings

        check_footings(self.database, self.clock)

    def _check_practices(self, payload: dict[str, Any]) -> None:
        from monitoring.practices.jobs import check_practices

        check_practices(self.database, self.clock)

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

    def _tell(self, payload: dict[str, Any]) -> None:
        from algocare.home.jobs import tell

        tell(self.database, self.clock, self.settings)

    def _run_cohort(self, payload: dict[str, Any]) -> None:
        from model_runtime.cohorts.jobs import run_queued
        from model_runtime.cohorts.pools import LocalPool

        run_queued(
            self.database, self.clock, lambda: LocalPool(lambda: make_table_engine(self.settings)), payload["run"]
        )


def run(settings: Settings, database: Database) -> None:
    """Run until a signal comes. Refuses to start beside another worker, or with engines that nothing shuts in."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    missing = check_sandbox(settings, find_layers(settings.engine_mib))
    held = _hold_lock(settings, database)
    engine = make_engine(settings)
    engine.warm_up()
    worker = Worker(database, SystemClock(), engine, settings)
    with database.write() as session:
        record_acceptance(session, settings, missing, worker.clock.now())
        requeue_interrupted(session)
        requeue_runs(session)
        queue_missing(session, worker.clock.now())
    scheduler = make_scheduler(worker, settings)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    scheduler.start()
    ended.wait()
    scheduler.shutdown(wait=False)
    engine.close()
    held.close()


def make_scheduler(worker: Worker, settings: Settings) -> BackgroundScheduler:
    """The schedule: never two runs of the same thing at once, and a late one is made up for once."""
    scheduler = BackgroundScheduler(timezone=LONDON, job_defaults={"max_instances": 1, "coalesce": True})
    scheduler.add_job(worker.sequence, "interval", seconds=SEQUENCE_EVERY, id="sequence")
    scheduler.add_job(worker.run_waiting, "interval", seconds=JOBS_EVERY, id="jobs")
    night = CronTrigger(hour=settings.nightly_hour, minute=0, timezone=LONDON)
    scheduler.add_job(lambda: worker.queue_night(worker.clock.now()), night, id="night", misfire_grace_time=6 * 3600)
    hour = CronTrigger(minute=30, timezone=LONDON)
    scheduler.add_job(lambda: worker.queue_telling(worker.clock.now()), hour, id="hour", misfire_grace_time=1800)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return scheduler


def _hold_lock(settings: Settings, database: Database) -> Any:
    """Hold what only one worker can hold: an advisory lock on PostgreSQL, a locked file beside SQLite."""
    refusal = Refused("Another worker is already running for this database.", code="second_worker")
    if database.engine.dialect.name == "postgresql":
        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": WORKER_KEY}).scalar():
            raise refusal
        # never back into the pool, where the lock would outlive whoever held it
        connection.detach()
        return connection
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    file = (settings.data_folder / WORKER_FILE).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise refusal from None
    return file
