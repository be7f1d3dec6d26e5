"""What came out against what was promised, and against the first estimate: sentences made from counts (R28, R36, R52).

Light machinery: it takes reports and figures and gives sentences; no query, no clock, no model library.
"""

from collections.abc import Sequence
from typing import Any

from assessments.validation.values import MEASURES, WAYS, Judged, Threshold
from registry.evaluations.claims import is_too_good
from registry.evaluations.intervals import Estimate, difference, estimate_share
from registry.evaluations.report import GroupFigures, Report
from registry.evaluations.values import Figures, Gap, Measures, Proportion

UNITLESS = ("mcc", "auc")
COMPARED = {
    "precision": "Of 100 people flagged, had the outcome",
    "recall": "Of 100 people with the outcome, flagged",
    "false_positive_rate": "Of 100 people without the outcome, flagged",
    "auc": "Order of the scores (AUC)",
}
"""What is held against the figures on the evaluation file."""


def find_failure(report: Report) -> tuple[str, str] | None:
    """Code and sentence of what makes a result say nothing about the model: inverted scores, or nobody parted."""
    auc = report.overall.auc
    inverted = auc is not None and (auc.high if auc.high is not None else auc.value) < 0.5
    wanted = "scores_inverted" if inverted else "threshold_parts_nobody"
    return next(((one.code, one.sentence) for one in report.findings if one.code == wanted), None)


def judge(threshold: Threshold, overall: GroupFigures, gaps: Sequence[Gap]) -> Judged:
    """One threshold against a result. What too few people make unknown is not met."""
    promised = f"{MEASURES[threshold.measure]}: {WAYS[threshold.way]} {_write(threshold, threshold.value)} was promised"
    found = _find_value(threshold.measure, overall, gaps)
    if found is None:
        return Judged(threshold.measure, None, False, f"{promised}. Not assessed: too few people.")
    met, clear = _holds(threshold, found.value), _is_clear(threshold, found)
    told = f"{promised}, and it was {_told(threshold, found)}: {'met' if met else 'not met'}"
    return Judged(threshold.measure, met, clear, f"{told}." if clear else f"{told}, within what chance can explain.")


def _find_value(measure: str, overall: GroupFigures, gaps: Sequence[Gap]) -> Estimate | None:
    if measure in UNITLESS:
        return overall.estimates[measure]
    if measure.startswith("gap_"):
        widest = [one for one in gaps if one.measure == measure.removeprefix("gap_")]
        found = max(widest, key=lambda one: one.largest, default=None)
        return Estimate(found.largest, found.low, found.high) if found else None
    share: Proportion = getattr(overall.measures, measure)
    return estimate_share(share) if share.assessed else None


def _holds(threshold: Threshold, value: float) -> bool:
    return value >= threshold.value if threshold.way == "at_least" else value <= threshold.value


def _is_clear(threshold: Threshold, found: Estimate) -> bool:
    """Both ends of the interval say the same."""
    ends = (found.low, found.high)
    return all(end is not None and _holds(threshold, end) == _holds(threshold, found.value) for end in ends)


def _write(threshold: Threshold, value: float) -> str:
    return f"{value:g}" if threshold.measure in UNITLESS else f"{value * 100:g} of 100"


def _told(threshold: Threshold, found: Estimate) -> str:
    return found.text if threshold.measure in UNITLESS else f"{_of_100(found)} of 100"


def _of_100(one: Estimate) -> str:
    value, low, high = (round((part or 0) * 100) for part in (one.value, one.low, one.high))
    return f"{value} ({low} to {high})"


def compare_first(first: Figures | None, later: GroupFigures) -> list[str]:
    """The gap between the first estimate, on the evaluation file, and people from a later time, with 95% intervals."""
    if first is None:
        return ["There is no first estimate to compare with: this version was registered without evaluation data."]
    said = []
    for name, words in COMPARED.items():
        before, now = _before(first, name), _find_value(name, later, ())
        if before is None or now is None:
            said.append(f"{words}: not assessed, too few people.")
        else:
            said.append(_gap_sentence(name, words, before, now))
    return said


