"""Whether a model got better or worse: only beyond chance, and never from watches that share people (R12)."""

from datetime import date

import pytest

from foundation.errors import NotFound
from monitoring.engine.values import Window
from monitoring.reports.courses import Course, Measured, change, compare
from monitoring.reports.values import Quarter, period_of, read_quarter
from monitoring.reports.writing import summarise
from registry.evaluations.values import Figures, Measures, Proportion
from tests.conftest import NOON

SUMMER = Window("June", date(2026, 6, 1), date(2026, 6, 30), 1000)
AUTUMN = Window("October", date(2026, 10, 1), date(2026, 10, 30), 1000)
OVERLAPPING = Window("June to July", date(2026, 6, 15), date(2026, 7, 14), 1000)


def measured(window: Window, tp: int, fp: int, fn: int = 100, tn: int = 700) -> Measured:
    people = tp + fp + fn + tn
    overall = Measures("", "", people, tp, fp, fn, tn)
    rest = (None, 0.3, None, (), (), "0" * 64, people)
    return Measured(Figures("happened", 0.5, people, overall, (), (), 0.7, 0.6, 0.8, *rest), window)


@pytest.mark.parametrize(
    ("before", "after", "course"),
    [
        (measured(SUMMER, 100, 100), measured(AUTUMN, 100, 100), Course.STEADY),
        (measured(SUMMER, 100, 100), measured(AUTUMN, 104, 96), Course.STEADY),
        (measured(SUMMER, 60, 140, 140), measured(AUTUMN, 140, 60, 60), Course.BETTER),
        (measured(SUMMER, 140, 60, 60), measured(AUTUMN, 60, 140, 140), Course.WORSE),
        (measured(SUMMER, 60, 140, 40), measured(AUTUMN, 60, 20, 140), Course.MIXED),
        (measured(SUMMER, 140, 60), measured(OVERLAPPING, 60, 140), Course.UNKNOWN),
        (None, measured(AUTUMN, 100, 100), Course.UNKNOWN),
        (measured(SUMMER, 100, 100), None, Course.UNKNOWN),
        (measured(SUMMER, 4, 4, 1), measured(AUTUMN, 1, 7, 1), Course.UNKNOWN),
    ],
)
def test_a_model_improved_or_got_worse_only_beyond_chance(before, after, course) -> None:
    """Right among those flagged and found among those with the outcome, each with Newcombe's interval (R12)."""
    found, sentence = compare(before, after)
    assert found is course
    assert sentence.endswith(".")


def test_a_fall_beyond_chance_is_one_that_the_interval_says() -> None:
    """56 of 70 against 48 of 80: 0.0524 to 0.3339, as Newcombe's paper works it out (method 10)."""
    assert change(Proportion(56, 70), Proportion(48, 80)) == -1
    assert change(Proportion(48, 80), Proportion(56, 70)) == 1
    assert change(Proportion(9, 10), Proportion(3, 10)) == -1
    assert change(Proportion(9, 10), Proportion(6, 10)) == 0
    assert change(Proportion(9, 9), Proportion(3, 10)) is None


def test_quarters_follow_each_other_and_the_running_one_ends_now() -> None:
    assert [Quarter(2026, 4).before.code, Quarter(2026, 4).next.code] == ["2026-Q3", "2027-Q1"]
    assert Quarter(2026, 1).ends_on == date(2026, 3, 31)
    assert Quarter(2026, 4).title == "October to December 2026"
    assert period_of(Quarter(2026, 4), NOON).until == NOON
    assert period_of(Quarter(2026, 3), NOON).whole
    assert period_of(Quarter(2026, 3), NOON).until.isoformat() == "2026-09-30T23:59:59.999999+01:00"
    with pytest.raises(NotFound, match="has not begun"):
        period_of(Quarter(2027, 1), NOON)
    for code in ("2026-Q5", "26-Q1", "2026-q1", "2026-Q1/", "abcd-Q1"):
        with pytest.raises(NotFound):
            read_quarter(code)


def test_a_quarter_without_any_approved_model_says_so() -> None:
    assert summarise([], 0) == ["No model was approved in this quarter, so there is nothing to report."]
