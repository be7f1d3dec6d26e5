"""What the worker does at night: watch every live use, keep what was found, and never let silence look like health.

Heavy libraries are imported here when a watch begins, never by the web process.
"""

import logging
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Refused
from foundation.files.service import get_content
from monitoring.engine.values import BatchCheck, BatchCode, Observed, Verdict, WatchResult, Window
from monitoring.outcomes.tables import Outcome
from monitoring.watches.observing import deployment_sentence, observe, outcomes_by_reference
from monitoring.watches.queries import earlier_digests, find_run, list_due
from monitoring.watches.rules import NotLive, check_batch_is_its_own, check_live
from monitoring.watches.service import keep_run
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import thresholds_of
from monitoring.watches.windows import Looked, find_sent_before, read_window, window_to
from registry.evaluations.jobs import SCORE
from registry.evaluations.scales import scale_of
from registry.evaluations.scoring import Runner
from registry.explanations.queries import find_findings
from registry.explanations.values import Weight
from registry.models.queries import find_approval, get_use
from registry.models.tables import ModelVersion, Use
from registry.watch_plans.queries import declared_plan, plan_of
from registry.watch_plans.values import UNPLANNED, WatchPlan

if TYPE_CHECKING:
    import pandas as pd

log = logging.getLogger("algocare.watches")


@dataclass(frozen=True)
class Batch:
    """Everything one watch needs, read from the database before the long work begins.

    `outcomes` are by the person's reference, `weights` what the evaluation was found to rest on, if that was explained.
    """

    version: ModelVersion
    plan: WatchPlan
    artefact: bytes
    evaluation: bytes
    looked: Looked
    outcomes: Mapping[str, Outcome]
    digests: Collection[str]
    sent_before: date | None
    observed: Observed
    weights: Sequence[Weight]
    deployment: str
    due_at: datetime


def run_nightly(database: Database, clock: Clock, engine: Runner, due_at: datetime) -> list[WatchRun]:
    """Watch every approved use that is due in a night, each on its own: what goes wrong with one stops no other."""
    with database.read() as session:
        numbers = [use.id for use in list_due(session, due_at)]
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
    plan, result = _judge_or_say_why(database, engine, use_id, due_at)
    return _keep(database, clock, use_id, due_at, plan, result)


def _keep(
    database: Database, clock: Clock, use_id: int, due_at: datetime, plan: WatchPlan, result: WatchResult
) -> WatchRun:
    try:
        with database.write() as session:
            standing = find_run(session, use_id, due_at)
            use = get_use(session, use_id)
            return standing or keep_run(session, use, due_at, result, clock.now(), plan.number)
    except IntegrityError:
        with database.read() as session:
            standing = find_run(session, use_id, due_at)
        if standing is None:
            raise
        return standing  # another worker was first, and its watch is the one that counts


def _judge_or_say_why(
    database: Database, engine: Runner, use_id: int, due_at: datetime
) -> tuple[WatchPlan, WatchResult]:
    """The verdict with the plan it follows; whatever goes wrong on the way to it is the verdict."""
    plan, deployed = UNPLANNED, ""
    try:
        with database.read() as session:
            use = get_use(session, use_id)
            plan = declared_plan(use.version)  # to be named when the one in force cannot be read
            plan = plan_of(session, use)
            deployed = deployment_sentence(use, find_approval(session, use), plan)
            batch = _gather(session, use, plan, deployed, due_at)
        return plan, judge(batch, engine)
    except AlgocareError as fault:
        return plan, _not_completed(plan, due_at, deployed, fault.sentence)
    except Exception:
        log.exception("the watch of use %s was not completed", use_id)
        why = "Something went wrong on our side; the service's log has the details."
        return plan, _not_completed(plan, due_at, deployed, why)


def _gather(session: Session, use: Use, plan: WatchPlan, deployed: str, due_at: datetime) -> Batch:
    version = use.version
    if version.evaluation_sha256 is None or plan is UNPLANNED:
        raise Refused("This version was registered without evaluation data or without a watch: nothing to compare.")
    looked = read_window(session, use, plan, due_at)
    check_batch_is_its_own(version, looked.artefacts)
    findings = find_findings(session, version)
    return Batch(
        version=version,
        plan=plan,
        artefact=get_content(session, version.artefact_sha256),
        evaluation=get_content(session, version.evaluation_sha256),
        looked=looked,
        outcomes=outcomes_by_reference(session, version.model_id),
        digests=earlier_digests(session, use.id, due_at),
        sent_before=find_sent_before(session, use.id, due_at),
        observed=observe(session, use, plan, looked.start, due_at),
        weights=findings.weights if findings else (),
        deployment=deployed,
        due_at=due_at,
    )


def judge(batch: Batch, engine: Runner) -> WatchResult:
    """The verdict on a batch: the scores of the window against the evaluation file, scored by the same artefact."""
    from monitoring.engine.watch import watch
    from monitoring.watches.frames import current_frame, reference_frame

    version, plan = batch.version, batch.plan
    declared = version.declaration["version"]["evaluation_data"]
    names = [feature.name for feature in version.features]
    reference = reference_frame(version, batch.artefact, batch.evaluation, engine)
    current = current_frame(batch.looked, batch.outcomes, declared["outcome_column"], names)
    return watch(
        reference,
        current,
        columns=version.features,
        outcome=declared["outcome_column"],
        outcome_name=version.outcome_name,
        threshold=version.threshold,
        bands=version.bands,
        groups={group["column"]: group["name"] for group in declared["groups"]},
        thresholds=thresholds_of(plan),
        minimum_rows=plan.minimum_rows,
        minimum_outcomes=plan.minimum_outcomes,
        stale_after_days=plan.stale_after_days,
        newest=batch.looked.newest,
        now=batch.due_at,
        earlier_digests=batch.digests,
        reference_window=Window(f"The evaluation file of version {version.number}, {declared['file']}"),
        current_window=batch.looked.window,
        score=SCORE,
        scale=scale_of(version),
        observed=_with_reasons(batch, current, engine),
        deployment=batch.deployment,
        sent_before=batch.sent_before,
    )


def _with_reasons(batch: Batch, current: "pd.DataFrame | None", engine: Runner) -> Observed:
    """What was observed, with what the model rests on now and for the evaluation, where both can be said."""
    from monitoring.watches.frames import reasons_now

    if current is None or len(current) < batch.plan.minimum_rows or not batch.weights:
        return batch.observed
    concepts = {one.name: one.inputs for one in batch.weights}
    now = reasons_now(batch.version, batch.artefact, current, engine, concepts)
    return replace(
        batch.observed, reasons_reference={one.name: one.share for one in batch.weights}, reasons_current=now
    )


def _not_completed(plan: WatchPlan, due_at: datetime, deployed: str, why: str) -> WatchResult:
    """A watch that crashed is a failed watch, kept and answered for like any other (R13)."""
    return WatchResult(
        verdict=Verdict.FAILED,
        sentence=f"The watch failed: it could not be completed. {why}",
        batch=BatchCheck(BatchCode.WRONG_COLUMNS, f"The batch was not judged. {why}"),
        reference=Window("Not reached"),
        current=window_to(plan, due_at),
        columns=(),
        score=None,
        drifted_share=None,
        figures=None,
        outcome_coverage=(0, 0),
        breaches=(),
        not_assessed=("Drift, blanks, performance and fairness: the watch could not be completed.",),
        next_step="Find out why with the administrator and run the watch again. "
        "Until then nobody knows how the model behaves.",
        deployment=deployed,
    )
