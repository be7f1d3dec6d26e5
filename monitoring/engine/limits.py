"""The limits of a plan, and the house limits where it sets none: the one place where a reading becomes a breach."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from monitoring.engine.accuracy import calibration_gap, erratic, label_rate_change, precision_floor, recall_floor
from monitoring.engine.found import Found
from monitoring.engine.gaps import false_alarm_gap, miss_rate_gap, selection_gap
from monitoring.engine.movements import (
    band_shift,
    input_drift_share,
    missing_share,
    out_of_range_share,
    score_drift,
    unseen_categories,
)
from monitoring.engine.practice import (
    agreement_ceiling,
    explanation_shift,
    flags_over_capacity,
    override_rate,
    refusal_share,
)
from monitoring.engine.values import Action, Breach, Measure, Reading, Threshold

# What no declaration may switch off by silence: these warn, and suspend nothing.
HOUSE_LIMITS = (
    Threshold(Measure.SCORE_DRIFT, 0.2, Action.WARN),
    Threshold(Measure.INPUT_DRIFT_SHARE, 0.3, Action.WARN),
    Threshold(Measure.MISSING_SHARE, 0.2, Action.WARN),
    Threshold(Measure.UNSEEN_CATEGORIES, 1, Action.WARN),
)
SEVERITY = (Action.SUSPEND, Action.REFER, Action.WARN)
GAPS = (Measure.MISS_RATE_GAP, Measure.FALSE_ALARM_GAP, Measure.SELECTION_GAP)
"""A gap between groups breaches its limit also where it can be chance, and says so: fairness fails closed."""

READINGS: Mapping[Measure, Callable[[Found], Reading]] = {
    Measure.SCORE_DRIFT: score_drift,
    Measure.BAND_SHIFT: band_shift,
    Measure.INPUT_DRIFT_SHARE: input_drift_share,
    Measure.MISSING_SHARE: missing_share,
    Measure.UNSEEN_CATEGORIES: unseen_categories,
    Measure.OUT_OF_RANGE_SHARE: out_of_range_share,
    Measure.LABEL_RATE_CHANGE: label_rate_change,
    Measure.PRECISION_FLOOR: precision_floor,
    Measure.RECALL_FLOOR: recall_floor,
    Measure.CALIBRATION_GAP: calibration_gap,
    Measure.ERRATIC: erratic,
    Measure.MISS_RATE_GAP: miss_rate_gap,
    Measure.FALSE_ALARM_GAP: false_alarm_gap,
    Measure.SELECTION_GAP: selection_gap,
    Measure.EXPLANATION_SHIFT: explanation_shift,
    Measure.FLAGS_OVER_CAPACITY: flags_over_capacity,
    Measure.OVERRIDE_RATE: override_rate,
    Measure.AGREEMENT_CEILING: agreement_ceiling,
    Measure.REFUSAL_SHARE: refusal_share,
}
"""How each measure is read, in the order of `registry/watch_plans/measures.py`."""


@dataclass(frozen=True)
class Findings(Found):
    """All a watch found, and the reading of every measure."""

    @cached_property
    def readings(self) -> tuple[Reading, ...]:
        """One reading for every measure, also where nothing could be assessed."""
        return tuple(READINGS[measure](self) for measure in Measure)

    def reading(self, measure: Measure) -> Reading:
        """The reading of a measure."""
        return next(each for each in self.readings if each.measure == measure)

    def of(self, measure: Measure) -> Reading | None:
        """The reading of a measure; None when it could not be assessed."""
        found = self.reading(measure)
        return found if found.value is not None else None


def in_force(thresholds: Sequence[Threshold]) -> tuple[Threshold, ...]:
    """The declared limits and, for each measure without one, the house limit."""
    declared = {each.measure for each in thresholds}
    return (*thresholds, *(each for each in HOUSE_LIMITS if each.measure not in declared))


def breaches_of(findings: Findings, thresholds: Sequence[Threshold]) -> tuple[Breach, ...]:
    """Every limit that was breached, the most serious first; one breach for a measure, its most serious."""
    worst: dict[Measure, Breach] = {}
    for threshold in sorted(thresholds, key=lambda each: SEVERITY.index(each.action)):
        reading = findings.reading(threshold.measure)
        if is_breached(threshold, reading) and threshold.measure not in worst:
            worst[threshold.measure] = _breach(threshold, reading)
    return tuple(worst.values())


def is_breached(threshold: Threshold, reading: Reading) -> bool:
    """Whether a limit is breached: past it, and for every measure but gaps and floors further than chance takes it.

    A floor is breached below it; every other limit at or above it, when anything was found at all.
    """
    return _is_past(threshold, reading) and (not reading.chance or threshold.measure in GAPS)


def unchecked(findings: Findings, thresholds: Sequence[Threshold]) -> Iterator[Threshold]:
    """The limits of which nobody can say whether they were kept: not assessed, or past them within chance."""
    return (each for each in thresholds if _is_open(each, findings.reading(each.measure)))


def _is_open(threshold: Threshold, reading: Reading) -> bool:
    return reading.value is None or (_is_past(threshold, reading) and not is_breached(threshold, reading))


def _is_past(threshold: Threshold, reading: Reading) -> bool:
    if reading.value is None:
        return False
    if threshold.measure.is_floor:
        return reading.value < threshold.at
    return reading.value > 0 and reading.value >= threshold.at


def _breach(threshold: Threshold, reading: Reading) -> Breach:
    sentence = reading.sentence + _doubt(threshold, reading)
    return Breach(threshold.measure, reading.value or 0.0, threshold.at, threshold.action, sentence)


def _doubt(threshold: Threshold, reading: Reading) -> str:
    """That a figure of more cases might have kept the limit; a gap says for itself when it can be chance."""
    if threshold.measure.is_floor:
        close = reading.high is not None and reading.high >= threshold.at
        return " With so few people the shortfall can be chance." if close else ""
    close = reading.low is not None and reading.low < threshold.at and threshold.measure not in GAPS
    return " So close to the limit it can have been passed by chance." if close else ""
