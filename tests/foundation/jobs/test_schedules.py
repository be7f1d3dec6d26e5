"""Due times in London: none is skipped and none doubled, whatever the clocks do."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.clock import LONDON, london_date
from foundation.jobs.schedules import Every, Unit, due_times, next_due

HOURS, MINUTES = st.integers(0, 23), st.sampled_from([0, 15, 30, 59])
RHYTHMS = st.builds(
    Every, st.sampled_from(list(Unit)), hour=HOURS, minute=MINUTES, weekday=st.integers(0, 6), day=st.integers(1, 28)
)
DAYS = ((2024, 3, 31), (2024, 10, 27), (2025, 3, 30), (2025, 10, 26), (2026, 3, 29), (2026, 10, 25), (2027, 3, 28))
CHANGES = [datetime(*day, 1, tzinfo=UTC) for day in DAYS]
"""When the clocks changed or will: at one in the morning, Greenwich time."""


@given(RHYTHMS, st.sampled_from(CHANGES), st.lists(st.integers(1, 60 * 30), min_size=1, max_size=40))
def test_however_often_one_looks_each_is_seen_once(rhythm: Every, change: datetime, minutes: list[int]) -> None:
    """R12: looks at any distance over a change of the clocks see what one look over the whole time sees."""
    start = at = change - timedelta(days=2)
    seen: list[datetime] = []
    for wait in minutes:
        seen += due_times(rhythm, at, at + timedelta(minutes=wait))
        at += timedelta(minutes=wait)
    assert seen == due_times(rhythm, start, at)
    assert seen == sorted(set(seen))


@given(HOURS, MINUTES, st.sampled_from(CHANGES))
def test_every_night_has_one_due_time(hour: int, minute: int, change: datetime) -> None:
    """R12: also the night that leaves out the hour, and the night that has it twice."""
    every = Every(Unit.NIGHTLY, hour=hour, minute=minute)
    first, end = (london_date(change) + timedelta(days=days) for days in (-3, 4))
    midnights = (datetime.combine(day, datetime.min.time(), tzinfo=LONDON).astimezone(UTC) for day in (first, end))
    times = due_times(every, *(midnight - timedelta(seconds=1) for midnight in midnights))
    assert [london_date(each) for each in times] == [first + timedelta(days=number) for number in range(7)]
    moved = {(each.astimezone(LONDON).hour, each.astimezone(LONDON).minute) for each in times} - {(hour, minute)}
    assert moved <= {(2, minute)}, "only the hour that spring leaves out is moved"


@pytest.mark.parametrize(
    ("hour", "minute", "day", "due"),
    [
        (2, 0, datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 1, 0, tzinfo=UTC)),
        (1, 30, datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        (1, 30, datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (2, 0, datetime(2026, 10, 24, 23, tzinfo=UTC), datetime(2026, 10, 25, 2, 0, tzinfo=UTC)),
    ],
)
def test_the_two_odd_nights(hour: int, minute: int, day: datetime, due: datetime) -> None:
    every = Every(Unit.NIGHTLY, hour=hour, minute=minute)
    assert due_times(every, day - timedelta(seconds=1), day + timedelta(hours=22)) == [due]


@pytest.mark.parametrize(
    ("every", "after", "due", "text"),
    [
        (
            Every(Unit.HOURLY, minute=30),
            (2026, 11, 22, 12, 30),
            (2026, 11, 22, 13, 30),
            "Every hour at 30 minutes past",
        ),
        (Every(Unit.WEEKLY, hour=3, weekday=6), (2026, 7, 5, 2), (2026, 7, 12, 2), "Every Sunday at 03:00"),
        (Every(Unit.MONTHLY, hour=3, day=28), (2026, 1, 30, 0), (2026, 2, 28, 3), "On day 28 of every month at"),
        (
            Every(Unit.QUARTERLY, hour=3),
            (2026, 4, 1, 2),
            (2026, 7, 1, 2),
            "On day 1 of January, April, July",
        ),
    ],
)
def test_what_is_next_and_in_words(every: Every, after: tuple, due: tuple, text: str) -> None:
    assert next_due(every, datetime(*after, tzinfo=UTC)) == datetime(*due, tzinfo=UTC)
    assert every.text.startswith(text)


@pytest.mark.parametrize("wrong", [{"hour": 24}, {"minute": 60}, {"weekday": 7}, {"day": 29}, {"day": 0}])
def test_a_rhythm_that_some_days_or_months_do_not_have_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="rhythm"):
        Every(Unit.MONTHLY, **wrong)
    with pytest.raises(ValueError, match="zone"):
        due_times(Every(Unit.HOURLY), datetime(2026, 1, 1), datetime(2026, 1, 2))
