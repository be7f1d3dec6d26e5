"""Reading jobs."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.jobs.tables import Job


def list_recent(session: Session, limit: int = 50) -> Sequence[Job]:
    """The newest jobs first."""
    return session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)).all()


def find_by_key(session: Session, key: str) -> Job | None:
    """The job that carries `key`, if any."""
    return session.scalars(select(Job).where(Job.key == key)).first()
