"""One clock for the whole house, so that a test or a demonstration can choose the time."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")


class Clock(Protocol):
    """Anything that can say what time it is."""

    def now(self) -> datetime:
        """The time, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class StoppedClock:
    """A clock that stands still until it is moved; used by tests and by the demonstration's history."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("A clock is set to a time with a time zone.")
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def set(self, at: datetime) -> None:
        """Move the clock to `at`, forwards or backwards."""
        self._at = at.astimezone(UTC)

    def advance(self, **by: float) -> None:
        """Move the clock forward by the keyword arguments of `timedelta`."""
        self._at += timedelta(**by)


def london_date(at: datetime) -> date:
    """The calendar day in London on which `at` falls."""
    return at.astimezone(LONDON).date()
