"""Lists of watches as pages need them: never more rows than are shown, and no result that is not told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from monitoring.watches.tables import WatchRun

PAGE = 50
"""Watches on one page of a use."""


@dataclass(frozen=True)
class RunRow:
    """A watch in a list: its number, the night it was for, its verdict and its sentence."""

    id: int
    due_at: datetime
    verdict: str
    sentence: str


@dataclass(frozen=True)
class RunPage:
    """One page of a use's watches, newest first; `pages` is at least 1."""

    rows: Sequence[RunRow]
    number: int
    pages: int
    count: int


def read_page(session: Session, use_id: int, number: int) -> RunPage:
    """A page of the watches of a use, newest first; a number beyond the last page gives the last one."""
    count = session.scalar(select(func.count()).select_from(WatchRun).where(WatchRun.use_id == use_id)) or 0
    pages = max(1, -(-count // PAGE))
    shown = min(max(number, 1), pages)
    columns = (WatchRun.id, WatchRun.due_at, WatchRun.verdict, WatchRun.sentence)
    chosen = select(*columns).where(WatchRun.use_id == use_id).order_by(WatchRun.due_at.desc())
    rows = session.execute(chosen.limit(PAGE).offset((shown - 1) * PAGE))
    return RunPage([RunRow(*row) for row in rows], shown, pages, count)


def last_runs(session: Session) -> dict[int, RunRow]:
    """The newest watch of every use that has one, by the use's number."""
    newest = select(WatchRun.use_id, func.max(WatchRun.due_at).label("due_at")).group_by(WatchRun.use_id).subquery()
    joined = (WatchRun.use_id == newest.c.use_id) & (WatchRun.due_at == newest.c.due_at)
    columns = (WatchRun.id, WatchRun.due_at, WatchRun.verdict, WatchRun.sentence)
    rows = session.execute(select(*columns, WatchRun.use_id).join(newest, joined))
    return {row.use_id: RunRow(*row[:4]) for row in rows}


@dataclass(frozen=True)
class Stretch:
    """Watches from one moment to another, newest first, the watch before the oldest of them, and how many more."""

    runs: Sequence[WatchRun]
    before: WatchRun | None
    left_out: int


def list_runs_since(session: Session, run: WatchRun, since: datetime | None, most: int) -> Stretch:
    """The newest `most` watches of a run's use up to it and due after `since`, or all when that is None."""
    of_use = WatchRun.use_id == run.use_id, WatchRun.due_at <= run.due_at
    after = (WatchRun.due_at > since,) if since else ()
    count = session.scalar(select(func.count()).select_from(WatchRun).where(*of_use, *after)) or 0
    wanted = min(count, most)
    runs = session.scalars(select(WatchRun).where(*of_use).order_by(WatchRun.due_at.desc()).limit(wanted + 1)).all()
    return Stretch(runs[:wanted], runs[wanted] if len(runs) > wanted else None, count - wanted)
