"""One watch: a batch against its reference and against the limits the committee approved (R12, R13)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import pandas as pd

from monitoring.engine.batches import check_batch, check_columns, digest
from monitoring.engine.columns import compare_columns
from monitoring.engine.limits import Findings
from monitoring.engine.performance import outcome_rate, performance
from monitoring.engine.values import (
    BatchCheck,
    BatchCode,
    ColumnVerdict,
    Measure,
    Threshold,
    WatchedColumn,
    WatchResult,
    Window,
)
from monitoring.engine.verdicts import concluded, failed
from monitoring.engine.wording import people
from registry.evaluations.measures import Band
from registry.evaluations.scales import CHANCES, Scale


@dataclass(frozen=True)
class ScoreColumn:
    """The score, watched like any other number."""

    name: str = "score"
    meaning: str = "The score"
    type: str = "number"


def watch(
    reference: pd.DataFrame,
    current: pd.DataFrame | None,
    *,
    columns: Sequence[WatchedColumn],
    outcome: str | None,
    outcome_name: str,
    threshold: float,
    bands: Sequence[Band],
    groups: Mapping[str, str],
    thresholds: Sequence[Threshold],
    minimum_rows: int,
    stale_after_days: int,
    newest: datetime | None,
    now: datetime,
    earlier_digests: Collection[str],
    reference_window: Window,
    current_window: Window,
    score: str = "score",
    scale: Scale = CHANCES,
) -> WatchResult:
    """The verdict on `current`: failed, breached, warned, too early or passed, in that order.

    Both frames hold one row for each person scored, with the inputs in `columns`, the score and, where known, the
    outcome (0, 1 or blank) and the columns of `groups` (column to name). `threshold` is the operating threshold of the
    score, in the unit of `scale` like the score and the ends of `bands`; `thresholds` the limits of the declaration;
    for drift, blanks and new values a house limit that warns applies where none is declared. A batch that cannot be
    judged fails, it never passes. `minimum_rows` also is the smallest number of known outcomes from which performance
    is worked out.
    """
    scored = ScoreColumn(score)
    watched = (*columns, scored)
    names = [each.name for each in watched]
    before, after = _window(reference_window, reference, names), _window(current_window, current, names)
    seen = {*earlier_digests, before.sha256}
    batch = _reference_fault(reference, watched, minimum_rows) or check_batch(
        current, watched, minimum_rows, newest, now, stale_after_days, seen
    )
    if current is None or not batch.ok:
        return failed(batch, before, after)
    done = performance(
        current,
        outcome=outcome,
        score=score,
        threshold=threshold,
        bands=bands,
        groups=groups,
        minimum=minimum_rows,
        sha256=after.sha256,
        outcome_name=outcome_name,
        reference_rate=outcome_rate(reference, outcome),
        scale=scale,
    )
    verdicts = _compared(reference, current, watched, thresholds)
    found = Findings(verdicts[:-1], verdicts[-1], done.figures, outcome_name)
    return concluded(batch, before, after, found, done, thresholds)


def _compared(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    watched: Sequence[WatchedColumn],
    thresholds: Sequence[Threshold],
) -> tuple[ColumnVerdict, ...]:
    """Every input and, last, the score, which is held to the strictest limit declared for it."""
    declared = [each.at for each in thresholds if each.measure == Measure.SCORE_DRIFT]
    strictest = {watched[-1].name: min(declared)} if declared else {}
    return compare_columns(reference, current, watched, strictest)


def _window(window: Window, frame: pd.DataFrame | None, names: Sequence[str]) -> Window:
    if frame is None or not set(names) <= set(frame.columns):
        return replace(window, people=0 if frame is None else len(frame), sha256="")
    return replace(window, people=len(frame), sha256=digest(frame, names))


def _reference_fault(reference: pd.DataFrame, watched: Sequence[WatchedColumn], minimum: int) -> BatchCheck | None:
    wrong = check_columns(reference, watched, "reference")
    if wrong or len(reference) >= minimum:
        return wrong
    sentence = f"The reference holds {people(len(reference))}; at least {minimum} are needed to compare with."
    return BatchCheck(BatchCode.TOO_SMALL, sentence)
