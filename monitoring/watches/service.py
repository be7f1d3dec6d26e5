"""Commands about watches: asking for one, and keeping what it found with everything that follows from it."""

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.service import open_item
from assessments.decisions.suspensions import keep_suspension
from foundation.accounts.rules import check_permission
from foundation.accounts.values import WORKER, Actor, Permission
from foundation.clock import london_date
from foundation.jobs.service import enqueue
from foundation.jobs.tables import Job
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from foundation.web.texts import date_text
from monitoring.cases.queries import find_standing_case
from monitoring.cases.service import open_case
from monitoring.engine.values import Action, WatchResult
from monitoring.watches.rules import check_live
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import Found, findings_of
from registry.models.queries import find_approval
from registry.models.rules import check_owns
from registry.models.service import suspend
from registry.models.tables import Use

JOB = "run_watch"


def ask_for_watch(session: Session, actor: Actor, use: Use, at: datetime) -> Job:
    """Queue a watch of a live use now; its owner or deputy asks, and twice within a minute it runs once."""
    check_permission(actor, Permission.RUN_WATCH)
    if actor.account_id is not None:
        check_owns(use, actor)
    check_live(use, find_approval(session, use), london_date(at))
    payload = {"use": use.id, "due_at": at.isoformat()}
    key = f"{JOB}:{use.id}:{at.isoformat(timespec='minutes')}"
    return enqueue(session, JOB, key, payload, asked_by=actor.reference, at=at)


def keep_run(
    session: Session, use: Use, due_at: datetime, result: WatchResult, at: datetime, plan_number: int = 1
) -> WatchRun:
    """Keep a watch and, in the same transaction, open its cases, tell the committee and suspend where it so decided.

    `plan_number` is the version of the plan it was judged by.
    What already has an open case is not opened again; the committee gets one item for all that is new (R12).
    """
    stored = json.loads(json.dumps(result.to_dict()))  # as the database gives it back, so that its digest holds
    run = WatchRun(
        use_id=use.id,
        due_at=due_at,
        ran_at=at,
        verdict=result.verdict.value,
        sentence=result.sentence,
        result=stored,
        current_sha256=result.current.sha256,
        plan_number=plan_number,
    )
    run.use = use
    session.add(run)
    session.flush()
    facts = {"run": run.id, "use": use.id, "verdict": run.verdict, "result_sha256": content_digest(stored)}
    facts |= {"plan": plan_number}
    record(session, "watch_run", actor=WORKER.reference, at=at, model=use.version.model.slug, facts=facts)
    _follow_up(session, run, findings_of(result), at)
    return run


def _follow_up(session: Session, run: WatchRun, found: Sequence[Found], at: datetime) -> None:
    new = [each for each in found if find_standing_case(session, run.use_id, each.title, each.action) is None]
    for each in new:
        open_case(session, WORKER, run, title=each.title, action=each.action, at=at)
    suspended = _suspend(session, run, found, at)
    if suspended or any(each.action != Action.WARN for each in new):
        _tell_committee(session, run, found, suspended, at)


def _suspend(session: Session, run: WatchRun, found: Sequence[Found], at: datetime) -> bool:
    """Stop the use if a limit that suspends was breached; one that somebody else just stopped stays as it is."""
    reasons = [each.sentence for each in found if each.action == Action.SUSPEND]
    if not reasons:
        return False
    session.refresh(run.use, ["stage"], with_for_update=True)
    if run.use.stage != "approved":
        return False
    decided = f"The committee decided in watch plan {run.plan_number} that this suspends the model."
    suspend(session, WORKER, run.use, f"The watch of {date_text(run.due_at)} found: {reasons[0]} {decided}", at)
    return True


def _tell_committee(session: Session, run: WatchRun, found: Sequence[Found], suspended: bool, at: datetime) -> None:
    told = " ".join(each.sentence for each in found if each.action != Action.WARN)
    asked = (
        "May it give scores again, and on what conditions?" if suspended else "May it go on, and on what conditions?"
    )
    stopped = " The model was suspended at once, as its watch plan says." if suspended else ""
    item = open_item(
        session,
        run.use,
        kind="breach",
        title=f"{run.use.version.model.name[:120]}: what the watch of {date_text(run.due_at)} found",
        question=f"{told}{stopped} {asked}",
        at=at,
        actor=WORKER,
    )
    if suspended:
        keep_suspension(session, WORKER, run.use, kind="watch", reason=told, at=at, item=item)
