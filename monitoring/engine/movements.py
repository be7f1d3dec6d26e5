"""Readings of what moved: the scores, their bands, the inputs, blanks, new values and values outside their range."""

from monitoring.engine.found import BandShare, Found, Outside
from monitoring.engine.shares import FALSE_WATCHES, apart, estimate
from monitoring.engine.values import ColumnVerdict, Measure, Reading
from monitoring.engine.wording import counted, listed, number, people, percent
from registry.evaluations.values import SMALLEST_GROUP


def score_drift(found: Found) -> Reading:
    """How far the scores moved; scores that are gone count as moved altogether."""
    measure, score = Measure.SCORE_DRIFT, found.score
    if score is None:
        return Reading(measure, None, "No score was watched.")
    if score.value is None:
        return Reading(measure, 1.0 if score.drifted else None, score.sentence)
    sentence = _moved_scores(score) if score.drifted else score.sentence
    return Reading(measure, score.value, sentence, chance=score.chance)


def _moved_scores(score: ColumnVerdict) -> str:
    before, after = score.typical_reference or 0.0, score.typical_current or 0.0
    if number(before) == number(after):
        return f"The scores have moved: the average is still {number(after)}, but they are spread differently."
    return f"The scores have moved: the average went from {number(before)} to {number(after)}."


def band_shift(found: Found) -> Reading:
    """The band whose share of people changed most; with several bands each is held against a stricter chance."""
    measure, bands = Measure.BAND_SHIFT, found.counted.bands
    if not bands:
        return Reading(measure, None, "Bands could not be compared: no bands or no scores are given.")
    most = max(bands, key=lambda each: apart(each.current, each.reference).value)
    gap, strict = (
        apart(most.current, most.reference, wrong) for wrong in (0.05 / len(bands), FALSE_WATCHES / len(bands))
    )
    chance = (strict.low or 0) <= 0
    doubt = " So small a difference can be chance." if chance and gap.value else ""
    low = max(0.0, gap.low or 0.0)
    return Reading(measure, gap.value, _shifted(most) + doubt, low, gap.high, most.current.of, chance)


def _shifted(band: BandShare) -> str:
    before, after = band.reference, band.current
    verb = "is" if after.count == 1 else "are"
    return (
        f"{after.count:,} of {people(after.of)} ({percent(after.rate or 0)}) {verb} in the band {band.name}, "
        f"{percent(before.rate or 0)} in the reference."
    )


def input_drift_share(found: Found) -> Reading:
    """How many of the inputs moved, of those that could be compared."""
    if found.drifted_share is None:
        return Reading(Measure.INPUT_DRIFT_SHARE, None, "No input could be compared with the reference.")
    moved = sorted((each for each in found.compared if each.drifted), key=_drift, reverse=True)
    named = listed([each.meaning for each in moved]) if moved else "none"
    of = counted(len(found.compared), "input", "inputs")
    sentence = f"{len(moved)} of {of} {'has' if len(moved) == 1 else 'have'} moved: {named}."
    return Reading(Measure.INPUT_DRIFT_SHARE, found.drifted_share, sentence, of=len(found.compared))


def _drift(column: ColumnVerdict) -> float:
    return column.value if column.value is not None else float("inf")


def missing_share(found: Found) -> Reading:
    """The largest rise in blanks of any input or the score."""
    measure = Measure.MISSING_SHARE
    watched = [*found.columns, *([found.score] if found.score else [])]
    if not watched:
        return Reading(measure, None, "No input was watched.")
    worst = max(watched, key=lambda each: each.missing_rise)
    if not worst.missing_rise:
        return Reading(measure, 0.0, "No input is blank for more people than in the reference.")
    share = f"{percent(worst.missing_current)} of people, {percent(worst.missing_reference)} in the reference"
    return Reading(measure, worst.missing_rise, f"{worst.meaning} is now blank for {share}.")


def unseen_categories(found: Found) -> Reading:
    """How many values appeared that the reference never held."""
    new = [f"'{value}' ({each.meaning})" for each in found.columns for value in each.unseen]
    sentence = f"Values that the reference never held: {listed(new)}." if new else "No new values."
    return Reading(Measure.UNSEEN_CATEGORIES, float(len(new)), sentence)


def out_of_range_share(found: Found) -> Reading:
    """The input most often outside its declared range."""
    measure = Measure.OUT_OF_RANGE_SHARE
    known = [each for each in found.counted.outside if each.share.of >= SMALLEST_GROUP]
    if not known:
        return Reading(measure, None, "No number with a declared range is known for enough people.")
    worst = max(known, key=lambda each: each.share.count / each.share.of)
    if not worst.share.count:
        return Reading(measure, 0.0, "Every input is within its declared range.", of=worst.share.of)
    share = estimate(worst.share)
    return Reading(measure, share.value, _outside(worst), share.low, share.high, worst.share.of)


def _outside(worst: Outside) -> str:
    low, high = (number(each) if each is not None else None for each in (worst.low, worst.high))
    within = f"{low} to {high}" if low and high else f"{low} or more" if low else f"{high} or less"
    share = worst.share
    return (
        f"{worst.meaning} lies outside {within} for {share.count:,} of {people(share.of)} ({percent(share.rate or 0)})."
    )
