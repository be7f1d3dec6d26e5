"""Readings of fairness: the widest gap between two groups, from fairlearn's counts, with the counts of both (R15)."""

from collections.abc import Iterator, Sequence

from monitoring.engine.found import Found
from monitoring.engine.shares import apart
from monitoring.engine.values import Measure, Reading
from monitoring.engine.wording import people, percent
from registry.evaluations.values import SMALLEST_GROUP, Gap, Measures, Proportion

TOGETHER = " and "
"""Between the names of two characteristics that were taken together."""
DOUBT = " So small a difference can be chance."


def miss_rate_gap(found: Found) -> Reading:
    """Who is missed, of those with the outcome."""
    told = f"of those recorded as {found.outcome_name} it misses"
    return _of_figures(found, Measure.MISS_RATE_GAP, "miss_rate", told)


def false_alarm_gap(found: Found) -> Reading:
    """Who is flagged wrongly, of those without the outcome."""
    told = f"of those not recorded as {found.outcome_name} it flags"
    return _of_figures(found, Measure.FALSE_ALARM_GAP, "false_positive_rate", told)


def selection_gap(found: Found) -> Reading:
    """Who is flagged, of everybody scored: groups are enough, nobody's outcome is needed."""
    selected = found.counted.selected
    why = "Nobody's group is recorded." if not selected else ""
    return _reading(Measure.SELECTION_GAP, found.counted.selected_gaps, selected, "flagged", "it flags", why)


def _of_figures(found: Found, measure: Measure, name: str, told: str) -> Reading:
    if found.figures is None:
        return Reading(measure, None, found.why)
    gaps = [gap for gap in found.figures.gaps if gap.measure == name]
    why = "Nobody's group is recorded." if not found.figures.by_group else ""
    return _reading(measure, gaps, found.figures.by_group, name, told, why)


def _reading(
    measure: Measure, gaps: Sequence[Gap], groups: Sequence[Measures], name: str, told: str, why: str
) -> Reading:
    """The widest gap. Groups of two characteristics together are small and many: theirs count beyond chance only."""
    single = [gap for gap in gaps if TOGETHER not in gap.group or _is_clear(gap, groups, name)]
    if not single:
        few = f"Fewer than two groups have {SMALLEST_GROUP} people to count, so no two could be compared."
        return Reading(measure, None, why or few)
    widest = max(single, key=lambda gap: gap.largest)
    more, less = (_rate(groups, widest, value, name) for value in widest.between)
    chance = not _is_clear(widest, groups, name)
    both = " and ".join(_counts(rate, value) for rate, value in zip((more, less), widest.between, strict=True))
    sentence = f"{widest.group}: {told} {both}.{DOUBT * chance}"
    low, high = max(0.0, widest.low), widest.high
    return Reading(measure, widest.largest, sentence, low, high, more.of + less.of, chance)


def _is_clear(gap: Gap, groups: Sequence[Measures], name: str) -> bool:
    """Beyond chance, although it is the widest of all pairs of its groups (Bonferroni)."""
    rates = [getattr(each, name) for each in groups if each.group == gap.group]
    assessed = sum(rate.assessed for rate in rates)
    pairs = assessed * (assessed - 1) / 2
    more, less = (_rate(groups, gap, value, name) for value in gap.between)
    return (apart(more, less, 0.05 / max(1.0, pairs)).low or 0.0) > 0


def _rate(groups: Sequence[Measures], gap: Gap, value: str, name: str) -> Proportion:
    found: Proportion = next(getattr(each, name) for each in groups if (each.group, each.value) == (gap.group, value))
    return found


def _counts(rate: Proportion, value: str) -> str:
    return f"{rate.count:,} of {rate.of:,} ({percent(rate.rate or 0)}) in the group {value}"


def few_in_groups(measures: Sequence[Measures], said: Sequence[str]) -> Iterator[str]:
    """What could not be said of groups, in one line for each pair of characteristics taken together."""
    together = [each for each in measures if TOGETHER in each.group]
    names = list(dict.fromkeys(each.group for each in together))
    yield from (each for each in said if not each.startswith(tuple(f"{name}, " for name in names)))
    for name in names:
        small = [each for each in together if each.group == name and not each.assessed]
        if small:
            whom = "1 group" if len(small) == 1 else f"{len(small)} groups"
            held = people(sum(each.people for each in small))
            yield f"{name}: {whom} not assessed, each with fewer than {SMALLEST_GROUP} people, {held} together"
