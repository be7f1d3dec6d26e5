"""Two files compared at a terminal: types said, windows shown, exit codes a script can rely on. No database."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from algocare.cli.main import main
from algocare.cli.output import REFUSED, USAGE
from monitoring.engine.files import guess_columns


def people(rows: int, seed: int, *, older: float = 0.0, start: str = "2026-01-01") -> pd.DataFrame:
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "person": [f"{seed}-{row}" for row in range(rows)],
            "day": pd.date_range(start, periods=rows // 10, freq="D").repeat(10).strftime("%Y-%m-%d"),
            "age": draw.normal(30 + older, 8, rows).round(2),
            "working": np.where(draw.random(rows) < 0.4, "yes", "no"),
            "area": draw.choice(["North", "South"], rows),
            "sex": draw.choice(["F", "M"], rows),
        }
    )
    frame["score"] = (1 / (1 + np.exp((frame["age"] - 30) * 0.1))).round(4)
    frame["returned"] = (draw.random(rows) < frame["score"]).astype(int)
    return frame


@pytest.fixture
def drift(tmp_path: Path) -> Any:
    def call(reference: pd.DataFrame, current: pd.DataFrame, *options: str) -> Result:
        reference.to_csv(tmp_path / "then.csv", index=False)
        current.to_parquet(tmp_path / "now.parquet")
        files = [str(tmp_path / "then.csv"), str(tmp_path / "now.parquet")]
        return CliRunner().invoke(main, ["drift", *files, *options], catch_exceptions=False)

    return call


PARTS = ("--person", "person", "--time", "day")


def test_unchanged_people_keep_every_limit_and_types_are_said(drift: Any) -> None:
    shown = drift(people(600, 1, start="2025-01-01"), people(400, 2), *PARTS, "--by-column")
    assert shown.exit_code == 0, shown.output
    assert "Read as numbers: age, score, returned" not in shown.output
    assert "Read as yes or no: working, returned." in shown.output
    assert "PASSED: Every limit that could be checked was kept: 400 people compared with 600" in shown.output
    assert "at most about once in 100 watches" in shown.output
    assert "area looks as it did in the reference." in shown.output


def test_one_file_can_pass_as_a_whole_and_move_in_every_window(drift: Any) -> None:
    """A window is part of the result: half a year of older people and half of younger ones average out (R12)."""
    halves = [people(200, 3, older=12), people(200, 4, older=-12, start="2026-01-21")]
    reference = pd.concat([people(300, 5, older=12), people(300, 6, older=-12)])
    shown = drift(reference, pd.concat(halves), "--time", "day", "--window", "200", "--json")
    assert shown.exit_code == REFUSED
    told = json.loads(shown.stdout)
    age = [next(one for one in each["columns"] if one["column"] == "age") for each in (told["whole"], *told["windows"])]
    assert [one["drifted"] for one in age] == [False, True, True]
    assert [each["current"]["people"] for each in told["windows"]] == [200, 200]
    assert told["windows"][0]["current"]["sha256"] != told["windows"][1]["current"]["sha256"]


def test_a_day_window_that_nobody_is_in_is_a_hole_and_fails(drift: Any) -> None:
    """R13: a batch that is missing never passes."""
    current = pd.concat([people(100, 7), people(100, 8, start="2026-01-21")])
    shown = drift(people(600, 1, start="2025-01-01"), current, *PARTS, "--window-days", "10")
    assert shown.exit_code == REFUSED
    assert "2026-01-11 to 2026-01-20: failed. The watch failed: no batch arrived" in shown.output


def test_scores_outcomes_and_groups_are_judged_with_limits_of_ones_own(drift: Any) -> None:
    """R15: groups are compared with counts; a limit of one's own decides the exit code."""
    judged = ("--score", "score", "--threshold", "0.5", "--outcome", "returned", "--group", "sex")
    reference, current = people(600, 1, start="2025-01-01"), people(400, 2)
    kept = drift(reference, current, *PARTS, *judged, "--limit", "precision_floor=0.3")
    assert kept.exit_code == 0, kept.output
    assert "precision_floor: 0." in kept.output
    assert "sex: it flags" in kept.output
    passed = drift(reference, current, *PARTS, *judged, "--limit", "precision_floor=0.99")
    assert passed.exit_code == REFUSED
    assert "WARNED: Of " in passed.output


@pytest.mark.parametrize(
    ("spoil", "options", "words"),
    [
        (lambda then, now: (now, then), PARTS, "the two look exchanged"),
        (lambda then, now: (then, pd.concat([now, now[:3]])), PARTS, "3 people are in the batch more than once"),
        (lambda then, now: (then, now.drop(columns="age")), (), "the batch has no column 'age'"),
        (lambda then, now: (then, now.assign(age="old")), (), "'old' is not a number"),
        (lambda then, now: (then, now.assign(day="2126-01-01")), PARTS, "still to come"),
        (lambda then, now: (then, then), (), "identical to one already compared"),
    ],
)
def test_files_that_cannot_be_compared_fail_in_words(
    drift: Any, spoil: Any, options: tuple[str, ...], words: str
) -> None:
    """R13: bad input is a verdict, never a pass."""
    shown = drift(*spoil(people(300, 1, start="2025-01-01"), people(200, 2)), *options)
    assert shown.exit_code == REFUSED, shown.output
    assert words in shown.output


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--window", "9", "--window-days", "9"), "not both"),
        (("--window-days", "9"), "needs --time"),
        (("--outcome", "returned"), "needs --score"),
        (("--score", "risk"), "no column 'risk'"),
        (("--time", "area"), "column 'area', row 2: no day or time"),
        (("--limit", "speed=1"), "There is no measure 'speed'"),
        (("--limit", "score_drift=99"), "must lie between 0.01 and 10"),
    ],
)
def test_wrong_usage_is_said_in_words(drift: Any, options: tuple[str, ...], words: str) -> None:
    shown = drift(people(60, 1), people(60, 2), *options)
    assert shown.exit_code == USAGE, shown.output
    assert words in shown.output


def test_types_are_guessed_from_what_is_there() -> None:
    """R13: what nothing can be compared of is named, not dropped in silence."""
    days = pd.to_datetime(["2026-01-01"] * 3)
    told = {"age": [20, None, 31], "came": ["yes", "no", "yes"], "area": ["A", "B", "C"]}
    frame = pd.DataFrame({**told, "day": days, "score": [0.1, 0.2, 0.3]})
    columns, left_out = guess_columns(frame, ["score"])
    assert [(one.name, one.type) for one in columns] == [("age", "number"), ("came", "yes_no"), ("area", "category")]
    assert left_out == ("day",)
