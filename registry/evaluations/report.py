"""A report about scores in a file: figures with intervals, by group and intersection, and what sets groups apart.

Rates follow from counts, as everywhere. A group, or a rate of people, below SMALLEST_GROUP is not assessed (R15).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from registry.evaluations.intervals import Estimate, difference, estimate_f1, estimate_mcc, estimate_share, ratio
from registry.evaluations.values import SMALLEST_GROUP, Measures, Proportion

RATES = {
    "base_rate": "had the outcome",
    "flagged": "flagged",
    "accuracy": "rightly flagged or not",
    "precision": "of those flagged, had the outcome",
    "recall": "of those with the outcome, flagged",
    "specificity": "of those without it, not flagged",
    "false_positive_rate": "of those without it, flagged",
    "miss_rate": "of those with the outcome, missed",
    "negative_predictive_value": "of those not flagged, without it",
}
"""Every rate of `Measures` that a report shows, in its order, in words."""


@dataclass(frozen=True)
class Tenth:
    """People who scored from `low` up to, not including, `high` (the last tenth: including), and how many had it."""

    low: float
    high: float
    mean_score: float | None
    outcome: Proportion

    def to_dict(self) -> dict[str, Any]:
        return {**vars(self), "outcome": show_share(self.outcome)}


@dataclass(frozen=True)
class Calibration:
    """Whether scores mean what they say. Right is a slope of 1 and an intercept of 0; `why_not` if not assessed.

    Logistic recalibration (D. R. Cox, Biometrika 45, 1958) with Wald's intervals: the slope of the outcome on the
    log-odds of the score, and the intercept with that slope held at 1.
    """

    tenths: tuple[Tenth, ...]
    slope: Estimate | None
    intercept: Estimate | None
    why_not: str

    def to_dict(self) -> dict[str, Any]:
        fitted = {"slope": show_estimate(self.slope), "intercept": show_estimate(self.intercept)}
        return {**fitted, "why_not": self.why_not, "tenths": [each.to_dict() for each in self.tenths]}


@dataclass(frozen=True)
class GroupFigures:
    """One group: its counts, and what needs scores. `auc`, `brier` and `calibration` are None where not assessed."""

    measures: Measures
    auc: Estimate | None
    brier: Estimate | None
    calibration: Calibration | None

    @property
    def name(self) -> str:
        return f"{self.measures.group}, {self.measures.value}" if self.measures.group else "everyone"

    @property
    def estimates(self) -> dict[str, Estimate | None]:
        """The figures that are not shares of people."""
        few = not self.measures.assessed
        return {
            "mcc": None if few else estimate_mcc(self.measures),
            "f1": None if few else estimate_f1(self.measures),
            "auc": self.auc,
            "brier": self.brier,
        }

    def to_dict(self) -> dict[str, Any]:
        """For JSON. A group that is too small keeps its count of people and nothing else."""
        told = {"group": self.measures.group, "value": self.measures.value, "people": self.measures.people}
        if not self.measures.assessed:
            return {**told, "assessed": False}
        return {
            **told,
            "assessed": True,
            "counts": {name: getattr(self.measures, name) for name in ("tp", "fp", "fn", "tn")},
            "rates": {name: show_share(getattr(self.measures, name)) for name in RATES},
            **{name: show_estimate(one) for name, one in self.estimates.items()},
            "calibration": self.calibration.to_dict() if self.calibration else None,
        }


@dataclass(frozen=True)
class Comparison:
    """One figure of a group against the largest group of the characteristic, or against everyone (R15).

    `apart` is the difference, `times` the ratio (shares only). Everyone includes the group itself: the interval is
    that against everybody else, carried over with the group's share of everyone taken as fixed.
    """

    group: str
    value: str
    against: str
    other: str
    measure: str
    apart: Estimate
    times: Estimate | None

    @property
    def clear(self) -> bool:
        """The interval of the difference leaves out 0."""
        return self.apart.low is not None and self.apart.high is not None and self.apart.low * self.apart.high > 0

    def to_dict(self) -> dict[str, Any]:
        told = {**vars(self), "difference": show_estimate(self.apart), "ratio": show_estimate(self.times)}
        return {name: value for name, value in told.items() if name not in ("apart", "times")} | {"clear": self.clear}


@dataclass(frozen=True)
class Finding:
    """Something a reader must not miss. A `fault` makes the command end with 1."""

    code: str
    sentence: str
    fault: bool


@dataclass(frozen=True)
class Report:
    """Everything said about one file: `threshold` is the score from which a person is flagged (R04, R15, R27)."""

    file: str
    sha256: str
    outcome: str
    score: str
    threshold: float
    overall: GroupFigures
    groups: tuple[GroupFigures, ...]
    comparisons: tuple[Comparison, ...]
    findings: tuple[Finding, ...]
    not_assessed: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            **vars(self),
            "smallest_group": SMALLEST_GROUP,
            "overall": self.overall.to_dict(),
            "groups": [each.to_dict() for each in self.groups],
            "comparisons": [each.to_dict() for each in self.comparisons],
            "findings": [dict(vars(each)) for each in self.findings],
            "not_assessed": list(self.not_assessed),
        }


def show_share(share: Proportion) -> dict[str, Any]:
    """A share with its counts, its interval and its words; of too few people its count alone."""
    if not share.assessed:
        return {"of": share.of, "assessed": False, "text": share.text}
    bounds = {"rate": share.rate, "low": share.low, "high": share.high}
    return {"count": share.count, "of": share.of, "assessed": True, **bounds, "text": share.text}


def show_estimate(one: Estimate | None) -> dict[str, Any] | None:
    """An estimate for JSON; None stays None."""
    return one.to_dict() if one else None


def compare(group: GroupFigures, other: GroupFigures, everyone: GroupFigures) -> list[Comparison]:
    """A group against the largest of its characteristic, and against everyone, where both are assessed."""
    found = _against_everyone(group.measures, everyone.measures)
    if other.measures == group.measures:
        return found
    for name in RATES:
        one, two = getattr(group.measures, name), getattr(other.measures, name)
        apart = _apart(one, two)
        if apart:
            found.append(_compared(group.measures, "largest", other.measures.value, name, apart, ratio(one, two)))
    for name, one in group.estimates.items():
        two = other.estimates[name]
        if one and two:
            found.append(_compared(group.measures, "largest", other.measures.value, name, difference(one, two), None))
    return found


def _compared(
    group: Measures, against: str, other: str, measure: str, apart: Estimate, times: Estimate | None
) -> Comparison:
    return Comparison(group.group, group.value, against, other, measure, apart, times)


def _apart(one: Proportion, two: Proportion) -> Estimate | None:
    first, second = estimate_share(one), estimate_share(two)
    return difference(first, second) if first and second and one.assessed and two.assessed else None


def _against_everyone(group: Measures, everyone: Measures) -> list[Comparison]:
    rest = _without(everyone, group)
    found = []
    for name in RATES:
        one, two = getattr(group, name), getattr(rest, name)
        apart = _apart(one, two)
        if apart:
            share = one.of / (one.of + two.of)
            times = ratio(one, two)
            whole = _scaled(apart, 1 - share)
            found.append(_compared(group, "everyone", "everyone", name, whole, _to_everyone(times, share)))
    return found


def _without(everyone: Measures, group: Measures) -> Measures:
    cells = [getattr(everyone, name) - getattr(group, name) for name in ("tp", "fp", "fn", "tn")]
    return Measures("", "", sum(cells), *cells)


def _scaled(one: Estimate, by: float) -> Estimate:
    """p - (w p + (1 - w) q) is (1 - w)(p - q)."""
    if one.low is None or one.high is None:
        return Estimate(one.value * by)
    return Estimate(one.value * by, one.low * by, one.high * by)


def _to_everyone(one: Estimate | None, share: float) -> Estimate | None:
    """p / (w p + (1 - w) q) is r / (w r + 1 - w) with r = p / q, and rises with r."""
    if one is None:
        return None
    value, low, high = (
        None if each is None else each / (share * each + 1 - share) for each in (one.value, one.low, one.high)
    )
    return Estimate(value or 0.0, low, high)
