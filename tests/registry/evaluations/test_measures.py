import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate

from registry.evaluations.measures import measure, read_table
from registry.evaluations.values import EvaluationRefused, Figures, Proportion


@dataclass(frozen=True)
class Band:
    code: str
    name: str
    start: float
    end: float


BANDS = (Band("lower", "Lower", 0.0, 0.3), Band("medium", "Medium", 0.3, 0.5), Band("higher", "Higher", 0.5, 1.0))
GROUPS = {"ethnicity": "Ethnicity"}


def frame() -> pd.DataFrame:
    """200 people, no randomness: scores rise with the row, the outcome follows them for most."""
    rows = range(200)
    return pd.DataFrame(
        {
            "score": [row / 199 for row in rows],
            "returned": [int(row % 3 == 0) if row < 100 else int(row % 3 != 0) for row in rows],
            "ethnicity": [["Asian", "Black", "White"][row * 7 % 3] for row in rows],
            "age_group": [["Under 25", "25 and over"][row // 2 % 2] for row in rows],
            "rule": [row % 2 for row in rows],
        }
    )


def figures(table: pd.DataFrame, **changes: object) -> Figures:
    settings: dict = {
        "outcome": "returned",
        "score": "score",
        "threshold": 0.5,
        "bands": BANDS,
        "groups": GROUPS,
        "data_sha256": "a" * 64,
    }
    return measure(table, **{**settings, **changes})


def refusal(table: pd.DataFrame, **changes: object) -> tuple[str, str]:
    with pytest.raises(EvaluationRefused) as refused:
        figures(table, **changes)
    return refused.value.code, str(refused.value)


def test_counts_are_those_of_the_table() -> None:
    kept, table = figures(frame()), frame()
    flagged, had = table["score"] >= 0.5, table["returned"] == 1
    assert kept.overall.tp == (flagged & had).sum()
    assert kept.overall.fp == (flagged & ~had).sum()
    assert kept.overall.fn == (~flagged & had).sum()
    assert kept.overall.tn == (~flagged & ~had).sum()
    assert (kept.people, kept.rows, kept.data_sha256) == (200, 200, "a" * 64)


def test_a_score_at_the_threshold_is_flagged() -> None:
    table = frame().assign(score=[0.5] * 100 + [0.4999] * 100)
    assert figures(table).overall.flagged == Proportion(100, 200)


def test_rates_by_group_are_those_of_fairlearn() -> None:
    table = frame()
    expected = MetricFrame(
        metrics={"flagged": selection_rate, "recall": true_positive_rate, "false_positive_rate": false_positive_rate},
        y_true=table["returned"],
        y_pred=(table["score"] >= 0.5).astype(int),
        sensitive_features=table["ethnicity"],
    ).by_group
    shown = figures(table).by_group
    assert {each.value for each in shown} == {"Asian", "Black", "White"}
    for each in shown:
        for name in expected.columns:
            assert getattr(each, name).rate == pytest.approx(expected.loc[each.value, name])


def test_auc_is_the_share_of_pairs_in_the_right_order_with_hanley_and_mcneils_interval() -> None:
    table = pd.DataFrame({"returned": [0, 0, 1, 0, 1, 1], "score": [0.1, 0.2, 0.2, 0.6, 0.7, 0.9]})
    kept = figures(table, groups={})
    assert kept.auc == pytest.approx(7.5 / 9)
    # By hand: Q1 = 5/7, Q2 = 25/33, variance 0.03387 for 3 and 3 people
    assert kept.auc_high == 1.0
    assert kept.auc_low == pytest.approx(0.4726, abs=1e-4)


def test_brier_is_the_mean_squared_distance() -> None:
    table = frame()
    assert figures(table).brier == pytest.approx(float(np.mean((table["score"] - table["returned"]) ** 2)))


def test_bands_take_their_start_and_the_last_takes_its_end() -> None:
    table = frame().assign(score=[0.0, 0.3, 0.5, 1.0] * 50)
    assert [band.outcome.of for band in figures(table).bands] == [50, 50, 100]


def test_bands_that_leave_a_score_out_are_refused() -> None:
    code, sentence = refusal(frame(), bands=BANDS[:2])
    assert code == "bands_incomplete"
    assert "'score'" in sentence


def test_blank_group_values_are_a_group_of_their_own() -> None:
    table = frame()
    table.loc[:29, "ethnicity"] = None
    table.loc[30:39, "ethnicity"] = "  "
    shown = {each.value: each.people for each in figures(table).by_group}
    assert shown["Not recorded"] == 40
    assert sum(shown.values()) == 200


def test_a_small_group_is_named_as_not_assessed_and_makes_no_gap() -> None:
    table = frame()
    table.loc[:8, "ethnicity"] = "Mixed"
    kept = figures(table)
    assert "Ethnicity, Mixed: not assessed, fewer than 10 people" in kept.not_assessed
    assert kept.gaps
    assert not any("Mixed" in gap.between for gap in kept.gaps)


def test_a_rate_of_too_few_people_is_not_assessed_though_its_group_is() -> None:
    table = frame()
    table.loc[:19, "ethnicity"] = "Mixed"  # the twenty lowest scores: nobody flagged
    kept = figures(table)
    assert "Ethnicity, Mixed: precision not assessed, fewer than 10 people flagged" in kept.not_assessed
    between = {gap.measure: gap.between for gap in kept.gaps}
    assert "Mixed" not in between["precision"]
    assert between["flagged"][1] == "Mixed"


def test_a_gap_is_between_highest_and_lowest_with_newcombes_interval() -> None:
    # The published example: 56 of 70 against 48 of 80 is 0.2 (0.0524 to 0.3339)
    table = pd.DataFrame(
        {
            "returned": [1, 0] * 75,
            "score": [0.9] * 56 + [0.1] * 14 + [0.9] * 48 + [0.1] * 32,
            "ethnicity": ["Left"] * 70 + ["Right"] * 80,
        }
    )
    gap = next(each for each in figures(table).gaps if each.measure == "flagged")
    assert gap.between == ("Left", "Right")
    assert (gap.largest, gap.low, gap.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_groups_are_measured_together_on_request() -> None:
    kept = figures(frame(), groups={**GROUPS, "age_group": "Age"}, intersections=[("ethnicity", "age_group")])
    shown = [each for each in kept.by_group if each.group == "Ethnicity and Age"]
    assert len(shown) == 6
    assert sum(each.people for each in shown) == 200
    assert "Black, Under 25" in {each.value for each in shown}


def test_without_groups_fairness_is_not_tested() -> None:
    kept = figures(frame(), groups={})
    assert kept.by_group == kept.gaps == ()
    assert kept.not_assessed == ("No group was measured, so fairness was not tested.",)


def test_the_simple_rule_is_compared_with_equally_many_people_flagged() -> None:
    baseline = figures(frame(), baseline="rule").baseline
    assert baseline is not None
    rule, model = baseline["rule"], baseline["model_at_same_volume"]
    assert rule["tp"] + rule["fp"] == model["tp"] + model["fp"] == 100
    assert model["tp"] == frame()["returned"][100:].sum()
    assert baseline["rule_auc"] == pytest.approx(0.5, abs=0.05)


def test_the_same_file_gives_the_same_figures_and_they_survive_json() -> None:
    kept = figures(frame(), baseline="rule")
    assert kept == figures(frame(), baseline="rule")
    assert Figures.from_dict(json.loads(json.dumps(kept.to_dict(), allow_nan=False))) == kept


def edit(column: str, row: int, value: object) -> Callable[[], pd.DataFrame]:
    def edited() -> pd.DataFrame:
        table = frame().astype({column: object})
        table.loc[row, column] = value
        return table

    return edited


@pytest.mark.parametrize(
    ("table", "code", "told"),
    [
        (edit("returned", 3, None), "outcome_missing", "Column 'returned', row 5: a 0 or 1 is missing"),
        (edit("returned", 3, " "), "outcome_missing", "Column 'returned', row 5"),
        (edit("returned", 0, 2), "outcome_not_binary", "Column 'returned', row 2: must be 0 or 1, not '2'"),
        (edit("returned", 199, "yes"), "outcome_not_binary", "Column 'returned', row 201: must be 0 or 1, not 'yes'"),
        (edit("score", 7, None), "score_missing", "Column 'score', row 9: the score is missing"),
        (edit("score", 7, float("nan")), "score_missing", "Column 'score', row 9"),
        (edit("score", 7, "high"), "score_not_number", "Column 'score', row 9: the score must be a number, not 'high'"),
        (edit("score", 7, 1.01), "score_out_of_range", "Column 'score', row 9: the score must lie between 0 and 1"),
        (edit("score", 7, float("inf")), "score_out_of_range", "Column 'score', row 9"),
        (edit("rule", 7, 3), "outcome_not_binary", "Column 'rule', row 9"),
        (lambda: frame().assign(returned=1), "outcome_one_class", "Column 'returned'"),
        (lambda: frame().assign(score=0.5), "score_constant", "Column 'score'"),
        (lambda: frame().drop(columns="returned"), "column_missing", "no column 'returned'"),
        (lambda: frame().drop(columns="ethnicity"), "column_missing", "no column 'ethnicity'"),
        (lambda: frame().drop(columns="rule"), "column_missing", "no column 'rule'"),
        (lambda: frame().iloc[:0], "frame_empty", "no rows"),
        (lambda: pd.concat([frame(), frame()[["score"]]], axis=1), "column_repeated", "'score'"),
    ],
)
def test_bad_input_is_refused_with_its_column_and_row(table: Callable[[], pd.DataFrame], code: str, told: str) -> None:
    found, sentence = refusal(table(), baseline="rule")
    assert found == code
    assert told in sentence


def test_a_threshold_outside_0_to_1_is_refused() -> None:
    assert refusal(frame(), threshold=40)[0] == "threshold_out_of_range"


def test_rows_are_told_by_place_whatever_the_index() -> None:
    table = edit("returned", 3, 5)().set_index(pd.Index(range(900, 1100)))
    assert "row 5" in refusal(table)[1]


def test_a_file_is_read_with_its_digest_and_a_byte_order_mark_is_no_part_of_the_heading(tmp_path: Path) -> None:
    content = b"\xef\xbb\xbfreturned,faith\r\n1,None\r\n0,\r\n"
    path = tmp_path / "evaluation.csv"
    path.write_bytes(content)
    for source in (content, path):
        table = read_table(source, "evaluation.csv")
        assert list(table.frame.columns) == ["returned", "faith"]
        assert table.frame["faith"][0] == "None"
        assert table.frame["faith"].isna().tolist() == [False, True]
        assert table.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        (b"", "file_empty", "roster.csv"),
        (b"a,b\n", "file_empty", "roster.csv"),
        (b"a,a\n1,2\n", "file_heading", "roster.csv, row 1"),
        (b"a,\n1,2\n", "file_heading", "roster.csv, row 1"),
        (b"a,b\n1,2\n1,2,3\n", "file_ragged", "roster.csv, row 3"),
        (b"a,b\n1,2\n1\n", "file_ragged", "roster.csv, row 3"),
        (b"a,b\n\n1,2\n", "file_ragged", "roster.csv, row 2"),
        (b"a,b\n1,2\n1,Zo\xeb\n", "file_not_utf8", "roster.csv, row 3"),
        (b'a,b\n1,"2\n', "file_not_csv", "roster.csv"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_by_name(content: bytes, code: str, told: str) -> None:
    with pytest.raises(EvaluationRefused) as refused:
        read_table(content, "roster.csv")
    assert refused.value.code == code
    assert told in str(refused.value)
