"""Queueing, claiming and finishing jobs."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from foundation.jobs.firings import close_if_ended
from foundation.jobs.tables import Job
from foundation.jobs.values import MOST_INTERRUPTIONS

GIVEN_UP = (
    f"The worker ended {MOST_INTERRUPTIONS} times while it did this, so it does not begin it again. "
    "Its log says more; ask for it again when the cause is gone."
)


def enqueue(session: Session, kind: str, key: str, payload: dict[str, Any], *, asked_by: str, at: datetime) -> Job:
    """Queue a job, or return the one that already carries `key`."""
    standing = session.scalars(select(Job).where(Job.key == key)).first()
    if standing is not None:
        return standing
    job = Job(kind=kind, key=key, payload=payload, asked_by=asked_by, asked_at=at, state="queued")
    session.add(job)
    session.flush()
    return job


def claim(session: Session, at: datetime, by: str | None = None) -> Job | None:
    """Take the oldest queued job for the worker called `by`; two workers never get the same one."""
    oldest = select(Job).where(Job.state == "queued").order_by(Job.id).limit(1)
    job = session.scalars(oldest.with_for_update(skip_locked=True)).first()
    if job is not None:
        job.state, job.started_at, job.claimed_by = "running", at, by
    return job


def finish(session: Session, job_id: int, at: datetime, problem: str | None = None, by: str | None = None) -> bool:
    """Close a job: done, or failed with the problem in a sentence; the last one of a due time closes that too.

    Whoever lost the claim meanwhile, because it seemed dead, changes nothing and gets False.
    """
    held = select(Job).where(Job.id == job_id, Job.claimed_by == by).with_for_update()
    job = session.scalars(held).first()
    if job is None:
        return False
    _end(session, job, at, problem)
    return True


def forget_done(session: Session, kind: str) -> None:
    """Remove the jobs of a kind that ended well: work that recurs all day would crowd out what people asked for."""
    session.execute(delete(Job).where(Job.kind == kind, Job.state == "done"))


def requeue(session: Session, keys: Collection[str]) -> int:
    """Queue jobs again that ended, by their keys; how many. Refuses none: what is waiting or under way stays so."""
    ended = session.scalars(select(Job).where(Job.key.in_(keys), Job.state.in_(("done", "failed")))).all()
    for job in ended:
        _queue_again(job)
        job.interruptions = 0
    return len(ended)


def requeue_interrupted(
    session: Session, alive: Collection[str] = (), *, at: datetime | None = None, patient: Collection[str] = ()
) -> int:
    """Queue again what workers had begun that are not among the `alive`; how many.

    One that was interrupted for the third time fails with a sentence, except a kind that is `patient` because it goes
    on where it stopped. `at` is when, for what fails; without it nothing does.
    """
    lost = or_(Job.claimed_by.is_(None), Job.claimed_by.not_in(alive))
    interrupted = session.scalars(select(Job).where(Job.state == "running", lost).with_for_update()).all()
    for job in interrupted:
        job.interruptions += 1
        if at is not None and job.interruptions >= MOST_INTERRUPTIONS and job.kind not in patient:
            _end(session, job, at, GIVEN_UP)
            job.claimed_by = None
        else:
            _queue_again(job)
    return len(interrupted)


def hand_back(session: Session, by: str) -> int:
    """Queue again what a worker that is told to stop has not ended; being told to stop is no interruption."""
    held = session.scalars(select(Job).where(Job.state == "running", Job.claimed_by == by).with_for_update()).all()
    for job in held:
        _queue_again(job)
    return len(held)


def _queue_again(job: Job) -> None:
    job.state, job.claimed_by = "queued", None
    job.started_at, job.finished_at, job.problem = None, None, None


def _end(session: Session, job: Job, at: datetime, problem: str | None) -> None:
    job.state, job.finished_at, job.problem = "failed" if problem else "done", at, problem
    session.flush()
    if job.firing_id is not None:
        close_if_ended(session, job.firing_id, at)
