"""Quarters of a year, and what a report over all models is made of."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from foundation.clock import LONDON, london_date
from foundation.errors import NotFound

FORMAT = "algocare-quarter/1"
Content = dict[str, Any]
"""What a report says, as plain JSON: see `monitoring/reports/collecting.py`."""


@dataclass(frozen=True)
class Quarter:
    """Three months of a year, in London; `number` is 1 to 4."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """2026-Q4: stored, and in addresses."""
        return f"{self.year}-Q{self.number}"

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, self.number * 3 - 2, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return self.next.starts_on - timedelta(days=1)

    @property
    def next(self) -> "Quarter":
        """The quarter after it."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def before(self) -> "Quarter":
        """The quarter before it."""
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    @property
    def title(self) -> str:
        """October to December 2026."""
        return f"{self.starts_on:%B} to {self.ends_on:%B} {self.year}"


def quarter_of(at: datetime) -> Quarter:
    """The quarter of a moment, by its day in London."""
    day = london_date(at)
    return Quarter(day.year, (day.month + 2) // 3)


def read_quarter(code: str) -> Quarter:
    """A quarter by its code, like 2026-Q4; anything else is not found."""
    year, _, number = code.partition("-Q")
    if len(year) != 4 or not year.isdecimal() or number not in ("1", "2", "3", "4") or int(year) < 2000:
        raise NotFound("There is no such quarter.")
    return Quarter(int(year), int(number))


@dataclass(frozen=True)
class Period:
    """What a report is about: a quarter up to a moment, which is its end once it is over."""

    quarter: Quarter
    until: datetime
    whole: bool

    @property
    def since(self) -> datetime:
        """Its first moment."""
        return datetime.combine(self.quarter.starts_on, time(), tzinfo=LONDON)

    def covers(self, day: date) -> bool:
        """Whether a day lies in it."""
        return self.quarter.starts_on <= day <= london_date(self.until)


def period_of(quarter: Quarter, now: datetime) -> Period:
    """A quarter as far as it has come at `now`; refused for one that has not begun."""
    if london_date(now) < quarter.starts_on:
        raise NotFound("This quarter has not begun.")
    end = datetime.combine(quarter.next.starts_on, time(), tzinfo=LONDON)
    return Period(quarter, end - timedelta(microseconds=1), True) if now >= end else Period(quarter, now, False)