def _before(first: Figures, name: str) -> Estimate | None:
    if name == "auc":
        return Estimate(first.auc, first.auc_low, first.auc_high)
    share: Proportion = getattr(first.overall, name)
    return estimate_share(share) if share.assessed else None


def _gap_sentence(name: str, words: str, before: Estimate, now: Estimate) -> str:
    gap = difference(now, before)
    clear = gap.low is not None and gap.high is not None and gap.low * gap.high > 0
    ending = "a clear change" if clear else "within what chance can explain"
    if name == "auc":
        return f"{words}: {before.text} at first, {now.text} later; {gap.value:+.3f}, {ending}."
    low, high = (round((bound or 0) * 100) for bound in (gap.low, gap.high))
    change = f"{round(gap.value * 100):+d} ({low:+d} to {high:+d})"
    return f"{words}: {_of_100(before)} at first, {_of_100(now)} later; {change}, {ending}."


def find_sameness(first: Figures | None, later: GroupFigures) -> list[str]:
    """A warning where a later file gives the first estimate to the last digit: dates can be invented, people not."""
    if first is None or later.auc is None or first.people != later.measures.people or first.auc != later.auc.value:
        return []
    return [
        "As many people and exactly the same order of scores as in the evaluation file: these are most likely the same "
        "people with other dates. Ask the owner."
    ]


def describe_threshold(overall: Measures, threshold: float, outcome_name: str) -> str:
    """What the chosen threshold does to both kinds of error, of 100 people (R52)."""
    if not overall.assessed:
        return "Too few people were measured to say what the threshold does."
    flagged, alarms, missed = (
        Proportion(count, overall.people).out_of_100 for count in (overall.tp + overall.fp, overall.fp, overall.fn)
    )
    return (
        f"From a score of {threshold:g}, it flags about {flagged} of 100 people. Of these 100, about {alarms} are "
        f"flagged and are not later recorded as {outcome_name}, and about {missed} are not flagged and are."
    )


def describe_costs(ratio: float, threshold: float, unit: str) -> str | None:
    """Where costs alone would put the threshold: for scores that are exact chances, at 1 / (1 + ratio).

    C. Elkan, The Foundations of Cost-Sensitive Learning, IJCAI 2001. None for scores that are no chances.
    """
    if unit == "points":
        return None
    least = 1 / (1 + ratio)
    return (
        f"If one missed person weighs as much as {ratio:g} false alarms, and if scores were exact chances, the "
        f"threshold that costs least would be {least:.2f}. The chosen one is {threshold:g}."
    )


def find_tested(groups: Sequence[Measures], columns: Sequence[str]) -> list[str]:
    """The columns with at least two groups whose error rates of both kinds could be assessed (R15)."""
    assessed = [one for one in groups if one.miss_rate.assessed and one.false_positive_rate.assessed]
    return [column for column in columns if len([one for one in assessed if one.group == column]) > 1]


def are_too_good(overall: Measures) -> bool:
    """Whether figures need a leakage review (R35)."""
    shares = overall.precision, overall.recall
    return all(share.assessed for share in shares) and is_too_good(*(share.rate for share in shares))


def describe(overall: Measures, outcome_name: str) -> list[str]:
    """Precision, recall and the base rate as natural frequencies with intervals, the same words as everywhere."""
    return [
        _frequency(overall.precision, "people it flagged", f"were later recorded as {outcome_name}"),
        _frequency(overall.recall, f"people later recorded as {outcome_name}", "had been flagged"),
        _frequency(overall.base_rate, "people, flagged or not", f"were later recorded as {outcome_name}"),
    ]


def _frequency(share: Proportion, whom: str, what: str) -> str:
    if not share.assessed:
        return f"Too few {whom} to say how many {what}."
    return f"Of 100 {whom}, about {share.frequency} {what}."


def counts_of(overall: Measures) -> dict[str, Any]:
    """The four counts, from which every rate follows."""
    return {name: getattr(overall, name) for name in ("tp", "fp", "fn", "tn")}
