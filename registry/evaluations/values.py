"""Figures as counts: every rate keeps what it was counted from and its 95% interval.

Only counts are stored; rates, intervals and sentences follow from them, so that no rate can be typed in (R04).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

from foundation.errors import Invalid

SMALLEST_GROUP = 10  # below this many people a rate says more about chance than about the model
NORMAL_95 = 1.959963984540054  # two-sided 95% point of the normal distribution


class EvaluationRefused(Invalid, ValueError):
    """Figures that cannot be computed or cannot be true. `code` is stable, the message a sentence for a person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence, code=code)


@dataclass(frozen=True)
class Proportion:
    """`count` people out of `of`. Refuses counts below 0 or above `of`.

    The interval is Wilson's score interval at 95% (E. B. Wilson, Journal of the American Statistical
    Association 22, 1927), which stays honest near 0 and 1 and with few people.
    """

    count: int
    of: int

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.of:
            raise EvaluationRefused("counts_impossible", f"{self.count} of {self.of} people is not possible.")

    @property
    def rate(self) -> float | None:
        """Between 0 and 1; None when there was nobody to count."""
        return self.count / self.of if self.of else None

    @property
    def low(self) -> float | None:
        return self._bound(-1) if self.of else None

    @property
    def high(self) -> float | None:
        return self._bound(+1) if self.of else None

    @property
    def assessed(self) -> bool:
        return self.of >= SMALLEST_GROUP

    @property
    def out_of_100(self) -> int | None:
        return _of_100(self.rate) if self.rate is not None else None

    @property
    def frequency(self) -> str:
        """The rate and its interval as numbers of 100 people, "41 (36 to 46)", or "not assessed"."""
        if not self.assessed or self.low is None or self.high is None:
            return "not assessed"
        return f"{self.out_of_100} ({_of_100(self.low)} to {_of_100(self.high)})"

    @property
    def text(self) -> str:
        if not self.assessed:
            return f"not assessed, fewer than {SMALLEST_GROUP} people"
        return f"{self.frequency} of 100"

    def _bound(self, side: int) -> float:
        share, square = self.count / self.of, NORMAL_95**2
        centre = share + square / (2 * self.of)
        spread = NORMAL_95 * sqrt(share * (1 - share) / self.of + square / (4 * self.of**2))
        return min(1.0, max(0.0, (centre + side * spread) / (1 + square / self.of)))

    def to_dict(self) -> dict[str, Any]:
        return {"count": self.count, "of": self.of}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Proportion:
        return cls(int(data["count"]), int(data["of"]))


