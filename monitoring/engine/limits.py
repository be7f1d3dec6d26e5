"""The limits of a declaration, and the house limits where it sets none: which were breached, which could be checked."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from monitoring.engine.values import Action, Breach, ColumnVerdict, Measure, Threshold
from monitoring.engine.wording import counted, listed, number, people, percent
from registry.evaluations.values import Figures, Gap, Measures, Proportion

# What no declaration may switch off by silence: these warn, and suspend nothing.
HOUSE_LIMITS = (
    Threshold(Measure.SCORE_DRIFT, 0.2, Action.WARN),
    Threshold(Measure.INPUT_DRIFT_SHARE, 0.3, Action.WARN),
    Threshold(Measure.MISSING_SHARE, 0.2, Action.WARN),
    Threshold(Measure.UNSEEN_CATEGORIES, 1, Action.WARN),
)
SEVERITY = (Action.SUSPEND, Action.REFER, Action.WARN)


@dataclass(frozen=True)
class Finding:
    """A measure's value and the sentence that says what was found; the sentence names who and how many.

    `highest` is the upper end of the value's 95% interval, where it has one.
    """

    value: float
    sentence: str
    highest: float | None = None


@dataclass(frozen=True)
class Findings:
    """All a watch found, from which each measure takes its own."""

    columns: tuple[ColumnVerdict, ...]
    score: ColumnVerdict
    figures: Figures | None
    outcome_name: str

    @property
    def compared(self) -> tuple[ColumnVerdict, ...]:
        """The inputs about whose drift something can be said."""
        return tuple(each for each in self.columns if each.compared)

    @property
    def drifted_share(self) -> float | None:
        """Of the inputs compared, the share that drifted; None when none could be compared."""
        return sum(each.drifted for each in self.compared) / len(self.compared) if self.compared else None

    def of(self, measure: Measure) -> Finding | None:
        """The finding of a measure; None when it could not be assessed."""
        find = _FINDINGS.get(measure)
        return find(self) if find else None


def in_force(thresholds: Sequence[Threshold]) -> tuple[Threshold, ...]:
    """The declared limits and, for each measure without one, the house limit."""
    declared = {each.measure for each in thresholds}
    return (*thresholds, *(each for each in HOUSE_LIMITS if each.measure not in declared))


def breaches_of(findings: Findings, thresholds: Sequence[Threshold]) -> tuple[Breach, ...]:
    """Every limit that was breached, the most serious first; one breach for a measure, its most serious."""
    worst: dict[Measure, Breach] = {}
    for threshold in sorted(thresholds, key=lambda each: SEVERITY.index(each.action)):
        finding = findings.of(threshold.measure)
        if finding and is_breached(threshold, finding.value) and threshold.measure not in worst:
            worst[threshold.measure] = _breach(threshold, finding)
    return tuple(worst.values())


def is_breached(threshold: Threshold, value: float) -> bool:
    """A floor is breached below it; every other limit at or above it, when anything was found at all."""
    if threshold.measure.is_floor:
        return value < threshold.at
    return value > 0 and value >= threshold.at


def _breach(threshold: Threshold, finding: Finding) -> Breach:
    close = finding.highest is not None and finding.highest >= threshold.at
    doubt = " With so few people the shortfall can be chance." if close else ""
    return Breach(threshold.measure, finding.value, threshold.at, threshold.action, finding.sentence + doubt)


def _score_drift(found: Findings) -> Finding | None:
    score = found.score
    if score.drifted and score.value is None:
        return Finding(1.0, score.sentence)
    if score.value is None or score.chance:
        return None
    return Finding(score.value, _moved_scores(score))


def _moved_scores(score: ColumnVerdict) -> str:
    before, after = score.typical_reference or 0.0, score.typical_current or 0.0
    if number(before) == number(after):
        return f"The scores have moved: the average is still {number(after)}, but they are spread differently."
    return f"The scores have moved: the average went from {number(before)} to {number(after)}."


def _input_drift_share(found: Findings) -> Finding | None:
    if found.drifted_share is None:
        return None
    moved = sorted((each for each in found.compared if each.drifted), key=_drift, reverse=True)
    named = listed([each.meaning for each in moved]) if moved else "none"
    of = counted(len(found.compared), "input", "inputs")
    verb = "has" if len(moved) == 1 else "have"
    return Finding(found.drifted_share, f"{len(moved)} of {of} {verb} moved: {named}.")


def _drift(column: ColumnVerdict) -> float:
    return column.value if column.value is not None else float("inf")


def _missing_share(found: Findings) -> Finding | None:
    worst = max((*found.columns, found.score), key=lambda each: each.missing_rise)
    share = f"{percent(worst.missing_current)} of people, {percent(worst.missing_reference)} in the reference"
    return Finding(worst.missing_rise, f"{worst.meaning} is now blank for {share}.")


def _unseen_categories(found: Findings) -> Finding | None:
    new = [f"'{value}' ({each.meaning})" for each in found.columns for value in each.unseen]
    sentence = f"Values that the reference never held: {listed(new)}." if new else "No new values."
    return Finding(len(new), sentence)


def _precision_floor(found: Findings) -> Finding | None:
    precision = found.figures.overall.precision if found.figures else None
    if precision is None or not precision.assessed or precision.rate is None:
        return None
    return Finding(
        precision.rate, f"Of {_flagged(precision)} were later recorded as {found.outcome_name}.", precision.high
    )


def _flagged(precision: Proportion) -> str:
    return f"{people(precision.of)} flagged, {precision.count:,} ({percent(precision.rate or 0)})"


def _miss_rate_gap(found: Findings) -> Finding | None:
    gaps = [gap for gap in found.figures.gaps if gap.measure == "miss_rate"] if found.figures else []
    if not found.figures or not gaps:
        return None
    widest = max(gaps, key=lambda gap: gap.largest)
    more, less = (_missed(found.figures, widest, value) for value in widest.between)
    sentence = f"{widest.group}: of those recorded as {found.outcome_name} it misses {more} and {less}."
    doubt = "" if widest.clear else " With so few people the difference can be chance."
    return Finding(widest.largest, sentence + doubt)


def _missed(figures: Figures, gap: Gap, value: str) -> str:
    missed = next(each for each in figures.by_group if _is(each, gap, value)).miss_rate
    return f"{missed.count:,} of {missed.of:,} ({percent(missed.rate or 0)}) in the group {value}"


def _is(measures: Measures, gap: Gap, value: str) -> bool:
    return (measures.group, measures.value) == (gap.group, value)


_FINDINGS: Mapping[Measure, Callable[[Findings], Finding | None]] = {
    Measure.SCORE_DRIFT: _score_drift,
    Measure.INPUT_DRIFT_SHARE: _input_drift_share,
    Measure.MISSING_SHARE: _missing_share,
    Measure.UNSEEN_CATEGORIES: _unseen_categories,
    Measure.PRECISION_FLOOR: _precision_floor,
    Measure.MISS_RATE_GAP: _miss_rate_gap,
}


def unchecked(findings: Findings, thresholds: Sequence[Threshold]) -> Iterator[Threshold]:
    """The limits whose measure could not be assessed."""
    return (each for each in thresholds if findings.of(each.measure) is None)
