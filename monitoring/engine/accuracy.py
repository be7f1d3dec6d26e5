"""Readings that need outcomes: how often they are recorded, who was found, what scores promise, and steadiness."""

from monitoring.engine.found import BandScore, Found
from monitoring.engine.shares import FALSE_WATCHES, apart, estimate, is_one_share
from monitoring.engine.values import Measure, Reading
from monitoring.engine.wording import counted, people, percent
from registry.evaluations.values import SMALLEST_GROUP, Proportion

FEWEST_WATCHES = 4
"""With fewer watches a swing cannot be told from two different months."""
FEWEST_OUTCOMES = 30


def label_rate_change(found: Found) -> Reading:
    """How far the share of people recorded with the outcome lies from the reference's."""
    measure, name = Measure.LABEL_RATE_CHANGE, found.outcome_name
    before, after = found.counted.outcomes or (Proportion(0, 0), Proportion(0, 0))
    if min(before.of, after.of) < FEWEST_OUTCOMES:
        why = (
            f"whether people were recorded as {name} is known for {people(after.of)} and {before.of:,} in the reference"
        )
        return Reading(measure, None, f"Too early: {why}; {FEWEST_OUTCOMES} are needed.")
    gap, strict = (apart(after, before, wrong) for wrong in (0.05, FALSE_WATCHES))
    chance = (strict.low or 0) <= 0
    sentence = (
        f"{after.count:,} of {people(after.of)} ({percent(after.rate or 0)}) are recorded as {name}, "
        f"{percent(before.rate or 0)} in the reference."
    )
    doubt = " So small a difference can be chance." if chance and gap.value else ""
    return Reading(measure, gap.value, sentence + doubt, max(0.0, gap.low or 0.0), gap.high, after.of, chance)


def precision_floor(found: Found) -> Reading:
    """Of those flagged, how many had the outcome."""
    if found.figures is None:
        return Reading(Measure.PRECISION_FLOOR, None, found.why)
    share = found.figures.overall.precision
    sentence = f"Of {people(share.of)} flagged, {_many(share)} were later recorded as {found.outcome_name}."
    return _share(Measure.PRECISION_FLOOR, share, "flagged", sentence)


def recall_floor(found: Found) -> Reading:
    """Of those with the outcome, how many were flagged."""
    if found.figures is None:
        return Reading(Measure.RECALL_FLOOR, None, found.why)
    share = found.figures.overall.recall
    sentence = f"Of {people(share.of)} later recorded as {found.outcome_name}, {_many(share)} were flagged."
    return _share(Measure.RECALL_FLOOR, share, f"recorded as {found.outcome_name}", sentence)


def _many(share: Proportion) -> str:
    return f"{share.count:,} ({percent(share.rate or 0)})"


def _share(measure: Measure, share: Proportion, who: str, sentence: str) -> Reading:
    if not share.assessed:
        return Reading(measure, None, f"Only {people(share.of)} {who}; {SMALLEST_GROUP} are needed.", of=share.of)
    return Reading(measure, share.rate, sentence, share.low, share.high, share.of)


def calibration_gap(found: Found) -> Reading:
    """The band in which the mean score and what happened lie furthest apart, beyond chance where there is one."""
    measure, counted_bands = Measure.CALIBRATION_GAP, found.counted.calibration
    if not found.counted.chances:
        return Reading(measure, None, "Scores are points and say no chance, so nothing can be held against them.")
    if found.figures is None:
        return Reading(measure, None, found.why)
    known = [each for each in counted_bands if each.outcome.assessed]
    if not known:
        return Reading(measure, None, f"No band holds {SMALLEST_GROUP} people whose outcome is known.")
    wrong = FALSE_WATCHES / len(known)
    worst = max(known, key=lambda each: (not _is_chance(each, wrong), _ends(each, 0.05)[0]))
    gap, low, high = _ends(worst, 0.05 / len(known))
    chance = _is_chance(worst, wrong)
    doubt = " So small a difference can be chance." if chance else ""
    return Reading(measure, gap, _promised(worst, found) + doubt, max(0.0, low), high, worst.outcome.of, chance)


def _is_chance(band: BandScore, wrong: float) -> bool:
    return _ends(band, wrong)[1] <= 0


def _ends(band: BandScore, wrong: float) -> tuple[float, float, float]:
    """The gap between mean score and rate, never below 0, with the interval of the rate carried over."""
    rate = estimate(band.outcome, wrong)
    low, high = rate.low or 0.0, rate.high or 0.0
    if rate.value >= band.mean:
        return rate.value - band.mean, low - band.mean, high - band.mean
    return band.mean - rate.value, band.mean - high, band.mean - low


def _promised(band: BandScore, found: Found) -> str:
    return (
        f"In the band {band.name} scores say {percent(band.mean)} on average; {band.outcome.count:,} of "
        f"{people(band.outcome.of)} ({percent(band.outcome.rate or 0)}) were recorded as {found.outcome_name}."
    )


def erratic(found: Found) -> Reading:
    """The swing of precision over the last watches and this one; noise alone is called chance (chi-square)."""
    measure = Measure.ERRATIC
    if found.figures is None:
        return Reading(measure, None, found.why)
    now = found.figures.overall.precision
    every = [*found.observed.earlier, (now.count, now.of)]
    counts = [(right, flagged) for right, flagged in every if flagged >= SMALLEST_GROUP]
    if len(counts) < FEWEST_WATCHES:
        held = counted(len(counts), "watch", "watches")
        return Reading(measure, None, f"Figures of {held} are known; {FEWEST_WATCHES} are needed.", of=len(counts))
    rates = [right / flagged for right, flagged in counts]
    chance = is_one_share(counts, FALSE_WATCHES)
    sentence = (
        f"Over {len(counts)} watches, between {percent(min(rates))} and {percent(max(rates))} of those flagged were "
        f"recorded as {found.outcome_name}."
    )
    doubt = " So far apart they can lie by chance." if chance else ""
    return Reading(measure, max(rates) - min(rates), sentence + doubt, of=len(counts), chance=chance)
