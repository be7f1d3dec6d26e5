"""When recurring work is due, as data: hours and days in London, none skipped and none doubled when clocks change."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from foundation.clock import LONDON, london_date

HOUR = timedelta(hours=1)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
QUARTERS = (1, 4, 7, 10)


class Unit(StrEnum):
    """How often."""

    HOURLY = "hourly"
    NIGHTLY = "nightly"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


@dataclass(frozen=True)
class Every:
    """A rhythm in London time. An hourly one knows only its minute; `weekday` counts from Monday as 0, `day` to 28."""

    unit: Unit
    hour: int = 0
    minute: int = 0
    weekday: int = 0
    day: int = 1

    def __post_init__(self) -> None:
        if not (0 <= self.hour <= 23 and 0 <= self.minute <= 59 and 0 <= self.weekday <= 6 and 1 <= self.day <= 28):
            raise ValueError("A rhythm needs a real hour, minute and weekday, and a day that every month has.")

    @property
    def text(self) -> str:
        """The rhythm in words."""
        at = f"at {self.hour:02}:{self.minute:02}"
        return {
            Unit.HOURLY: f"Every hour at {self.minute} minutes past",
            Unit.NIGHTLY: f"Every night {at}",
            Unit.WEEKLY: f"Every {DAYS[self.weekday]} {at}",
            Unit.MONTHLY: f"On day {self.day} of every month {at}",
            Unit.QUARTERLY: f"On day {self.day} of January, April, July and October {at}",
        }[self.unit]

    def falls_on(self, day: date) -> bool:
        """Whether something is due on a day; of an hourly rhythm on every day."""
        if self.unit == Unit.WEEKLY:
            return day.weekday() == self.weekday
        if self.unit in (Unit.MONTHLY, Unit.QUARTERLY):
            return day.day == self.day and (self.unit == Unit.MONTHLY or day.month in QUARTERS)
        return True


@dataclass(frozen=True)
class Schedule:
    """Recurring work: a stored `name`, a `title` for people, when it is due, and how late it may still be made up."""

    name: str
    title: str
    every: Every
    grace: timedelta = field(default=timedelta(hours=6))


def due_times(every: Every, after: datetime, until: datetime) -> list[datetime]:
    """The due times later than `after` and not later than `until`, oldest first, in UTC.

    A day has one due time of a daily rhythm whatever the clocks do: an hour that spring leaves out is taken by the
    clock of the night before (01:30 falls at 02:30), of an hour that autumn repeats the first one counts. An hourly
    rhythm follows real hours, of which such days have 23 and 25. Times without a zone are refused.
    """
    if after.tzinfo is None or until.tzinfo is None:
        raise ValueError("Due times are between times with a zone.")
    made = _hours(every, after, until) if every.unit == Unit.HOURLY else _days(every, after, until)
    return [due_at for due_at in made if after < due_at <= until]


def next_due(every: Every, after: datetime) -> datetime:
    """The first due time later than `after`, in UTC."""
    for days in (1, 8, 32, 93):
        if found := due_times(every, after, after + timedelta(days=days)):
            return found[0]
    raise AssertionError("every rhythm is due within a quarter")


def _days(every: Every, after: datetime, until: datetime) -> Iterator[datetime]:
    day, last = london_date(after), london_date(until)
    while day <= last:
        if every.falls_on(day):
            yield datetime.combine(day, time(every.hour, every.minute), tzinfo=LONDON).astimezone(UTC)
        day += timedelta(days=1)


def _hours(every: Every, after: datetime, until: datetime) -> Iterator[datetime]:
    at = after.astimezone(UTC).replace(minute=every.minute, second=0, microsecond=0)
    while at <= until:
        yield at
        at += HOUR
