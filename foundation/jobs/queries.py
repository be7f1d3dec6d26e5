"""Reading jobs, due times and whether a worker lives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.jobs.schedules import Schedule, due_times, next_due
from foundation.jobs.signs import list_living
from foundation.jobs.tables import Firing, Job, WorkerSign
from foundation.jobs.values import GONE_SECONDS, STANDING, FiringState
from foundation.web.texts import count_text

LOOK_BACK = timedelta(days=7)
"""So long a due time that did not run is spoken of on the first screen; its row stays."""
SOON = timedelta(minutes=1)
"""A due time that is older and not begun is overdue."""
RAN = (FiringState.DONE, FiringState.FAILED)


@dataclass(frozen=True)
class Hole:
    """Due times in a row that did not run."""

    first: datetime
    last: datetime
    count: int


@dataclass(frozen=True)
class ScheduleLine:
    """How one schedule stands: what it did last, what is under way, what is next and what did not run lately."""

    schedule: Schedule
    last: Firing | None
    standing: Firing | None
    next_at: datetime
    holes: tuple[Hole, ...]

    @property
    def missed(self) -> int:
        """How many due times did not run."""
        return sum(hole.count for hole in self.holes)

    @property
    def took(self) -> str | None:
        """How long the last run took, from its claim to the end of its last job, in words."""
        if self.last is None or self.last.finished_at is None or self.last.claimed_at is None:
            return None
        seconds = round((self.last.finished_at - self.last.claimed_at).total_seconds())
        if seconds < 1:
            return "Less than a second"
        return count_text(seconds, "second") if seconds < 120 else count_text(seconds // 60, "minute")


@dataclass(frozen=True)
class Life:
    """Whether a worker lives, in a sentence."""

    alive: bool
    says: str


def list_recent(session: Session, limit: int = 50) -> Sequence[Job]:
    """The newest jobs first."""
    return session.scalars(select(Job).order_by(Job.id.desc()).limit(limit)).all()


def find_by_key(session: Session, key: str) -> Job | None:
    """The job that carries `key`, if any."""
    return session.scalars(select(Job).where(Job.key == key)).first()


def list_lines(session: Session, schedules: Sequence[Schedule], now: datetime) -> list[ScheduleLine]:
    """Every schedule with its last run, its next one and its holes; one that never began has none of them."""
    return [_line(session, schedule, now) for schedule in schedules]


def find_life(session: Session, now: datetime) -> Life:
    """Whether a worker gave a sign of life in the last half minute; a sign from the future is not believed."""
    signs = list_living(session)
    ages = [(now - sign.beat_at).total_seconds() for sign in signs]
    at_work = sum(abs(age) <= GONE_SECONDS for age in ages)
    if at_work > 1:
        return Life(True, f"{at_work} workers are at work. One is enough; what is due is done once all the same.")
    if at_work:
        return Life(True, "The worker is at work.")
    if any(age < 0 for age in ages):
        return Life(False, "The last sign of the worker is from the future. Set the clocks right, or start it again.")
    if ages:
        return Life(False, "The worker has fallen silent. Nothing that is due runs until one is started.")
    return Life(False, "No worker is at work. Nothing that is due runs until one is started.")


def find_last_sign(session: Session) -> datetime | None:
    """When a worker was last heard of."""
    return session.scalar(select(func.max(WorkerSign.beat_at)))


def say_what_ran(lines: Sequence[ScheduleLine]) -> str:
    """One sentence over all schedules: whether everything that was due in the last seven days has run (R12)."""
    missed = sum(line.missed for line in lines)
    failed = sum(line.last is not None and line.last.state == FiringState.FAILED for line in lines)
    if missed:
        said = f"{count_text(missed, 'thing')} that {'was' if missed == 1 else 'were'} due did not run."
    elif all(line.last is None for line in lines):
        said = "Nothing was due yet."
    else:
        said = "Everything that was due has run."
    return f"{said} {failed} ended with a problem the last time." if failed else said


def _line(session: Session, schedule: Schedule, now: datetime) -> ScheduleLine:
    own = select(Firing).where(Firing.schedule == schedule.name).order_by(Firing.due_at.desc(), Firing.id.desc())
    last = session.scalars(own.where(Firing.state.in_(RAN)).limit(1)).first()
    standing = session.scalars(own.where(Firing.state.in_(STANDING)).limit(1)).first()
    return ScheduleLine(schedule, last, standing, next_due(schedule.every, now), _holes(session, schedule, now))


def _holes(session: Session, schedule: Schedule, now: datetime) -> tuple[Hole, ...]:
    """Stretches of missed due times, and of due times that no worker has seen because none is at work."""
    own = (Firing.schedule == schedule.name) & Firing.by_hand_by_id.is_(None) & (Firing.due_at <= now)
    newest = session.scalar(select(func.max(Firing.due_at)).where(own))
    if newest is None:
        return ()
    start = now - LOOK_BACK
    known = select(Firing.due_at, Firing.state).where(own, Firing.due_at > start).order_by(Firing.due_at)
    late = due_times(schedule.every, max(newest, start), now - SOON)
    return _stretches([*session.execute(known).tuples(), *((due_at, FiringState.MISSED.value) for due_at in late)])


def _stretches(rows: Sequence[tuple[datetime, str]]) -> tuple[Hole, ...]:
    holes: list[Hole] = []
    going = False
    for due_at, state in rows:
        if state == FiringState.MISSED and going:
            holes[-1] = Hole(holes[-1].first, due_at, holes[-1].count + 1)
        elif state == FiringState.MISSED:
            holes.append(Hole(due_at, due_at, 1))
        going = state == FiringState.MISSED
    return tuple(holes)
