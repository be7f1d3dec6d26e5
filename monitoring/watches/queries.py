"""Reading watches: which ran, which are due, and which are missing."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import LONDON, london_date
from foundation.errors import NotFound
from foundation.lifecycle.queries import find_last_change
from monitoring.engine.values import WatchResult
from monitoring.watches.rules import find_holes, is_due
from monitoring.watches.tables import WatchRun
from registry.models.queries import list_uses
from registry.models.tables import Use
from registry.watch_plans.queries import cadence_at, cadence_of, list_cadences


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


def list_due(session: Session, due_at: datetime) -> list[Use]:
    """The approved uses whose plan has a watch in the night that ends with a moment, by number (R12)."""
    day, approved = london_date(due_at), list_uses(session, stage="approved")
    due = [use for use in approved if is_due(cadence_at(session, use, due_at), day)]
    return sorted(due, key=lambda use: use.id)


def list_holes(session: Session, use: Use, now: datetime, hour: int) -> list[date]:
    """The nights on which a watch was due and none ran while the newest approval stood, oldest first."""
    period = _live_period(session, use, now)
    if period is None:
        return []
    chosen = select(WatchRun.due_at).where(WatchRun.use_id == use.id, WatchRun.due_at >= period[0])
    watched = {london_date(due_at) for due_at in session.scalars(chosen)}
    cadences = list_cadences(session, use)
    return find_holes(watched, *period, hour, lambda at: cadence_of(cadences, at))


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
