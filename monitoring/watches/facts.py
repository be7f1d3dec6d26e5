"""What the newest watch and the newest scores say, as facts beside Granularity and Accuracy (R12, R13)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.web.texts import count_text, date_text
from model_runtime.scores.tables import Score
from monitoring.engine.limits import in_force
from monitoring.engine.values import Action, Measure, Verdict, WatchResult
from monitoring.watches.queries import list_runs, result_of
from monitoring.watches.report import LimitLine, limit_lines
from monitoring.watches.rules import last_due
from monitoring.watches.tables import WatchRun
from monitoring.watches.values import thresholds_of
from registry.letters.values import LiveFact
from registry.models.tables import Use
from registry.watch_plans.measures import MEASURES
from registry.watch_plans.queries import get_plan, plan_of
from registry.watch_plans.values import WatchPlan


@dataclass(frozen=True)
class Place:
    """Where a fact leads: to one watch, or to all of a use."""

    use: Use
    run: WatchRun | None = None

    def fact(self, letter: str, name: str, text: str, state: str, brief: str = "") -> LiveFact:
        """A fact that leads there."""
        if self.run is not None:
            return LiveFact(letter, name, text, state, "watches.show_run", {"run_id": self.run.id}, brief)
        return LiveFact(letter, name, text, state, "watches.list_of_use", {"use_id": self.use.id}, brief)


def list_facts(session: Session, use: Use, now: datetime, *, hour: int) -> Sequence[LiveFact]:
    """What was watched last, each limit that is in force, the missed night and the age of the data.

    `hour` is the London hour of the night's watches. A use that was never approved is not watched and has no facts.
    """
    if not use.approvals:
        return []
    run = next(iter(list_runs(session, use.id, 1)), None)
    plan = plan_of(session, use)
    missed = _last_night(use, run, now, hour, plan.cadence)
    return [*missed, *_watched(session, use, run), *_age(session, use, now, plan)]


def _last_night(use: Use, run: WatchRun | None, now: datetime, hour: int, cadence: str) -> Iterator[LiveFact]:
    if use.stage != "approved" or use.approvals[0].expires_on < london_date(now):
        return
    due = find_missed(run.due_at if run else None, use.approvals[0].granted_at, now, hour, cadence)
    if due is not None:
        text = f"No watch ran in the night to {date_text(due)}. A check that does not run finds nothing wrong."
        name = "Last night's watch" if cadence == "nightly" else "The last watch that was due"
        yield Place(use).fact("granularity", name, text, "red", f"{name} is missing")


def find_missed(
    newest: datetime | None, live_from: datetime, now: datetime, hour: int, cadence: str = "nightly"
) -> date | None:
    """The day of the last watch that was due, if it is missing: the use was live then and none was due since.

    A night counts only when its watch has had the time to run; `cadence` says on which nights one is due.
    """
    due = last_due(now, hour, cadence)
    day = london_date(due)
    watched = newest is not None and london_date(newest) >= day
    return None if watched or live_from >= due else day


def _watched(session: Session, use: Use, run: WatchRun | None) -> Iterator[LiveFact]:
    if run is None:
        text = "No watch has run yet. What the first one finds about the data appears here."
        yield Place(use).fact("granularity", "Newest watch", text, "none")
        return
    yield tell_verdict(Place(use, run), run)
    if run.result:
        plan = get_plan(session, use, run.plan_number)
        yield from tell_limits(Place(use, run), result_of(run), plan, use.version.outcome_name)


def tell_verdict(place: Place, run: WatchRun) -> LiveFact:
    """Red when the watch failed and so nothing could be judged; what a watch did judge is told limit by limit."""
    when = f"The watch of {date_text(run.due_at)}"
    if run.verdict == Verdict.FAILED:
        text = f"{when} failed: {run.sentence}"
        return place.fact("granularity", "Newest watch", text, "red", "The newest watch failed")
    if run.verdict == Verdict.TOO_EARLY:
        return place.fact("granularity", "Newest watch", f"{when}: {run.sentence}", "none")
    return place.fact("granularity", "Newest watch", f"{when} could judge the data it was given.", "good")


def tell_limits(place: Place, result: WatchResult, plan: WatchPlan, outcome_name: str) -> list[LiveFact]:
    """One fact for each watched measure; of two limits on one the graver breach is told."""
    told: dict[Measure, tuple[int, LiveFact]] = {}
    for limit, line in zip(in_force(thresholds_of(plan)), limit_lines(result, plan, outcome_name), strict=True):
        rank, state = _graveness(line, limit.action)
        text = f"{line.found or 'The newest watch could not assess it.'} The limit: {line.limit}."
        brief = MEASURES[limit.measure].title if state in ("amber", "red") else ""
        fact = place.fact(MEASURES[limit.measure].letter, MEASURES[limit.measure].name, text, state, brief)
        if rank > told.get(limit.measure, (-1, fact))[0]:
            told[limit.measure] = rank, fact
    return [fact for _, fact in told.values()]


def _graveness(line: LimitLine, action: Action) -> tuple[int, str]:
    if line.tone == "bad":
        return (2, "amber") if action is Action.WARN else (3, "red")
    return (1, "good") if line.tone == "good" else (0, "none")


def _age(session: Session, use: Use, now: datetime, plan: WatchPlan) -> Iterator[LiveFact]:
    newest = session.scalar(select(func.max(Score.as_of)).where(Score.use_id == use.id))
    if newest is not None:
        yield tell_age(Place(use), newest, london_date(now), plan.stale_after_days)


def tell_age(place: Place, newest: date, today: date, limit: int) -> LiveFact:
    """How old the data of the newest score is, against the age from which it counts as stale; red above it."""
    days = (today - newest).days
    age = count_text(days, "day")
    text = f"The newest score rests on data of {date_text(newest)}, {age} old. The limit: {limit} days."
    if days <= limit:
        return place.fact("granularity", "Age of the data", text, "good")
    return place.fact("granularity", "Age of the data", text, "red", f"Data {age} old")
