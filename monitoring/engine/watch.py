"""One watch: a batch against its reference and against the limits the committee approved (R12, R13)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import pandas as pd

from monitoring.engine.batches import check_batch, check_columns, check_order, digest
from monitoring.engine.columns import compare_columns
from monitoring.engine.counting import count, group_pairs
from monitoring.engine.limits import Findings
from monitoring.engine.performance import Performance, outcome_rate, performance
from monitoring.engine.values import (
    BatchCheck,
    BatchCode,
    ColumnVerdict,
    Measure,
    Observed,
    Threshold,
    WatchedColumn,
    WatchResult,
    Window,
)
from monitoring.engine.verdicts import concluded, failed
from monitoring.engine.wording import people as people_text
from registry.evaluations.measures import Band
from registry.evaluations.scales import CHANCES, Scale

NO_SCORE = "Performance and fairness: no score was given."


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
    stale_after_days: int | None,
    newest: datetime | None,
    now: datetime,
    earlier_digests: Collection[str],
    reference_window: Window,
    current_window: Window,
    score: str | None = "score",
    scale: Scale = CHANCES,
    observed: Observed = Observed(),  # noqa: B008 - frozen
    minimum_outcomes: int | None = None,
    deployment: str = "",
    intersections: bool = True,
    people: Sequence[object] | None = None,
    sent_before: date | None = None,
) -> WatchResult:
    """The verdict on `current`: failed, breached, warned, too early or passed, in that order.

    Both frames hold one row for each person scored, with the inputs in `columns`, the score and, where known, the
    outcome (0, 1 or blank) and the columns of `groups` (column to name). `threshold` is the operating threshold of the
    score, in the unit of `scale` like the score and the ends of `bands`; `thresholds` the limits of the plan; for
    drift, blanks and new values a house limit that warns applies where none is declared. A batch that cannot be
    judged fails, it never passes.

    `minimum_outcomes` (`minimum_rows` unless given) is the smallest number of known outcomes from which performance is
    worked out. `observed` is what happened around the scores, `deployment` the sentence on what was watched. With
    `intersections` every pair of group columns is measured together too. `people` says whose row each is: nobody may
    be there twice. `sent_before` is the day on which the very file of the newest run was run before.
    Without `stale_after_days` the age of a batch is not judged; without `score` nothing about scores.
    """
    scored = (ScoreColumn(score),) if score else ()
    watched = (*columns, *scored)
    names = [each.name for each in watched]
    before, after = _window(reference_window, reference, names), _window(current_window, current, names)
    same = bool(after.sha256) and after.sha256 in {*earlier_digests, before.sha256}
    batch = (
        _reference_fault(reference, watched, minimum_rows)
        or check_order(before, after)
        or check_batch(current, watched, minimum_rows, newest, now, stale_after_days, same, people, sent_before)
    )
    if current is None or not batch.ok:
        return failed(batch, before, after, deployment)
    pairs, mixed = group_pairs(current, groups) if intersections else ((), ())
    verdicts = _compared(reference, current, watched, thresholds)
    counted = count(
        reference,
        current,
        columns=columns,
        outcome=outcome,
        score=score,
        threshold=threshold,
        bands=bands,
        groups=groups,
        pairs=pairs,
        scale=scale,
    )
    done = _no_score(len(current))
    if score:
        done = performance(
            current,
            outcome=outcome,
            score=score,
            threshold=threshold,
            bands=bands,
            groups=groups,
            minimum=minimum_outcomes or minimum_rows,
            sha256=after.sha256,
            outcome_name=outcome_name,
            reference_rate=outcome_rate(reference, outcome),
            scale=scale,
            pairs=pairs,
        )
    done = replace(done, small_groups=(*done.small_groups, *mixed))
    found = Findings(
        columns=verdicts[: len(columns)],
        score=verdicts[-1] if score else None,
        figures=done.figures,
        outcome_name=outcome_name,
        counted=counted,
        observed=observed,
        why=done.not_assessed[0] if done.not_assessed else "",
    )
    return concluded(batch, before, after, found, done, thresholds, deployment)


def _no_score(rows: int) -> Performance:
    return Performance(None, (0, rows), (NO_SCORE,))


def _compared(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    watched: Sequence[WatchedColumn],
    thresholds: Sequence[Threshold],
) -> tuple[ColumnVerdict, ...]:
    """Every input and, last, the score, which is held to the strictest limit declared for it."""
    declared = [each.at for each in thresholds if each.measure == Measure.SCORE_DRIFT]
    strictest = {each.name: min(declared) for each in watched[-1:] if declared and isinstance(each, ScoreColumn)}
    return compare_columns(reference, current, watched, strictest)


def _window(window: Window, frame: pd.DataFrame | None, names: Sequence[str]) -> Window:
    """A window with how many people it holds and their digest; a frame that lacks a column has none."""
    held = list(frame.columns) if frame is not None else []
    if frame is None or any(held.count(name) != 1 for name in names):
        return replace(window, people=0 if frame is None else len(frame), sha256="")
    return replace(window, people=len(frame), sha256=digest(frame, names))


def _reference_fault(reference: pd.DataFrame, watched: Sequence[WatchedColumn], minimum: int) -> BatchCheck | None:
    wrong = check_columns(reference, watched, "reference")
    if wrong or len(reference) >= minimum:
        return wrong
    sentence = f"The reference holds {people_text(len(reference))}; at least {minimum} are needed to compare with."
    return BatchCheck(BatchCode.TOO_SMALL, sentence)
