"""Queueing, claiming and finishing jobs."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.jobs.tables import Job


def enqueue(session: Session, kind: str, key: str, payload: dict[str, Any], *, asked_by: str, at: datetime) -> Job:
    """Queue a job, or return the one that already carries `key`."""
    standing = session.scalars(select(Job).where(Job.key == key)).first()
    if standing is not None:
        return standing
    job = Job(kind=kind, key=key, payload=payload, asked_by=asked_by, asked_at=at, state="queued")
    session.add(job)
    session.flush()
    return job


def claim(session: Session, at: datetime) -> Job | None:
    """Take the oldest queued job for this process; two workers never get the same one."""
    oldest = select(Job).where(Job.state == "queued").order_by(Job.id).limit(1)
    job = session.scalars(oldest.with_for_update(skip_locked=True)).first()
    if job is not None:
        job.state, job.started_at = "running", at
    return job


def finish(session: Session, job_id: int, at: datetime, problem: str | None = None) -> None:
    """Close a job: done, or failed with the problem in a sentence."""
    state = "failed" if problem else "done"
    change = update(Job).where(Job.id == job_id).values(state=state, finished_at=at, problem=problem)
    session.execute(change)


def forget_done(session: Session, kind: str) -> None:
    """Remove the jobs of a kind that ended well: work that recurs all day would crowd out what people asked for."""
    session.execute(delete(Job).where(Job.kind == kind, Job.state == "done"))


def requeue(session: Session, keys: Collection[str]) -> int:
    """Queue jobs again that ended, by their keys; how many. Refuses none: what is waiting or under way stays so."""
    ended = session.scalars(select(Job).where(Job.key.in_(keys), Job.state.in_(("done", "failed")))).all()
    for job in ended:
        job.state, job.started_at, job.finished_at, job.problem = "queued", None, None, None
    return len(ended)


def requeue_interrupted(session: Session) -> int:
    """Queue again what a worker that was killed had begun; called when the one worker starts."""
    interrupted = session.scalars(select(Job).where(Job.state == "running")).all()
    for job in interrupted:
        job.state, job.started_at = "queued", None
    return len(interrupted)
