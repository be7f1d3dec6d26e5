"""Rules of watches; pure, each refusal a sentence."""

from collections.abc import Callable, Collection
from datetime import date, datetime, time, timedelta

from foundation.clock import LONDON, london_date
from foundation.errors import Refused
from registry.models.tables import Approval, ModelVersion, Use

GRACE = timedelta(hours=1)
"""How long after its hour a night's watch may still be running before the night counts as missed."""


class NotLive(Refused):
    """The use gives no scores now, so there is no live deployment to watch (R13)."""

    code = "not_live"


def check_live(use: Use, approval: Approval | None, today: date) -> None:
    """Refuse to watch a use that gives no scores: a watch runs against live deployments only (R13)."""
    if use.stage != "approved":
        stage = use.stage_card.title.lower()
        raise NotLive(f"{use.title} is not live ({stage}), so there is nothing to watch.")
    if approval is None or approval.expires_on < today:
        raise NotLive(f"{use.title} is not live: its approval has ended, so there is nothing to watch.")


def check_batch_is_its_own(version: ModelVersion, artefacts: Collection[str]) -> None:
    """Refuse a batch that another model file than the approved one gave, be it for one person (R13)."""
    foreign = sorted(set(artefacts) - {version.artefact_sha256})
    if foreign:
        raise Refused(
            f"Scores in the batch were given by a model file that is not live (SHA-256 {foreign[0][:12]}…), "
            f"not by that of {version.title}.",
            code="not_live",
        )


def is_due(cadence: str, day: date) -> bool:
    """Whether a watch is due in the night to a day: every night, to every Monday, to the first of every month (R12)."""
    return {"weekly": day.weekday() == 0, "monthly": day.day == 1}.get(cadence, True)


def night(day: date, hour: int) -> datetime:
    """The moment at which the watches of the night to `day` are due, at `hour` London time."""
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def last_due(now: datetime, hour: int, cadence: str = "nightly") -> datetime:
    """When the newest watch was due that has had the time to run."""
    day = london_date(now)
    while not is_due(cadence, day) or night(day, hour) + GRACE > now:
        day -= timedelta(days=1)
    return night(day, hour)


def find_holes(
    watched: Collection[date],
    live_from: datetime,
    live_to: datetime,
    hour: int,
    cadence_at: Callable[[datetime], str] = lambda at: "nightly",
) -> list[date]:
    """The nights between two moments on which a watch was due and none ran, oldest first; `watched` are days with one.

    `cadence_at` says how often the use was watched at a moment. A check that silently does not run looks healthy for
    ever, so its absence is shown (R13).
    """
    day, last = london_date(live_from), london_date(live_to)
    missed = []
    while day <= last:
        due = night(day, hour)
        lived = live_from < due and due + GRACE <= live_to
        if lived and day not in watched and is_due(cadence_at(due), day):
            missed.append(day)
        day += timedelta(days=1)
    return missed