@dataclass(frozen=True)
class BandRate:
    """How many people scored from `start` up to, not including, `end` (the last band: including) had the outcome."""

    code: str
    name: str
    start: float
    end: float
    outcome: Proportion

    def to_dict(self) -> dict[str, Any]:
        return {**vars(self), "outcome": self.outcome.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> BandRate:
        return cls(**{**data, "outcome": Proportion.from_dict(data["outcome"])})


@dataclass(frozen=True)
class Measures:
    """The four counts of one group at the operating threshold, and the rates that follow from them.

    `group` is the characteristic ("Ethnicity"; "" for everyone) and `value` the group in it. `tp`: flagged and had
    the outcome, `fp`: flagged and had not, `fn`: not flagged and had, `tn`: neither. Refuses counts that do not
    add up.
    """

    group: str
    value: str
    people: int
    tp: int
    fp: int
    fn: int
    tn: int

    def __post_init__(self) -> None:
        counts = (self.tp, self.fp, self.fn, self.tn)
        if min(counts) < 0 or sum(counts) != self.people:
            raise EvaluationRefused("counts_impossible", f"The counts {counts} do not add up to {self.people} people.")

    @property
    def assessed(self) -> bool:
        return self.people >= SMALLEST_GROUP

    @property
    def flagged(self) -> Proportion:
        """Selection rate: flagged, of everyone."""
        return Proportion(self.tp + self.fp, self.people)

    @property
    def precision(self) -> Proportion:
        """Had the outcome, of those flagged."""
        return Proportion(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> Proportion:
        """Flagged, of those who had the outcome."""
        return Proportion(self.tp, self.tp + self.fn)

    @property
    def miss_rate(self) -> Proportion:
        """Not flagged, of those who had the outcome (false negative rate)."""
        return Proportion(self.fn, self.tp + self.fn)

    @property
    def false_positive_rate(self) -> Proportion:
        """Flagged, of those who had not the outcome."""
        return Proportion(self.fp, self.fp + self.tn)

    @property
    def specificity(self) -> Proportion:
        """Not flagged, of those who had not the outcome."""
        return Proportion(self.tn, self.fp + self.tn)

    @property
    def accuracy(self) -> Proportion:
        """Rightly flagged or rightly not, of everyone. Never to be shown alone (R27)."""
        return Proportion(self.tp + self.tn, self.people)

    @property
    def negative_predictive_value(self) -> Proportion:
        """Had not the outcome, of those not flagged."""
        return Proportion(self.tn, self.fn + self.tn)

    @property
    def base_rate(self) -> Proportion:
        """Had the outcome, of everyone."""
        return Proportion(self.tp + self.fn, self.people)

    def to_dict(self) -> dict[str, Any]:
        return dict(vars(self))

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Measures:
        return cls(**data)


@dataclass(frozen=True)
class Gap:
    """The widest difference of one rate between two assessed groups; `between` is (highest, lowest).

    `low` and `high` are Newcombe's 95% interval for that pair (R. G. Newcombe, Statistics in Medicine 17, 1998,
    method 10). The widest of many pairs is wide by chance alone, so with many groups the interval is too hopeful.
    """

    group: str
    measure: str
    largest: float
    between: tuple[str, str]
    low: float
    high: float

    @property
    def clear(self) -> bool:
        """The interval leaves out 0: chance alone is an unlikely explanation."""
        return self.low > 0

    def to_dict(self) -> dict[str, Any]:
        return {**vars(self), "between": list(self.between)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Gap:
        return cls(**{**data, "between": tuple(data["between"])})


@dataclass(frozen=True)
class Figures:
    """What the platform computed for one model version on one evaluation file (R04, R15, R27).

    `outcome` is the file's column, `threshold` the score from which a person is flagged, in the unit of the scores
    (chances from 0 to 1, or points), like the ends of bands; `data_sha256` and `rows` the file's. `auc`, `brier` and
    `mcc` have no unit; `brier` is None for points; `auc_low` to `auc_high` is a 95% interval. `baseline`
    compares with a simple rule, or is None. `not_assessed` says in sentences what could not be measured and why.
    """

    outcome: str
    threshold: float
    people: int
    overall: Measures
    by_group: tuple[Measures, ...]
    bands: tuple[BandRate, ...]
    auc: float
    auc_low: float
    auc_high: float
    brier: float | None
    mcc: float
    baseline: dict[str, Any] | None
    gaps: tuple[Gap, ...]
    not_assessed: tuple[str, ...]
    data_sha256: str
    rows: int

    def band(self, code: str) -> BandRate:
        for band in self.bands:
            if band.code == code:
                return band
        raise EvaluationRefused("band_unknown", f"These figures have no band with the code '{code}'.")

    def flagged_sentence(self, outcome_name: str) -> str:
        shown = self.overall.precision
        if not shown.assessed:
            return f"Too few people were flagged to say how many are later recorded as {outcome_name}."
        return f"Of 100 people it flags, about {shown.frequency} are later recorded as {outcome_name}."

    def found_sentence(self, outcome_name: str) -> str:
        shown = self.overall.recall
        if not shown.assessed:
            return f"Too few people were recorded as {outcome_name} to say how many of them it flags."
        return f"Of 100 people later recorded as {outcome_name}, it flags about {shown.frequency}."

    def base_sentence(self, outcome_name: str) -> str:
        """The base rate, to stand beside every other sentence."""
        shown = self.overall.base_rate
        return f"Of 100 people it was checked on, flagged or not, about {shown.frequency} were {outcome_name}."

    def band_sentence(self, code: str, outcome_name: str) -> str:
        band = self.band(code)
        if not band.outcome.assessed:
            return f"Too few people were in the {band.name} band to say how many were {outcome_name}."
        return (
            f"Of 100 people in the {band.name} band, about {band.outcome.frequency} "
            f"are later recorded as {outcome_name}."
        )

    def baseline_sentence(self, outcome_name: str, rule_name: str = "the simple rule") -> str | None:
        """Model and simple rule with equally many people flagged; None when no rule was measured."""
        if self.baseline is None:
            return None
        return baseline_sentence(self.baseline, self.people, outcome_name, rule_name)

    def to_dict(self) -> dict[str, Any]:
        return {
            **vars(self),
            "overall": self.overall.to_dict(),
            "by_group": [each.to_dict() for each in self.by_group],
            "bands": [each.to_dict() for each in self.bands],
            "gaps": [each.to_dict() for each in self.gaps],
            "not_assessed": list(self.not_assessed),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Figures:
        rebuilt = {
            "overall": Measures.from_dict(data["overall"]),
            "by_group": tuple(Measures.from_dict(each) for each in data["by_group"]),
            "bands": tuple(BandRate.from_dict(each) for each in data["bands"]),
            "gaps": tuple(Gap.from_dict(each) for each in data["gaps"]),
            "not_assessed": tuple(data["not_assessed"]),
        }
        return cls(**{**data, **rebuilt})


def baseline_sentence(baseline: Mapping[str, Any], people: int, outcome_name: str, rule_name: str) -> str:
    """A simple rule and the model with equally many people flagged, from the counts of both."""
    rule = Measures.from_dict(baseline["rule"])
    model = Measures.from_dict(baseline["model_at_same_volume"])
    return (
        f"Flagging {rule.flagged.count} of {people} people, {rule_name} finds {rule.tp} "
        f"of the {rule.base_rate.count} recorded as {outcome_name}; "
        f"the model, flagging as many, finds {model.tp}."
    )


def _of_100(share: float) -> int:
    return int(share * 100 + 0.5)
