"""What changed in who is scored, and how often the model is right, as sentences of a report (R12, R27)."""

from collections.abc import Sequence
from datetime import date

from foundation.web.texts import date_text, list_text
from monitoring.engine.values import Measure, WatchResult
from monitoring.engine.wording import people
from registry.evaluations.values import Figures

WHO = (Measure.BAND_SHIFT, Measure.SELECTION_GAP, Measure.FLAGS_OVER_CAPACITY)
"""The measures that say who is scored and flagged, in the order in which they are told."""
NAMED_HOLES = 5
"""How many missed nights are named; the rest are counted."""


def who_is_scored(result: WatchResult, before: WatchResult | None) -> list[str]:
    """What changed in who is scored: how many, how high, in which bands and groups, and whether staff can act on it.

    `before` is the watch before this one. Watches of the first release kept no readings, and their reports say so.
    """
    if result.score is None:
        return []
    told = [_count(result, before), result.score.sentence]
    if not result.readings:
        return [*told, "Bands, flags by group and flags against capacity were not measured by a watch of this time."]
    found = {reading.measure: reading for reading in result.readings}
    return [*told, *(found[measure].sentence for measure in WHO if measure in found)]


def _count(result: WatchResult, before: WatchResult | None) -> str:
    now = result.current.people
    verb = "was" if now == 1 else "were"
    if before is None or before.score is None:
        return f"{people(now)} {verb} scored."
    if before.current.people == now:
        return f"{people(now)} {verb} scored, as many as in the watch before."
    return f"{people(now)} {verb} scored, {before.current.people:,} in the watch before."


def frequencies(result: WatchResult, outcome_name: str) -> list[str]:
    """How often it is right among 100 people, with intervals; empty where performance was not assessed."""
    if not result.figures:
        return []
    figures = Figures.from_dict(result.figures)
    return [
        figures.flagged_sentence(outcome_name),
        figures.found_sentence(outcome_name),
        figures.base_sentence(outcome_name),
    ]


def holes_sentence(holes: Sequence[date]) -> str:
    """The nights without a watch in a sentence, the newest named; empty when there is none (R13)."""
    if not holes:
        return ""
    if len(holes) == 1:
        return f"No watch ran on the night of {date_text(holes[0])}."
    named = [date_text(day) for day in holes[-NAMED_HOLES:]]
    last = "" if len(holes) <= NAMED_HOLES else "the last of them "
    return f"No watch ran on {len(holes)} nights: {last}{list_text(named)}."
