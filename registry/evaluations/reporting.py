"""Makes a report from a file with an outcome and a score: scikit-learn's figures, by group (R04, R15).

Heavy libraries: never imported by the web process. Rows count as in a spreadsheet, also in Parquet: the first is row 2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import combinations
from math import sqrt
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.metrics import brier_score_loss, roc_auc_score

from registry.evaluations.claims import is_too_good
from registry.evaluations.columns import check_columns, check_spread, group_columns, read_binary, read_scores
from registry.evaluations.intervals import Estimate, estimate_auc, estimate_mean
from registry.evaluations.measures import Table, count_cells, read_table
from registry.evaluations.report import (
    RATES,
    Calibration,
    Comparison,
    Finding,
    GroupFigures,
    Report,
    Tenth,
    compare,
)
from registry.evaluations.scales import CHANCES, Scale
from registry.evaluations.values import NORMAL_95, SMALLEST_GROUP, EvaluationRefused, Measures, Proportion

MOST_GROUPS, MOST_COLUMNS = 50, 5
"""More groups in one column look like a reference of people; more columns make more cells than anyone reads."""
STEPS, SMALL_STEP = 50, 1e-9  # of Newton's method


def report_file(path: Path, *, outcome: str, score: str, threshold: float, by: Sequence[str]) -> Report:
    """The figures of a CSV (UTF-8) or Parquet file at a threshold from 0 to 1, by each column of `by` and together.

    Raises EvaluationRefused naming the file, and where there is one the column and the first bad row: what is neither
    format, missing columns, an outcome that is not 0 or 1 in every row or is all one class, scores that are missing,
    no numbers, outside 0 to 1, all the same or equal to the outcome, a group column with more than 50 groups or that
    is the outcome or the score, and more than 5 group columns.
    """
    try:
        _check_names(outcome, score, threshold, by)
        table = _read(path, outcome, score, by)
        return report_table(table, outcome=outcome, score=score, threshold=threshold, by=by)
    except EvaluationRefused as refused:
        named = refused.sentence if refused.sentence.startswith(path.name) else f"{path.name}: {refused.sentence}"
        raise EvaluationRefused(refused.code, named) from None


def _check_names(outcome: str, score: str, threshold: float, by: Sequence[str]) -> None:
    if outcome == score:
        raise EvaluationRefused("score_is_outcome", f"Column '{score}' cannot be the score and the outcome.")
    if not 0 <= threshold <= 1:
        raise EvaluationRefused("threshold_out_of_range", f"The threshold must lie between 0 and 1, not {threshold}.")
    if len(by) > MOST_COLUMNS or len(set(by)) != len(by):
        raise EvaluationRefused("groups_too_many", f"Give up to {MOST_COLUMNS} columns of groups, each once.")
    for column in by:
        if column in (outcome, score):
            raise EvaluationRefused("group_is_outcome", f"Column '{column}' is the outcome or the score, not a group.")


def _read(path: Path, outcome: str, score: str, by: Sequence[str]) -> Table:
    return read_data(path.read_bytes(), path.name, words=by, columns=tuple(dict.fromkeys((outcome, score, *by))))


def read_data(content: bytes, name: str, *, words: Sequence[str], columns: Sequence[str] = ()) -> Table:
    """A CSV (UTF-8) or Parquet file as a table; columns named in `words` stay words, where CSV is read.

    Of a Parquet file only `columns` are read, where any are named. Refused: other endings, and what is neither format.
    """
    ending = name.lower().rsplit(".", 1)[-1]
    if ending == "csv":
        return read_table(content, name, words=words)
    if ending != "parquet":
        raise EvaluationRefused("file_kind", "only files ending in .csv or .parquet can be measured.")
    try:
        held = pq.read_schema(pa.BufferReader(content)).names
        wanted = [column for column in columns if column in held] if columns else None
        frame = pq.read_table(pa.BufferReader(content), columns=wanted).to_pandas()
    except (pa.ArrowInvalid, OSError) as error:
        raise EvaluationRefused("file_not_parquet", "the file cannot be read as Parquet.") from error
    return Table(name, frame.reset_index(drop=True), hashlib.sha256(content).hexdigest())


def report_table(
    table: Table, *, outcome: str, score: str, threshold: float, by: Sequence[str], scale: Scale = CHANCES
) -> Report:
    """The same of a table that was read already, such as one whose scores were just computed. Refusals as above.

    Scores and threshold are in the unit of `scale`; Brier score and calibration are worked out for chances only.
    """
    frame = table.frame
    check_columns(frame, [outcome, score, *by])
    truth, scores = read_binary(frame, outcome), read_scores(frame, score, scale)
    check_spread(truth, scores, outcome, score)
    if np.array_equal(truth, scores):
        raise EvaluationRefused("score_is_outcome", f"Column '{score}', from row 2 on: the score is the outcome.")
    together = [chosen for size in range(2, len(by) + 1) for chosen in combinations(by, size)]
    columns = group_columns(frame, {column: column for column in by}, together)
    for name, column in columns[: len(by)]:
        if column.nunique() > MOST_GROUPS:
            raise EvaluationRefused("groups_too_many", f"Column '{name}' has {column.nunique():,} different values.")
    overall = _figures("", "", truth, scores, threshold, scale)
    groups = [list(_by_group(name, column, truth, scores, threshold, scale)) for name, column in columns]
    every = [each for one in groups for each in one]
    return Report(
        file=table.name,
        sha256=table.sha256,
        outcome=outcome,
        score=score,
        threshold=threshold,
        overall=overall,
        groups=tuple(every),
        comparisons=tuple(each for one in groups for each in _comparisons(one, overall)),
        findings=tuple(_findings(overall, every)),
        not_assessed=tuple(_not_assessed(overall, every, scale)),
    )


def _by_group(
    name: str, column: pd.Series, truth: np.ndarray, scores: np.ndarray, threshold: float, scale: Scale
) -> Iterator[GroupFigures]:
    """Not through fairlearn's MetricFrame, which copies row by row and is several times as slow on a million people."""
    for value, places in sorted(column.groupby(column, sort=False).indices.items()):
        yield _figures(name, str(value), truth[places], scores[places], threshold, scale)


