"""Readings of what happens around the scores: reasons, capacity, judgements and refusals (R40)."""

from collections.abc import Mapping
from math import isfinite

from monitoring.engine.found import Found
from monitoring.engine.shares import estimate
from monitoring.engine.values import Measure, Reading
from monitoring.engine.wording import counted, number, percent
from registry.evaluations.values import Proportion

FEWEST = 30
"""With fewer judgements or requests a share of them says more about chance than about practice."""


def explanation_shift(found: Found) -> Reading:
    """How much of the weight of the reasons moved to other inputs: the total variation of both distributions."""
    measure = Measure.EXPLANATION_SHIFT
    before, after = (_shares(each) for each in (found.observed.reasons_reference, found.observed.reasons_current))
    if not before or not after:
        side = "the reference" if not before else "the window"
        return Reading(measure, None, f"The weight of the reasons in {side} is not known.")
    change = {name: after.get(name, 0.0) - before.get(name, 0.0) for name in sorted({*before, *after})}
    most = max(change, key=lambda name: abs(change[name]))
    meaning = next((each.meaning for each in found.columns if each.column == most), most)
    shift = sum(abs(each) for each in change.values()) / 2
    told = (
        f"{percent(after.get(most, 0.0))} of it rests on {meaning}, {percent(before.get(most, 0.0))} in the reference"
    )
    return Reading(measure, shift, f"{percent(shift)} of the weight of reasons has moved; {told}.")


def _shares(reasons: Mapping[str, float] | None) -> Mapping[str, float]:
    """Shares that add up to 1; nothing of what has no weight, or a weight that cannot be."""
    weights = dict(reasons or {})
    total = sum(weights.values())
    if not weights or not isfinite(total) or total <= 0 or min(weights.values()) < 0:
        return {}
    return {name: weight / total for name, weight in weights.items()}


def flags_over_capacity(found: Found) -> Reading:
    """The week with most people flagged, as a multiple of those staff can act on (R40)."""
    measure, flags, capacity = Measure.FLAGS_OVER_CAPACITY, found.observed.flags, found.observed.capacity
    if not capacity:
        return Reading(measure, None, "Nobody has declared how many people staff can act on in a week.")
    if not flags:
        return Reading(measure, None, "The window holds no whole week.")
    most = max(flags)
    verb = "person was" if most == 1 else "people were"
    sentence = f"In the fullest week {most:,} {verb} flagged; staff can act on {capacity:,}."
    return Reading(measure, most / capacity, sentence, of=len(flags))


def override_rate(found: Found) -> Reading:
    """How often practitioners disagreed, of all scores they judged; scores they did not use are judged too."""
    return _judged(found, Measure.OVERRIDE_RATE, found.observed.disagree, "disagreed with")


def agreement_ceiling(found: Found) -> Reading:
    """How often practitioners agreed, of all scores they judged."""
    return _judged(found, Measure.AGREEMENT_CEILING, found.observed.agree, "agreed with")


def _judged(found: Found, measure: Measure, count: int, did: str) -> Reading:
    seen = found.observed
    share = Proportion(count, seen.agree + seen.disagree + seen.not_used)
    held = counted(share.of, "score was", "scores were")
    if share.of < FEWEST:
        return Reading(measure, None, f"{held} judged; {FEWEST} are needed.", of=share.of)
    return _share(measure, share, f"Practitioners {did} {{}} of {share.of:,} scores they judged ({{}}).")


def refusal_share(found: Found) -> Reading:
    """How many requests for scores were refused."""
    measure, share = Measure.REFUSAL_SHARE, Proportion(found.observed.refused, found.observed.asked)
    if share.of < FEWEST:
        held = counted(share.of, "request was", "requests were")
        return Reading(measure, None, f"{held} made; {FEWEST} are needed.", of=share.of)
    return _share(measure, share, f"{{}} of {share.of:,} requests for scores were refused ({{}}).")


def _share(measure: Measure, share: Proportion, sentence: str) -> Reading:
    found = estimate(share)
    told = sentence.format(number(share.count), percent(found.value))
    return Reading(measure, found.value, told, found.low, found.high, share.of)
