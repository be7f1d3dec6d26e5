"""What a watch and the newest scores say beside Granularity and Accuracy, without a database."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from monitoring.cases.facts import tell_case
from monitoring.engine.values import (
    Action,
    BatchCheck,
    BatchCode,
    Breach,
    ColumnVerdict,
    Direction,
    Measure,
    Verdict,
    WatchResult,
    Window,
)
from monitoring.watches.facts import Place, find_missed, tell_age, tell_limits, tell_verdict
from registry.watch_plans.values import UNPLANNED, Limit

PLACE = Place(SimpleNamespace(id=7))
LIVE = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("newest", "live_from", "now", "missed"),
    [
        (None, LIVE, (22, 12), date(2026, 11, 22)),
        ((21, 2), LIVE, (22, 12), date(2026, 11, 22)),
        ((22, 2), LIVE, (22, 12), None),
        ((22, 12), LIVE, (22, 13), None),  # asked for by day
        ((21, 2), LIVE, (22, 2), None),  # tonight's may still be running
        ((20, 2), LIVE, (22, 2), date(2026, 11, 21)),
        (None, datetime(2026, 11, 22, 9, tzinfo=UTC), (22, 12), None),  # approved this morning
    ],
)
def test_last_night_is_missed_when_its_watch_had_the_time_to_run(newest, live_from, now, missed) -> None:
    at = datetime(2026, 11, *now, 30, tzinfo=UTC)
    ran = datetime(2026, 11, *newest, tzinfo=UTC) if newest else None
    assert find_missed(ran, live_from, at, 2) == missed


@pytest.mark.parametrize(("newest", "state"), [(date(2026, 10, 22), "good"), (date(2026, 10, 21), "red")])
def test_data_older_than_its_limit_is_red(newest, state) -> None:
    told = tell_age(PLACE, newest, date(2026, 11, 22), 31)
    assert (told.letter, told.state) == ("granularity", state)
    assert told.text.endswith("The limit: 31 days.")


def column(name: str, *, unseen: tuple[str, ...] = (), missing: float = 0.0, drift: float = 0.01) -> ColumnVerdict:
    return ColumnVerdict(name, name, "psi", drift, 0.2, Direction.ABOVE, drift > 0.2, 0.0, missing, unseen, "Said.")


LIMITS = (
    Limit("missing_share", 0.1, "warn"),
    Limit("missing_share", 0.3, "suspend"),
    Limit("unseen_categories", 1, "refer"),
    Limit("precision_floor", 0.4, "suspend"),
)
HOUSE = Limit("score_drift", 0.2, "warn")
PLAN = replace(UNPLANNED, thresholds=LIMITS)


def told_by(
    *columns: ColumnVerdict, score: ColumnVerdict | None, breached: Sequence[Limit] = ()
) -> dict[str, tuple[str, str]]:
    """The state of each fact when a watch found these limits breached: facts never judge a second time."""
    window = Window("Everyone", date(2026, 10, 1), date(2026, 10, 30), 100, "0" * 64)
    batch = BatchCheck(BatchCode.OK, "Fine.")
    breaches = tuple(Breach(Measure(one.measure), 0.5, one.at, Action(one.action), "Said.") for one in breached)
    found = (columns, score, 0.0, None, (0, 100), breaches, (), "Nothing.")
    result = WatchResult(Verdict.PASSED, "Said.", batch, window, window, *found)
    return {fact.name: (fact.letter, fact.state) for fact in tell_limits(PLACE, result, PLAN, "returned")}


def test_each_limit_is_told_under_its_letter_and_what_nobody_could_assess_is_no_pass() -> None:
    quiet = told_by(column("age"), score=column("score"))
    assert quiet["Blanks"] == quiet["Values never seen before"] == ("granularity", "good")
    assert quiet["Movement of the scores"] == ("accuracy", "good")
    assert quiet["Right among those flagged"] == ("accuracy", "none")
    moved = column("age", missing=0.2, unseen=("new",))
    blank = told_by(moved, score=column("score", drift=0.4), breached=(LIMITS[0], LIMITS[2], HOUSE))
    assert (blank["Blanks"][1], blank["Values never seen before"][1]) == ("amber", "red")
    assert blank["Movement of the scores"] == ("accuracy", "amber")
    worse = told_by(column("age", missing=0.5), score=column("score"), breached=LIMITS[:2])
    assert worse["Blanks"] == ("granularity", "red")
    assert {state for _, state in told_by(score=None).values()} == {"none"}


@pytest.mark.parametrize(
    ("cadence", "day", "missed"),
    [
        ("weekly", 24, date(2026, 11, 23)),
        ("weekly", 22, None),
        ("monthly", 30, None),
        ("nightly", 24, date(2026, 11, 24)),
    ],
)
def test_only_a_watch_that_was_due_can_be_missed(cadence, day, missed) -> None:
    """A use that is watched every Monday or every first of a month misses nothing on other nights (R12)."""
    at = datetime(2026, 11, day, 12, tzinfo=UTC)
    assert find_missed(datetime(2026, 11, 20, 2, tzinfo=UTC), LIVE, at, 2, cadence) == missed


@pytest.mark.parametrize(("verdict", "state"), [("failed", "red"), ("passed", "good"), ("too_early", "none")])
def test_a_failed_watch_is_red_and_one_that_came_too_early_says_nothing(verdict, state) -> None:
    run = SimpleNamespace(id=3, verdict=verdict, due_at=LIVE, sentence="Said.")
    told = tell_verdict(replace(PLACE, run=run), run)
    assert (told.state, told.endpoint, dict(told.arguments)) == (state, "watches.show_run", {"run_id": 3})


@pytest.mark.parametrize(("kind", "letter"), [("watch", "accuracy"), ("law", "lawful"), ("upstream", "accuracy")])
def test_an_open_case_turns_its_letter_red(kind, letter) -> None:
    told = tell_case(SimpleNamespace(id=4, kind=kind, title="Something is wrong"))
    assert (told.letter, told.state, told.text) == (letter, "red", "Something is wrong.")
