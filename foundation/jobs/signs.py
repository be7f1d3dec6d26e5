"""Signs of life of workers, and telling who has fallen silent without trusting anybody's clock."""

import os
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from foundation.jobs.tables import Job, WorkerSign
from foundation.jobs.values import SILENT_BEATS

KEPT = timedelta(days=31)


def new_name() -> str:
    """A name for a worker process: machine, process and a random part, since numbers of processes come back."""
    return f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(3)}"


@dataclass
class Onlooker:
    """What one worker has seen of the others: the number of each one's last beat, and through how many own beats."""

    name: str
    seen: dict[str, tuple[int, int]] = field(default_factory=dict)

    def look(self, beats: dict[str, int | None]) -> set[str]:
        """Those who are not known to be dead, given everybody's last beat (None of one that ended)."""
        self.seen = {name: self._seen(name, beat) for name, beat in beats.items() if beat is not None}
        return {self.name} | {name for name, (_, silent) in self.seen.items() if silent < SILENT_BEATS}

    def _seen(self, name: str, beat: int) -> tuple[int, int]:
        before, silent = self.seen.get(name, (beat, -1))
        return beat, silent + 1 if beat == before else 0


def begin(session: Session, name: str, at: datetime) -> None:
    """Keep that a worker began, and forget those that were last heard of a month ago."""
    session.execute(delete(WorkerSign).where(WorkerSign.beat_at < at - KEPT))
    session.add(WorkerSign(name=name, started_at=at, beats=0, beat_at=at))


def beat(session: Session, onlooker: Onlooker, at: datetime) -> set[str]:
    """Give a sign of life, and return the workers with work under way that are not known to be dead."""
    mine = update(WorkerSign).where(WorkerSign.name == onlooker.name)
    if session.scalar(mine.values(beats=WorkerSign.beats + 1, beat_at=at).returning(WorkerSign.beats)) is None:
        begin(session, onlooker.name, at)
    busy = select(Job.claimed_by).where(Job.state == "running", Job.claimed_by.is_not(None)).distinct()
    signs = session.scalars(select(WorkerSign).where(WorkerSign.name.in_(busy)))
    return onlooker.look({sign.name: None if sign.ended_at else sign.beats for sign in signs})


def end(session: Session, name: str, at: datetime) -> None:
    """Keep that a worker was told to stop and did."""
    session.execute(update(WorkerSign).where(WorkerSign.name == name).values(ended_at=at, beat_at=at))


def list_living(session: Session) -> Sequence[WorkerSign]:
    """The workers that did not say that they ended, the one heard of last first."""
    chosen = select(WorkerSign).where(WorkerSign.ended_at.is_(None))
    return session.scalars(chosen.order_by(WorkerSign.beat_at.desc(), WorkerSign.name)).all()
