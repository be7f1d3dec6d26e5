"""Rules of watches; pure, each refusal a sentence."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

from foundation.clock import LONDON, london_date
from foundation.errors import Refused
from registry.models.tables import Approval, Use

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


def night(day: date, hour: int) -> datetime:
    """The moment at which the watches of the night to `day` are due, at `hour` London time."""
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def find_holes(watched: Collection[date], live_from: datetime, live_to: datetime, hour: int) -> list[date]:
    """The nights between two moments on which no watch ran, oldest first; `watched` are days with a watch.

    A check that silently does not run looks healthy for ever, so its absence is shown (R13).
    """
    day, last = london_date(live_from), london_date(live_to)
    missed = []
    while day <= last:
        due = night(day, hour)
        if live_from < due and due + GRACE <= live_to and day not in watched:
            missed.append(day)
        day += timedelta(days=1)
    return missed
