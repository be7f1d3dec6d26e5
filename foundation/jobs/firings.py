"""Due times: claimed once, however many workers there are; what nobody ran in time is kept as a hole."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.jobs.schedules import Schedule, due_times
from foundation.jobs.tables import Firing, Job
from foundation.jobs.values import STANDING, FiringState
from foundation.ledger.service import record

LOCK = 0x66697265
"""The advisory lock on PostgreSQL under which one worker at a time looks for what is due."""
MOST_HOLES = 500
"""So many due times are kept one by one after a long stop; the oldest of them says how many were before it."""
KEPT = timedelta(days=731)
"""How long a due time is kept that ran as it should: two years."""


def list_due(session: Session, schedules: Sequence[Schedule], now: datetime) -> list[Schedule]:
    """The schedules for which something is due or that never began; a cheap look before anything is locked."""
    begun = _last_due(session, now)
    return [each for each in schedules if each.name not in begun or due_times(each.every, begun[each.name], now)]


def claim_due(session: Session, schedule: Schedule, now: datetime, by: str) -> Firing | None:
    """Claim the newest due time for the worker `by`; None if there is none or another worker has it.

    One that is later than the schedule's grace, and all that came before, are kept as missed. A clock that was put
    back finds the rows of the first time; holes noted by a clock that ran ahead are taken back (R12).
    """
    _alone(session)
    session.execute(delete(Firing).where(Firing.schedule == schedule.name, _noted_ahead(now)))
    if (last := _last_due(session, now).get(schedule.name)) is None:
        _insert_once(session, [_row(schedule, now, FiringState.BEGAN, now, by)])
        return None
    missed = due_times(schedule.every, last, now)
    newest = missed.pop() if missed and now - missed[-1] <= schedule.grace else None
    _keep_missed(session, schedule, missed, now, by)
    if newest is None:
        return None
    claimed = _insert_once(session, [_row(schedule, newest, FiringState.QUEUED, now, by)])
    return session.get_one(Firing, claimed[0]) if claimed else None


def attach(session: Session, firing: Firing, jobs: Sequence[Job]) -> None:
    """Bind the jobs a due time queued to it, so that it ends when they have; without any it has ended."""
    session.flush()
    for job in jobs:
        if job.firing_id is None and job.state in ("queued", "running"):
            job.firing_id = firing.id
    session.flush()
    close_if_ended(session, firing.id, firing.claimed_at or firing.due_at)


def close_if_ended(session: Session, firing_id: int, at: datetime) -> None:
    """Close a due time whose jobs have all ended: done, or failed with how many of them and the first problem."""
    firing = session.get_one(Firing, firing_id, with_for_update=True)
    jobs = session.scalars(select(Job).where(Job.firing_id == firing_id).order_by(Job.id)).all()
    if firing.state != FiringState.QUEUED or any(job.state in ("queued", "running") for job in jobs):
        return
    failed = [job for job in jobs if job.state == "failed"]
    problem = f"{len(failed)} of {len(jobs)} failed. {failed[0].problem}" if failed else None
    end_firing(firing, at, problem)


def end_firing(firing: Firing, at: datetime, problem: str | None = None) -> None:
    """Close a due time: done, or failed with the problem in a sentence."""
    firing.state = FiringState.FAILED if problem else FiringState.DONE
    firing.finished_at, firing.problem = at, problem


def fail_firing(session: Session, schedule: str, due_at: datetime, by: str, at: datetime, problem: str) -> None:
    """Keep that what was due could not even be queued, with why, so that it is seen and not tried for ever."""
    _insert_once(session, [{"schedule": schedule, "due_at": due_at, "state": FiringState.QUEUED}])
    chosen = select(Firing).where(Firing.schedule == schedule, Firing.due_at == due_at).with_for_update()
    firing = session.scalars(chosen).one()
    if firing.state in STANDING:
        firing.claimed_at, firing.claimed_by = at, by
        end_firing(firing, at, problem)


def ask_for_run(session: Session, actor: Actor, schedule: Schedule, at: datetime) -> Firing:
    """An administrator asks that a schedule runs now; asked again before it ended, it is the same run (R12)."""
    check_permission(actor, Permission.SEE_JOBS)
    _alone(session)
    asked = Firing.by_hand_by_id.is_not(None)
    chosen = select(Firing).where(Firing.schedule == schedule.name, Firing.state.in_(STANDING), asked)
    if standing := session.scalars(chosen).first():
        return standing
    due_at, row = at, {"schedule": schedule.name, "state": FiringState.ASKED, "by_hand_by_id": actor.account_id}
    while not (made := _insert_once(session, [row | {"due_at": due_at}])):
        due_at += timedelta(microseconds=1)  # that moment is taken
    facts = {"schedule": schedule.name, "due_at": due_at.isoformat()}
    record(session, "schedule_run_by_hand", actor=actor.reference, at=at, facts=facts)
    return session.get_one(Firing, made[0])


def list_asked(session: Session) -> Sequence[int]:
    """The numbers of the runs that somebody asked for and no worker has begun."""
    return session.scalars(select(Firing.id).where(Firing.state == FiringState.ASKED).order_by(Firing.id)).all()


def claim_asked(session: Session, firing_id: int, now: datetime, by: str) -> Firing | None:
    """Claim a run that somebody asked for; None if another worker has it."""
    change = update(Firing).where(Firing.id == firing_id, Firing.state == FiringState.ASKED)
    claimed = change.values(state=FiringState.QUEUED, claimed_at=now, claimed_by=by).returning(Firing.id)
    return session.get_one(Firing, firing_id) if session.scalar(claimed) is not None else None


def forget_old(session: Session, now: datetime) -> None:
    """Remove due times that ran as they should more than two years ago; holes, failures and runs by hand stay."""
    old = (Firing.state == FiringState.DONE) & (Firing.due_at < now - KEPT) & Firing.by_hand_by_id.is_(None)
    session.execute(update(Job).where(Job.firing_id.in_(select(Firing.id).where(old))).values(firing_id=None))
    session.execute(delete(Firing).where(old))


def _last_due(session: Session, now: datetime) -> dict[str, datetime]:
    newest = select(Firing.schedule, func.max(Firing.due_at)).group_by(Firing.schedule)
    chosen = newest.where(Firing.by_hand_by_id.is_(None), Firing.due_at <= now, ~_noted_ahead(now))
    return dict(session.execute(chosen).tuples().all())


def _keep_missed(session: Session, schedule: Schedule, missed: Sequence[datetime], now: datetime, by: str) -> None:
    rows = [_row(schedule, due_at, FiringState.MISSED, now, by) for due_at in missed[-MOST_HOLES:]]
    if (before := len(missed) - len(rows)) > 0:
        rows[0]["problem"] = f"And {before:,} earlier ones since {missed[0]:%Y-%m-%d}."
    _insert_once(session, rows)


def _noted_ahead(now: datetime) -> ColumnElement[bool]:
    """Holes that were noted by a clock that ran ahead of `now`."""
    return (Firing.state == FiringState.MISSED) & (Firing.claimed_at > now)


def _row(schedule: Schedule, due_at: datetime, state: FiringState, at: datetime, by: str) -> dict[str, Any]:
    row = {"schedule": schedule.name, "due_at": due_at, "state": state}
    return row | {"claimed_at": at, "claimed_by": by, "problem": None}


def _insert_once(session: Session, rows: Sequence[dict[str, Any]]) -> Sequence[int]:
    """Insert what is not there yet, and give the numbers of what was inserted."""
    if not rows:
        return []
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return session.scalars(kind.insert(Firing).on_conflict_do_nothing().returning(Firing.id), list(rows)).all()


def _alone(session: Session) -> None:
    """One at a time; on SQLite a writing session is alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
