"""Reports on files: every figure against scikit-learn and fairlearn, and what is refused or said loudly."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fairlearn.metrics import MetricFrame, selection_rate, true_positive_rate
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score

from registry.evaluations.report import Report
from registry.evaluations.reporting import report_file
from registry.evaluations.values import EvaluationRefused


def people(n: int = 600) -> pd.DataFrame:
    draw = np.random.default_rng(7)
    chance = draw.beta(2, 4, n)
    frame = pd.DataFrame({"had": (draw.random(n) < chance).astype(int), "score": chance.round(4)})
    frame["sex"] = draw.choice(["F", "M"], n)
    frame["band"] = ["01"] * (n - 5) + ["02"] * 5
    return frame


def report(frame: pd.DataFrame, folder: Path, kind: str = "csv", **changes: object) -> Report:
    path = folder / f"people.{kind}"
    if kind == "csv":
        frame.to_csv(path, index=False)
    else:
        frame.to_parquet(path)
    wanted: dict = {"outcome": "had", "score": "score", "threshold": 0.4, "by": ("sex", "band"), **changes}
    return report_file(path, **wanted)


def test_figures_are_those_of_scikit_learn_and_fairlearn(tmp_path: Path) -> None:
    frame = people()
    found = report(frame, tmp_path)
    assert found.overall.auc.value == pytest.approx(roc_auc_score(frame["had"], frame["score"]))
    assert found.overall.brier.value == pytest.approx(brier_score_loss(frame["had"], frame["score"]))
    odds = np.log(frame["score"] / (1 - frame["score"])).to_frame()
    fitted = LogisticRegression(C=1e12, tol=1e-10).fit(odds, frame["had"])
    slope = found.overall.calibration.slope
    assert slope.value == pytest.approx(fitted.coef_[0][0], abs=1e-3)
    assert slope.low < 1 < slope.high
    assert abs(found.overall.calibration.intercept.value) < 0.3
    assert sum(tenth.outcome.of for tenth in found.overall.calibration.tenths) == 600
    expected = MetricFrame(
        metrics={"flagged": selection_rate, "recall": true_positive_rate},
        y_true=frame["had"],
        y_pred=(frame["score"] >= 0.4).astype(int),
        sensitive_features=frame["sex"],
    )
    by_sex = {one.measures.value: one.measures for one in found.groups if one.measures.group == "sex"}
    for value, row in expected.by_group.iterrows():
        assert by_sex[value].flagged.rate == pytest.approx(row["flagged"])
        assert by_sex[value].recall.rate == pytest.approx(row["recall"])
    largest = max(by_sex.values(), key=lambda one: one.people).value
    gap = next(one for one in found.comparisons if (one.measure, one.against) == ("flagged", "largest"))
    assert (gap.group, gap.other) == ("sex", largest)
    assert abs(gap.apart.value) == pytest.approx(expected.difference()["flagged"])
    assert min(gap.times.value, 1 / gap.times.value) == pytest.approx(expected.ratio()["flagged"])


def test_against_everyone_the_difference_and_ratio_are_those_of_the_printed_rates(tmp_path: Path) -> None:
    found = report(people(), tmp_path)
    for one in found.comparisons:
        if one.against == "everyone" and one.group == "sex":
            group = next(each.measures for each in found.groups if each.measures.value == one.value)
            rate, whole = getattr(group, one.measure).rate, getattr(found.overall.measures, one.measure).rate
            assert one.apart.value == pytest.approx(rate - whole)
            assert one.times.value == pytest.approx(rate / whole)
            assert one.apart.low < one.apart.value < one.apart.high


def test_small_groups_are_named_with_their_count_and_nothing_else(tmp_path: Path) -> None:
    found = report(people(), tmp_path)
    assert "band, 02: not assessed, 5 people, fewer than 10" in found.not_assessed
    told = found.to_dict()
    small = next(one for one in told["groups"] if one["value"] == "02")
    assert small == {"group": "band", "value": "02", "people": 5, "assessed": False}
    assert not [one for one in found.comparisons if "02" in one.value]
    assert {one["group"] for one in told["groups"]} == {"sex", "band", "sex and band"}
    json.dumps(told, allow_nan=False)


def test_csv_and_parquet_give_the_same_report(tmp_path: Path) -> None:
    frame = people()
    plain, other = report(frame, tmp_path).to_dict(), report(frame.astype({"had": bool}), tmp_path, "parquet").to_dict()
    for told in (plain, other):
        del told["file"], told["sha256"]
    assert plain == other


def test_scores_that_point_the_wrong_way_are_said_loudly_and_not_turned_round(tmp_path: Path) -> None:
    found = report(people().assign(had=lambda frame: 1 - frame["had"]), tmp_path)
    assert found.overall.auc.value < 0.5
    assert next(one.code for one in found.findings if one.fault) == "scores_inverted"
    assert "everyone point the wrong way" in found.findings[0].sentence


def test_figures_too_good_to_be_believed_and_a_threshold_that_parts_nobody_are_found(tmp_path: Path) -> None:
    frame = people().assign(score=lambda frame: frame["had"] * 0.8 + 0.1)
    assert [one.code for one in report(frame, tmp_path, by=()).findings] == ["too_good"]
    assert [one.code for one in report(people(), tmp_path, by=(), threshold=1).findings] == ["threshold_parts_nobody"]


def test_scores_of_exactly_0_have_tenths_but_no_slope(tmp_path: Path) -> None:
    frame = people()
    frame.loc[3, "score"] = 0
    found = report(frame, tmp_path, by=())
    assert found.overall.calibration.slope is None
    assert "1 scores are exactly 0 or 1" in found.not_assessed[-1]


@pytest.mark.parametrize(
    ("changes", "options", "code", "told"),
    [
        ({"had": 2}, {}, "outcome_not_binary", "people.csv: Column 'had', row 2: must be 0 or 1, not '2'."),
        ({"had": 1}, {}, "outcome_one_class", "Column 'had'"),
        ({"score": 40}, {}, "score_out_of_range", "Column 'score', row 2"),
        ({"score": None}, {}, "score_missing", "Column 'score', row 2"),
        ({}, {"outcome": "gone"}, "column_missing", "people.csv: The file has no column 'gone'."),
        ({}, {"by": ("gone",)}, "column_missing", "'gone'"),
        ({}, {"score": "had"}, "score_is_outcome", "'had'"),
        ({}, {"by": ("had",)}, "group_is_outcome", "'had'"),
        ({}, {"by": ("sex", "sex")}, "groups_too_many", "each once"),
        ({}, {"threshold": 40}, "threshold_out_of_range", "not 40"),
        ({"sex": range(600)}, {}, "groups_too_many", "600 different values"),
        ({"sex": ["a, b", "a"] * 300, "band": ["c", "b, c"] * 300}, {}, "groups_ambiguous", "sex, band"),
    ],
)
def test_bad_input_is_refused_with_file_column_and_row(
    changes: dict, options: dict, code: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(EvaluationRefused) as refused:
        report(people().assign(**changes), tmp_path, **options)
    assert refused.value.code == code
    assert told in str(refused.value)


def test_a_score_that_equals_the_outcome_and_files_of_another_kind_are_refused(tmp_path: Path) -> None:
    with pytest.raises(EvaluationRefused, match="the score is the outcome"):
        report(people().assign(score=lambda frame: frame["had"]), tmp_path)
    for name, content, code in (
        ("a.csv", b"", "file_empty"),
        ("a.parquet", b"PAR1", "file_not_parquet"),
        ("a.xlsx", b"x", "file_kind"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(EvaluationRefused, match=name) as refused:
            report_file(tmp_path / name, outcome="a", score="b", threshold=0.5, by=())
        assert refused.value.code == code
    with pytest.raises(EvaluationRefused) as refused:
        report(people().iloc[:0], tmp_path, "parquet")
    assert refused.value.code == "frame_empty"
