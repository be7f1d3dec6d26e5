"""Bad input is a clear verdict or an error, never a pass (R13)."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest

from monitoring.engine.batches import digest
from monitoring.engine.values import BatchCode, Measure, Threshold, Verdict, WatchResult
from tests.monitoring.engine.test_watch import GAP, OCTOBER, PRECISION, Action, made, watched


@pytest.fixture(scope="module")
def reference() -> pd.DataFrame:
    return made(900, seed=1)


def test_the_same_watch_without_bad_input_passes(reference: pd.DataFrame) -> None:
    """What makes the failures below mean something."""
    result = watched(reference, made(400, seed=2), people=range(400))
    assert result.verdict == Verdict.PASSED
    assert all(each.value is None or each.sentence for each in result.readings)


@pytest.mark.parametrize(
    ("spoil", "changed", "code", "words"),
    [
        (
            None,
            {"current_window": replace(OCTOBER, start=date(2024, 10, 1))},
            BatchCode.SWAPPED,
            "begins on 1 October 2024, before its reference, which begins on 1 January 2025",
        ),
        (None, {"people": [*range(398), 7, 9]}, BatchCode.DOUBLED, "2 people are in the batch more than once"),
        (
            lambda frame: pd.concat([frame, frame["age"].to_frame()], axis=1),
            {},
            BatchCode.WRONG_COLUMNS,
            "more than one column 'age'",
        ),
        (lambda frame: frame.rename(columns={"age": "years"}), {}, BatchCode.WRONG_COLUMNS, "no column 'age'"),
        (lambda frame: frame.assign(age=pd.Timestamp("2026-01-01")), {}, BatchCode.WRONG_COLUMNS, "is not a number"),
        (lambda frame: frame.assign(age=frame["working"]), {}, BatchCode.WRONG_COLUMNS, "is not a number"),
        (lambda frame: frame.assign(score="high"), {}, BatchCode.WRONG_COLUMNS, "'high' is not a number"),
    ],
)
def test_a_batch_that_cannot_be_judged_fails_every_measure(
    reference: pd.DataFrame, spoil: Any, changed: dict[str, Any], code: BatchCode, words: str
) -> None:
    current = made(400, seed=2)
    result = watched(reference, spoil(current) if spoil else current, **changed)
    assert (result.verdict, result.batch.code) == (Verdict.FAILED, code)
    assert words in result.sentence
    assert "7, 9" not in result.sentence, "nobody's reference is told"
    assert len(result.readings) == len(Measure)
    assert all(each.value is None and "Not assessed" in each.sentence for each in result.readings)
    assert "run the watch again" in result.next_step


def test_a_column_that_stands_still_where_it_varied_has_moved_even_below_the_limit(reference: pd.DataFrame) -> None:
    """A rare yes that disappears hardly moves the index; chance does not explain 400 people without one."""
    rare = reference.assign(working=np.arange(900) % 45 == 0)
    gone = watched(rare, made(400, seed=2).assign(working=False)).columns[2]
    assert (gone.value or 0) < 0.2
    assert gone.drifted
    assert gone.sentence == "Had work is now the same for everybody, 'no'; it varied in the reference."
    few = watched(rare, made(40, seed=2).assign(working=False)).columns[2]
    assert not few.drifted, "40 people without one are no surprise"
    one = made(40, seed=2).assign(age=lambda frame: frame["age"].where(frame.index == 0))
    assert not watched(rare, one).columns[1].drifted, "one value left is the same for everybody by itself"


@pytest.mark.parametrize(
    ("outcomes", "words"),
    [
        (np.nan, "known for 0 people, and 30 are needed"),
        (1.0, "fault in the recorded outcomes"),
        (0.0, "fault in the recorded outcomes"),
    ],
)
def test_outcomes_that_say_nothing_never_pass_a_limit_on_performance(
    reference: pd.DataFrame, outcomes: float, words: str
) -> None:
    result = watched(reference, made(400, seed=2).assign(returned=outcomes), thresholds=(PRECISION, GAP))
    assert result.verdict in (Verdict.TOO_EARLY, Verdict.FAILED)
    assert words in result.sentence
    known = {each.measure: each.value for each in result.readings}
    assert known[Measure.PRECISION_FLOOR] is known[Measure.MISS_RATE_GAP] is None


def test_the_smallest_number_of_outcomes_is_set_by_itself(reference: pd.DataFrame) -> None:
    """R12: a batch can be large enough while its outcomes are too few."""
    result = watched(reference, made(400, seed=2), minimum_outcomes=500, thresholds=(PRECISION,))
    assert result.verdict == Verdict.TOO_EARLY
    assert "known for 400 people, and 500 are needed" in result.sentence


@dataclass(frozen=True)
class Ranged:
    name: str = "age"
    meaning: str = "Age"
    type: str = "number"
    low: float | None = 0
    high: float | None = 90


def test_values_outside_the_declared_range_breach_their_limit(reference: pd.DataFrame) -> None:
    current = made(400, seed=2).assign(age=lambda frame: frame["age"].where(frame.index >= 20, 99))
    limit = Threshold(Measure.OUT_OF_RANGE_SHARE, 0.03, Action.REFER)
    result = watched(reference, current, columns=[Ranged()], thresholds=(limit,))
    assert result.verdict == Verdict.BREACHED
    assert result.sentence.startswith("Age lies outside 0 to 90 for 20 of 400 people (5%).")


def test_a_batch_without_a_score_is_compared_and_performance_is_said_to_be_left_out(reference: pd.DataFrame) -> None:
    result: WatchResult = watched(reference, made(400, seed=2), score=None, thresholds=(PRECISION,))
    assert result.score is None
    assert result.verdict == Verdict.TOO_EARLY
    assert "no score was given" in result.sentence


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.assign(a=[1, 2, 4]),
        lambda frame: frame.assign(b=["x", "y", "w"]),
        lambda frame: frame.assign(a=frame["a"][::-1].to_numpy()),
        lambda frame: frame.assign(a=[1, 2, None]),
        lambda frame: frame[:2],
        lambda frame: frame.rename(columns={"a": "c"}),
        lambda frame: frame.rename(columns={"a": "b", "b": "a"}),
        lambda frame: pd.concat([frame, frame[:1]]),
    ],
)
def test_any_change_of_the_people_changes_the_digest(change: Any) -> None:
    frame = pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    assert digest(change(frame)) != digest(frame) == digest(frame.sample(frac=1, random_state=1))
    assert len(digest(frame)) == 64