def _figures(
    group: str, value: str, truth: np.ndarray, scores: np.ndarray, threshold: float, scale: Scale
) -> GroupFigures:
    measures = Measures(group, value, len(truth), *count_cells(truth, (scores >= threshold).astype(int)))
    if not measures.assessed:
        return GroupFigures(measures, None, None, None)
    if not scale.counts_chances:
        return GroupFigures(measures, _auc(truth, scores), None, None)
    errors = (scores - truth) ** 2
    brier = estimate_mean(float(brier_score_loss(truth, scores, pos_label=1)), float(errors.var(ddof=1)), len(truth))
    return GroupFigures(measures, _auc(truth, scores), brier, _calibration(truth, scores))


def _auc(truth: np.ndarray, scores: np.ndarray) -> Estimate | None:
    positives = int(truth.sum())
    if min(positives, len(truth) - positives) < SMALLEST_GROUP:
        return None
    return estimate_auc(float(roc_auc_score(truth, scores)), positives, len(truth) - positives)


def _calibration(truth: np.ndarray, scores: np.ndarray) -> Calibration:
    positives, tenths = int(truth.sum()), tuple(_tenths(truth, scores))
    if min(positives, len(truth) - positives) < SMALLEST_GROUP:
        return Calibration(tenths, None, None, f"fewer than {SMALLEST_GROUP} people with, or without, the outcome")
    if scores.min() <= 0 or scores.max() >= 1:
        ends = int(((scores <= 0) | (scores >= 1)).sum())
        return Calibration(tenths, None, None, f"{ends:,} scores are exactly 0 or 1 and have no log-odds")
    odds = np.log(scores / (1 - scores))
    slope = _fit(np.column_stack([np.ones_like(odds), odds]), truth, np.zeros_like(odds))
    intercept = _fit(np.ones((len(odds), 1)), truth, odds)
    if slope is None or intercept is None:
        return Calibration(tenths, None, None, "no line can be fitted: the scores do not vary or part the classes")
    return Calibration(tenths, slope, intercept, "")


