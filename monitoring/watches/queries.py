"""Reading watches, and the scores a watch looks at."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.clock import LONDON, london_date
from foundation.errors import NotFound
from foundation.lifecycle.queries import find_last_change
from model_runtime.scores.tables import Score
from monitoring.engine.values import WatchResult, Window
from monitoring.watches.rules import find_holes
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import WINDOW_DAYS, WatchPlan
from registry.models.queries import list_uses
from registry.models.tables import ModelVersion, Use


@dataclass(frozen=True)
class ScoredRow:
    """A person's newest score in a window: the inputs as the model got them, `score` in the version's unit."""

    person_id: int
    features: Mapping[str, Any]
    score: float
    band: str
    at: datetime
    as_of: date


UNPLANNED: dict[str, Any] = {"minimum_rows": 10, "stale_after_days": 31, "thresholds": []}
"""For a version that declares no watch, such as a point score: its watches fail and say so."""


def plan_of(version: ModelVersion) -> WatchPlan:
    """How a version is watched, from its declaration."""
    return WatchPlan.from_dict(version.declaration.get("watch") or UNPLANNED)


def window_to(at: datetime) -> Window:
    """The window of a watch due at a moment: whole days in London, the day of the watch up to that moment."""
    end = london_date(at)
    return Window(
        f"Everyone scored in the {WINDOW_DAYS} days to {end.day} {end:%B %Y}, each by their newest score",
        end - timedelta(days=WINDOW_DAYS - 1),
        end,
    )


def list_scored(session: Session, use_id: int, at: datetime) -> list[ScoredRow]:
    """The newest score of every person that a use gave in the window to `at`, in order of time."""
    start = datetime.combine(window_to(at).start or london_date(at), time(), tzinfo=LONDON)
    columns = (Score.person_id, Score.features, Score.value, Score.band, Score.at, Score.as_of)
    chosen = select(*columns).where(Score.use_id == use_id, Score.at >= start, Score.at <= at)
    newest = {row.person_id: ScoredRow(*row) for row in session.execute(chosen.order_by(Score.at, Score.id))}
    return sorted(newest.values(), key=lambda row: (row.at, row.person_id))


def list_runs(session: Session, use_id: int, limit: int | None = None) -> Sequence[WatchRun]:
    """The watches of a use, newest first."""
    chosen = select(WatchRun).where(WatchRun.use_id == use_id).order_by(WatchRun.due_at.desc()).limit(limit)
    return session.scalars(chosen).all()


def list_runs_before(session: Session, run: WatchRun, limit: int) -> Sequence[WatchRun]:
    """The last watches of the same use that were due before this one, oldest first."""
    chosen = select(WatchRun).where(WatchRun.use_id == run.use_id, WatchRun.due_at < run.due_at)
    return list(session.scalars(chosen.order_by(WatchRun.due_at.desc()).limit(limit)))[::-1]


def get_run(session: Session, run_id: int) -> WatchRun:
    """A watch by number."""
    run = session.get(WatchRun, run_id)
    if run is None:
        raise NotFound("There is no such watch.")
    return run


def find_run(session: Session, use_id: int, due_at: datetime) -> WatchRun | None:
    """The watch of a use for one night, or none."""
    chosen = select(WatchRun).where(WatchRun.use_id == use_id, WatchRun.due_at == due_at)
    return session.scalars(chosen).first()


def result_of(run: WatchRun) -> WatchResult:
    """What a watch found."""
    return WatchResult.from_dict(run.result)


def earlier_digests(session: Session, use_id: int, at: datetime) -> set[str]:
    """The digests of batches of earlier windows; a second watch on the same day looks at the same window again."""
    chosen = select(WatchRun.due_at, WatchRun.current_sha256).where(
        WatchRun.use_id == use_id, WatchRun.due_at < at, WatchRun.current_sha256 != ""
    )
    today = london_date(at)
    return {sha256 for due_at, sha256 in session.execute(chosen).tuples() if london_date(due_at) < today}


def list_watched_uses(session: Session) -> list[Use]:
    """The uses that are watched, and those that were until they were suspended: by model and purpose."""
    uses = [use for stage in ("approved", "suspended") for use in list_uses(session, stage=stage)]
    return sorted(uses, key=lambda use: (use.version.model.name, use.purpose, use.id))


def list_holes(session: Session, use: Use, now: datetime, hour: int) -> list[date]:
    """The nights without a watch while the newest approval stood, oldest first."""
    period = _live_period(session, use, now)
    if period is None:
        return []
    chosen = select(WatchRun.due_at).where(WatchRun.use_id == use.id, WatchRun.due_at >= period[0])
    watched = {london_date(due_at) for due_at in session.scalars(chosen)}
    return find_holes(watched, *period, hour)


def last_runs(session: Session) -> dict[int, WatchRun]:
    """The newest watch of every use that has one, by the use's number."""
    newest = select(WatchRun.use_id, func.max(WatchRun.due_at).label("due_at")).group_by(WatchRun.use_id).subquery()
    joined = (WatchRun.use_id == newest.c.use_id) & (WatchRun.due_at == newest.c.due_at)
    return {run.use_id: run for run in session.scalars(select(WatchRun).join(newest, joined))}


def _live_period(session: Session, use: Use, now: datetime) -> tuple[datetime, datetime] | None:
    """From the newest approval until now, the suspension or the end of the approval, whichever came first."""
    if not use.approvals:
        return None
    return use.approvals[0].granted_at, min([now, *_ends(session, use)])


def _ends(session: Session, use: Use) -> Iterator[datetime]:
    approval = use.approvals[0]
    yield datetime.combine(approval.expires_on + timedelta(days=1), time(), tzinfo=LONDON)
    if approval.ended_at:
        yield approval.ended_at
    change = find_last_change(session, "use", use.id)
    if use.stage != "approved" and change is not None:
        yield change.at
