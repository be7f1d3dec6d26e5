"""95% intervals by published formulas: no chance in them, so the same file always gives the same figures.

Shares have Wilson's interval, which `Proportion` computes. Cut at the ends of each figure's range.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import atanh, exp, log, sqrt, tanh
from typing import Any

from registry.evaluations.values import NORMAL_95, Measures, Proportion


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95% interval; without `low` and `high` no interval means anything."""

    value: float
    low: float | None = None
    high: float | None = None

    @property
    def text(self) -> str:
        if self.low is None or self.high is None:
            return f"{self.value:.3f} (no interval)"
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))


def auc_interval(auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """Hanley and McNeil (Radiology 143, 1982), for the numbers of people with and without the outcome."""
    q1, q2, square = auc / (2 - auc), 2 * auc**2 / (1 + auc), auc**2
    variance = auc * (1 - auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)
    spread = NORMAL_95 * sqrt(max(0.0, variance) / (positives * negatives))
    return max(0.0, auc - spread), min(1.0, auc + spread)


def estimate_auc(auc: float, positives: int, negatives: int) -> Estimate:
    """AUC with Hanley and McNeil's interval; none at exactly 0 or 1, where it has no width."""
    return Estimate(auc, *auc_interval(auc, positives, negatives)) if 0 < auc < 1 else Estimate(auc)


def estimate_mcc(counts: Measures) -> Estimate | None:
    """MCC of a table; None when one side of it is empty.

    It is a correlation: the delta method with its influence function (Devlin, Gnanadesikan and Kettenring,
    Biometrika 62, 1975) over the four cells, on Fisher's scale (atanh), so that the interval stays within -1 to 1.
    """
    base, flagged = counts.base_rate.rate, counts.flagged.rate
    if not base or not flagged or base == 1 or flagged == 1:
        return None
    sides = sqrt(base * (1 - base) * flagged * (1 - flagged))
    mcc = (counts.tp / counts.people - base * flagged) / sides
    if abs(mcc) > 1 - 1e-9:
        return Estimate(max(-1.0, min(1.0, mcc)))
    spread = NORMAL_95 * sqrt(_variance(counts, base, flagged, mcc) / counts.people) / (1 - mcc**2)
    return Estimate(mcc, tanh(atanh(mcc) - spread), tanh(atanh(mcc) + spread))


def _variance(counts: Measures, base: float, flagged: float, mcc: float) -> float:
    total = 0.0
    for number, had, was in ((counts.tp, 1, 1), (counts.fp, 0, 1), (counts.fn, 1, 0), (counts.tn, 0, 0)):
        x, y = (had - base) / sqrt(base * (1 - base)), (was - flagged) / sqrt(flagged * (1 - flagged))
        total += number / counts.people * (x * y - mcc * (x**2 + y**2) / 2) ** 2
    return total


def estimate_f1(counts: Measures) -> Estimate | None:
    """F1 of a table; None when nobody was flagged and nobody had the outcome.

    F1 = 2J / (1 + J) with Jaccard's share J = tp / (tp + fp + fn) (Bulletin de la Societe Vaudoise 37, 1901). It
    rises with J, so Wilson's interval of J carries over.
    """
    share = Proportion(counts.tp, counts.tp + counts.fp + counts.fn)
    if share.rate is None or share.low is None or share.high is None:
        return None
    value, low, high = (2 * j / (1 + j) for j in (share.rate, share.low, share.high))
    return Estimate(value, low, high)


def estimate_mean(mean: float, variance: float, people: int) -> Estimate:
    """A mean between 0 and 1, such as Brier's score: its standard error over people, normal.

    For the Brier score: Bradley, Schwartz and Hashino (Weather and Forecasting 23, 2008).
    """
    spread = NORMAL_95 * sqrt(max(variance, 0.0) / people)
    return Estimate(mean, max(0.0, mean - spread), min(1.0, mean + spread))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """`one` minus `other`, of different people.

    From their own intervals: Newcombe's method 10 (Statistics in Medicine 17, 1998), for other figures than shares
    Zou and Donner (Statistics in Medicine 27, 2008).
    """
    gap = one.value - other.value
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Estimate(gap)
    low = gap - sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
    return Estimate(gap, low, gap + sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2))


def ratio(one: Proportion, other: Proportion) -> Estimate | None:
    """`one` over `other`, of different people, on the log scale (Katz and others, Biometrics 34, 1978).

    None over a share of 0; no interval for a ratio of 0.
    """
    if not other.count or not one.of:
        return None
    value = (one.count / one.of) / (other.count / other.of)
    if not one.count:
        return Estimate(0.0)
    spread = NORMAL_95 * sqrt(1 / one.count - 1 / one.of + 1 / other.count - 1 / other.of)
    return Estimate(value, exp(log(value) - spread), exp(log(value) + spread))


def estimate_share(share: Proportion) -> Estimate | None:
    """A share with Wilson's interval; None of nobody."""
    return None if share.rate is None else Estimate(share.rate, share.low, share.high)