def _tenths(truth: np.ndarray, scores: np.ndarray) -> Iterator[Tenth]:
    places = np.searchsorted(np.arange(1, 10) / 10, scores, side="right")
    people, had = np.bincount(places, minlength=10), np.bincount(places, weights=truth, minlength=10)
    total = np.bincount(places, weights=scores, minlength=10)
    for place in range(10):
        mean = float(total[place] / people[place]) if people[place] >= SMALLEST_GROUP else None
        yield Tenth(place / 10, (place + 1) / 10, mean, Proportion(int(had[place]), int(people[place])))


def _fit(design: np.ndarray, truth: np.ndarray, offset: np.ndarray) -> Estimate | None:
    """The last coefficient of a logistic regression, by Newton's method; None when it does not settle."""
    beta = np.zeros(design.shape[1])
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-np.clip(design @ beta + offset, -700, 700)))
        information = design.T @ (design * (share * (1 - share))[:, None])
        if np.linalg.cond(information) > 1e12:
            return None
        step = np.linalg.solve(information, design.T @ (truth - share))
        beta = beta + step
        if np.abs(step).max() < SMALL_STEP:
            spread = NORMAL_95 * sqrt(np.linalg.inv(information)[-1, -1])
            return Estimate(float(beta[-1]), float(beta[-1] - spread), float(beta[-1] + spread))
    return None


def _comparisons(groups: Sequence[GroupFigures], everyone: GroupFigures) -> Iterator[Comparison]:
    assessed = [each for each in groups if each.measures.assessed]
    if len(groups) < 2 or not assessed:
        return
    largest = max(assessed, key=lambda each: each.measures.people)
    for each in assessed:
        yield from compare(each, largest, everyone)


def _findings(overall: GroupFigures, groups: Sequence[GroupFigures]) -> Iterator[Finding]:
    for each in (overall, *groups):
        if each.auc and (each.auc.high if each.auc.high is not None else each.auc.value) < 0.5:
            yield Finding(
                "scores_inverted",
                f"The scores of {each.name} point the wrong way: AUC {each.auc.text}. People with the outcome score "
                "lower than people without it. Labels or scores are inverted. Nothing was turned round.",
                True,
            )
    precision, recall = overall.measures.precision, overall.measures.recall
    if precision.assessed and recall.assessed and is_too_good(precision.rate, recall.rate):
        yield Finding(
            "too_good",
            "Precision and recall are both above 0.98. Have somebody sign that the outcome did not leak in (R35).",
            True,
        )
    if overall.measures.flagged.count in (0, overall.measures.people):
        whom = "Nobody" if overall.measures.flagged.count == 0 else "Everybody"
        yield Finding("threshold_parts_nobody", f"{whom} is flagged at this threshold.", True)


def _not_assessed(overall: GroupFigures, groups: Sequence[GroupFigures], scale: Scale) -> Iterator[str]:
    if not scale.counts_chances:
        yield scale.why_no_chance
    if not groups:
        yield "No group was measured, so fairness was not tested."
    for each in (overall, *groups):
        if not each.measures.assessed:
            people = "1 person" if each.measures.people == 1 else f"{each.measures.people} people"
            yield f"{each.name}: not assessed, {people}, fewer than {SMALLEST_GROUP}"
            continue
        few = [name for name in RATES if not getattr(each.measures, name).assessed]
        if few:
            counted = ", ".join(f"{name.replace('_', ' ')} ({getattr(each.measures, name).of})" for name in few)
            yield f"{each.name}: of fewer than {SMALLEST_GROUP} people, not assessed: {counted}"
        if each.calibration and each.calibration.why_not:
            yield f"{each.name}: calibration slope not assessed, {each.calibration.why_not}"
        if each.auc is None:
            yield f"{each.name}: AUC not assessed, fewer than {SMALLEST_GROUP} people with, or without, the outcome"
