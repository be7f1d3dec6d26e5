"""Intervals against published examples, and against tables drawn many times with a fixed seed."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, matthews_corrcoef

from registry.evaluations.intervals import (
    Estimate,
    difference,
    estimate_auc,
    estimate_f1,
    estimate_mcc,
    estimate_mean,
    estimate_share,
    ratio,
)
from registry.evaluations.values import Measures, Proportion

TABLE = Measures("", "", 400, 82, 118, 48, 152)


def columns(counts: Measures) -> tuple[list[int], list[int]]:
    cells = ((counts.tp, 1, 1), (counts.fp, 0, 1), (counts.fn, 1, 0), (counts.tn, 0, 0))
    return [had for n, had, _ in cells for _ in range(n)], [was for n, _, was in cells for _ in range(n)]


def test_mcc_and_f1_are_scikit_learns() -> None:
    truth, flags = columns(TABLE)
    assert estimate_mcc(TABLE).value == pytest.approx(matthews_corrcoef(truth, flags))
    assert estimate_f1(TABLE).value == pytest.approx(f1_score(truth, flags))


@pytest.mark.parametrize("make", [estimate_mcc, estimate_f1])
def test_intervals_are_those_of_drawing_the_table_again(make) -> None:
    drawn = np.random.default_rng(20).multinomial(400, np.array([82, 118, 48, 152]) / 400, size=4000)
    values = [make(Measures("", "", 400, *(int(n) for n in row))).value for row in drawn]
    low, high = np.percentile(values, [2.5, 97.5])
    assert (make(TABLE).low, make(TABLE).high) == pytest.approx((low, high), abs=0.012)


def test_a_table_with_an_empty_side_has_no_mcc_and_a_perfect_one_no_interval() -> None:
    assert estimate_mcc(Measures("", "", 20, 0, 0, 10, 10)) is None
    assert estimate_mcc(Measures("", "", 20, 10, 0, 0, 10)) == Estimate(1.0)
    assert estimate_f1(Measures("", "", 20, 0, 0, 0, 20)) is None
    assert estimate_auc(1.0, 10, 10) == Estimate(1.0)


def test_a_difference_of_shares_is_newcombes() -> None:
    """His example: 56 of 70 against 48 of 80 is 0.2 (0.0524 to 0.3339)."""
    gap = difference(estimate_share(Proportion(56, 70)), estimate_share(Proportion(48, 80)))
    assert (gap.value, gap.low, gap.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert difference(Estimate(0.5), Estimate(0.2)).low is None


def test_a_ratio_is_katzs() -> None:
    """By hand: ln 2 with a standard error of sqrt(1/20 - 1/100 + 1/10 - 1/100)."""
    found = ratio(Proportion(20, 100), Proportion(10, 100))
    assert (found.value, found.low, found.high) == pytest.approx((2.0, 0.9866, 4.0543), abs=5e-4)
    assert ratio(Proportion(1, 10), Proportion(0, 10)) is None
    assert ratio(Proportion(0, 10), Proportion(1, 10)) == Estimate(0.0)


def test_a_mean_has_its_standard_error_and_stays_between_0_and_1() -> None:
    assert estimate_mean(0.2, 0.04, 400).low == pytest.approx(0.2 - 1.96 * 0.01, abs=1e-5)
    assert estimate_mean(0.001, 0.04, 10).low == 0
