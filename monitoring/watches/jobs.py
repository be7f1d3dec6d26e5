"""What the worker does at night: watch every live use, keep what was found, and never let silence look like health.

Heavy libraries are imported here when a watch begins, never by the web process.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Refused
from foundation.files.service import get_content
from monitoring.engine.values import BatchCheck, BatchCode, Verdict, WatchResult, Window
from monitoring.outcomes.queries import latest_outcomes
from monitoring.outcomes.tables import Outcome
from monitoring.watches.queries import ScoredRow, earlier_digests, find_run, list_scored, plan_of, window_to
from monitoring.watches.rules import NotLive, check_live
from monitoring.watches.service import keep_run
from monitoring.watches.tables import WatchRun
from registry.evaluations.jobs import SCORE
from registry.evaluations.scales import scale_of
from registry.evaluations.scoring import Runner
from registry.models.queries import find_approval, get_use, list_uses
from registry.models.tables import ModelVersion

log = logging.getLogger("algocare.watches")


@dataclass(frozen=True)
class Batch:
    """Everything one watch needs, read from the database before the long work begins."""

    version: ModelVersion
    artefact: bytes
    evaluation: bytes
    rows: Sequence[ScoredRow]
    outcomes: Mapping[int, Outcome]
    digests: Collection[str]
    due_at: datetime


def run_nightly(database: Database, clock: Clock, engine: Runner, due_at: datetime) -> list[WatchRun]:
    """Watch every approved use, each on its own: what goes wrong with one stops no other."""
    with database.read() as session:
        numbers = sorted(use.id for use in list_uses(session, stage="approved"))
    runs = []
    for use_id in numbers:
        try:
            runs.append(run_watch(database, clock, engine, use_id, due_at))
        except NotLive as refusal:
            log.info("%s", refusal.sentence)
        except Exception:
            log.exception("the watch of use %s was not kept", use_id)  # it shows as a night without a watch
    return runs


def run_watch(database: Database, clock: Clock, engine: Runner, use_id: int, due_at: datetime) -> WatchRun:
    """Watch one live use for a night, once: a second call for the same night returns the first one's watch.

    Refuses with NotLive when the use gives no scores now (R13). Whatever else goes wrong on the way to a verdict
    is itself the verdict: failed, with a sentence.
    """
    with database.read() as session:
        standing = find_run(session, use_id, due_at)
        if standing is not None:
            return standing
        use = get_use(session, use_id)
        check_live(use, find_approval(session, use), london_date(clock.now()))
    return _keep(database, clock, use_id, due_at, _judge_or_say_why(database, engine, use_id, due_at))


def _keep(database: Database, clock: Clock, use_id: int, due_at: datetime, result: WatchResult) -> WatchRun:
    try:
        with database.write() as session:
            standing = find_run(session, use_id, due_at)
            return standing or keep_run(session, get_use(session, use_id), due_at, result, clock.now())
    except IntegrityError:
        with database.read() as session:
            standing = find_run(session, use_id, due_at)
        if standing is None:
            raise
        return standing  # another worker was first, and its watch is the one that counts


def _judge_or_say_why(database: Database, engine: Runner, use_id: int, due_at: datetime) -> WatchResult:
    try:
        return judge(_gather(database, use_id, due_at), engine)
    except AlgocareError as fault:
        return _not_completed(due_at, fault.sentence)
    except Exception:
        log.exception("the watch of use %s was not completed", use_id)
        return _not_completed(due_at, "Something went wrong on our side; the service's log has the details.")


def _gather(database: Database, use_id: int, due_at: datetime) -> Batch:
    with database.read() as session:
        version = get_use(session, use_id).version
        if version.evaluation_sha256 is None or not version.declaration.get("watch"):
            raise Refused("This version was registered without evaluation data or without a watch: nothing to compare.")
        return Batch(
            version=version,
            artefact=get_content(session, version.artefact_sha256),
            evaluation=get_content(session, version.evaluation_sha256),
            rows=list_scored(session, use_id, due_at),
            outcomes=latest_outcomes(session, version.model_id),
            digests=earlier_digests(session, use_id, due_at),
            due_at=due_at,
        )


def judge(batch: Batch, engine: Runner) -> WatchResult:
    """The verdict on a batch: the scores of the window against the evaluation file, scored by the same artefact."""
    from monitoring.engine.watch import watch
    from monitoring.watches.frames import current_frame, reference_frame

    version, plan = batch.version, plan_of(batch.version)
    declared = version.declaration["version"]["evaluation_data"]
    return watch(
        reference_frame(version, batch.artefact, batch.evaluation, engine),
        current_frame(batch.rows, batch.outcomes, declared["outcome_column"]),
        columns=version.features,
        outcome=declared["outcome_column"],
        outcome_name=version.outcome_name,
        threshold=version.threshold,
        bands=version.bands,
        groups={group["column"]: group["name"] for group in declared["groups"]},
        thresholds=plan.thresholds,
        minimum_rows=plan.minimum_rows,
        stale_after_days=plan.stale_after_days,
        newest=max((row.at for row in batch.rows), default=None),
        now=batch.due_at,
        earlier_digests=batch.digests,
        reference_window=Window(f"The evaluation file of version {version.number}, {declared['file']}"),
        current_window=window_to(batch.due_at),
        score=SCORE,
        scale=scale_of(version),
    )


def _not_completed(due_at: datetime, why: str) -> WatchResult:
    """A watch that crashed is a failed watch, kept and answered for like any other (R13)."""
    return WatchResult(
        verdict=Verdict.FAILED,
        sentence=f"The watch failed: it could not be completed. {why}",
        batch=BatchCheck(BatchCode.WRONG_COLUMNS, f"The batch was not judged. {why}"),
        reference=Window("Not reached"),
        current=window_to(due_at),
        columns=(),
        score=None,
        drifted_share=None,
        figures=None,
        outcome_coverage=(0, 0),
        breaches=(),
        not_assessed=("Drift, blanks, performance and fairness: the watch could not be completed.",),
        next_step="Find out why with the administrator and run the watch again. "
        "Until then nobody knows how the model behaves.",
    )
