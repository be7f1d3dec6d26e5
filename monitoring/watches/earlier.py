"""What watches of the first release found, as the readings that later ones keep: old reports stay readable."""

from collections.abc import Mapping

from monitoring.engine.limits import Findings
from monitoring.engine.values import Measure, Reading, WatchResult
from registry.evaluations.values import Figures

FIRST = (
    Measure.SCORE_DRIFT,
    Measure.INPUT_DRIFT_SHARE,
    Measure.MISSING_SHARE,
    Measure.UNSEEN_CATEGORIES,
    Measure.PRECISION_FLOOR,
    Measure.MISS_RATE_GAP,
)
"""What watches of the first release measured."""


def readings_of(result: WatchResult, outcome_name: str) -> Mapping[Measure, Reading]:
    """The readings of a watch by measure; those of a watch that kept none are made from what it kept instead."""
    if result.readings or result.score is None:
        return {each.measure: each for each in result.readings}
    figures = Figures.from_dict(result.figures) if result.figures else None
    found = Findings(result.columns, result.score, figures, outcome_name)
    findings = {measure: found.of(measure) for measure in FIRST}
    return {measure: Reading(measure, one.value, one.sentence) for measure, one in findings.items() if one}
