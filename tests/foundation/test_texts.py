"""Dates, times and counts as people in Britain write them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from wtforms import ValidationError

from foundation.web.forms import read_day
from foundation.web.texts import count_text, date_text, list_text, moment_text, since_text, time_text

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_days_and_times() -> None:
    assert date_text(date(2027, 3, 3)) == "3 March 2027"
    assert moment_text(datetime(2027, 3, 3, 16, 5, tzinfo=UTC)) == "3 March 2027 at 4:05pm"
    assert date_text(None) == time_text(None) == moment_text(None) == "not set"


@pytest.mark.parametrize(
    ("hour", "said"), [(0, "12:00am"), (1, "1:00am"), (11, "11:00am"), (12, "12:00pm"), (13, "1:00pm"), (23, "11:00pm")]
)
def test_the_hours_of_a_day(hour: int, said: str) -> None:
    assert time_text(datetime(2027, 1, 3, hour, tzinfo=UTC)) == said


def test_summer_time_is_londons() -> None:
    late = datetime(2026, 7, 1, 23, 30, tzinfo=UTC)
    assert moment_text(late) == "2 July 2026 at 12:30am"


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "since today"), (1, "since yesterday"), (2, "for 2 days"), (12, "for 12 days"), (-3, "since today")],
)
def test_how_long_something_waits(days: int, said: str) -> None:
    assert since_text(NOON - timedelta(days=days), NOON) == said


def test_yesterday_is_a_day_not_24_hours() -> None:
    morning = datetime(2026, 11, 22, 0, 30, tzinfo=UTC)
    assert since_text(datetime(2026, 11, 21, 23, 50, tzinfo=UTC), morning) == "since yesterday"
    assert since_text(None, NOON) == ""


def test_counts_and_lists() -> None:
    assert count_text(1, "person", "people") == "1 person"
    assert count_text(2, "person", "people") == "2 people"
    assert count_text(0, "row") == "0 rows"
    assert count_text(1445, "row") == "1,445 rows"
    assert list_text([]) == ""
    assert list_text(["a"]) == "a"
    assert list_text(["a", "b"]) == "a and b"
    assert list_text(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize("typed", ["2027-03-03", "3/3/2027", " 03/03/2027 "])
def test_a_day_is_read_as_typed(typed: str) -> None:
    assert read_day(typed) == date(2027, 3, 3)


@pytest.mark.parametrize("typed", [None, "", "soon", "31/2/2027", "3/3", "3/3/27/1", "2027-13-01", "3.3.2027"])
def test_what_is_no_day_is_refused_with_an_example(typed: str | None) -> None:
    with pytest.raises(ValidationError, match="3/3/2027"):
        read_day(typed)
