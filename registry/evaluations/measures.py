"""Computes a model's figures from an evaluation file with its outcomes and the model's scores.

Heavy libraries: never imported by the web process. Rows are counted as a spreadsheet does: the heading is row 1.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from sklearn.metrics import brier_score_loss, confusion_matrix, matthews_corrcoef, roc_auc_score

from registry.evaluations.values import (
    NORMAL_95,
    SMALLEST_GROUP,
    BandRate,
    EvaluationRefused,
    Figures,
    Gap,
    Measures,
    Proportion,
)

NOT_RECORDED = "Not recorded"
GAP_MEASURES = ("flagged", "precision", "false_positive_rate", "miss_rate", "base_rate")
COUNTED_OF = {
    "precision": "people flagged",
    "false_positive_rate": "people without the outcome",
    "miss_rate": "people with the outcome",
}


class Band(Protocol):
    """What a band must offer: scores from `start` up to, not including, `end` (the last band: including)."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...


@dataclass(frozen=True)
class Table:
    """A file as read: `sha256` is the digest of its bytes, `frame` has a row for each line under the heading."""

    name: str
    frame: pd.DataFrame
    sha256: str


def read_table(path_or_bytes: Path | str | bytes, name: str) -> Table:
    """Read a CSV in UTF-8 (a byte order mark is tolerated). Only an empty cell is missing: "None" is a value.

    Refuses, naming the file and the row: other encodings, an empty file, a heading alone, blank or repeated
    headings, and rows with more or fewer cells than the heading.
    """
    content = path_or_bytes if isinstance(path_or_bytes, bytes) else Path(path_or_bytes).read_bytes()
    text = _decoded(content, name)
    _check_shape(text, name)
    frame = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""], skip_blank_lines=True)
    return Table(name, frame, hashlib.sha256(content).hexdigest())


def measure(
    frame: pd.DataFrame,
    *,
    outcome: str,
    score: str,
    threshold: float,
    bands: Sequence[Band],
    groups: Mapping[str, str],
    data_sha256: str,
    baseline: str | None = None,
    intersections: Sequence[tuple[str, str]] = (),
) -> Figures:
    """Figures of `score` against `outcome` (0 or 1) at `threshold` (a score at or above it is flagged).

    `groups` maps columns to display names; blank cells are the group "Not recorded". `baseline` names a column
    with the 0 or 1 of a simple rule; `intersections` names pairs of group columns to measure together (R15).
    Confusion counts are scikit-learn's, by group through fairlearn's MetricFrame. The AUC's interval is Hanley
    and McNeil's (Radiology 143, 1982): closed form, so the same file always gives the same figures; with an AUC
    of exactly 1 it has no width and means nothing.

    Raises EvaluationRefused naming the column and the first bad row: an empty frame, a missing column, an outcome
    that is missing, not 0 or 1, or all of one class, a score that is missing, not a number, outside 0 to 1 or the
    same for everybody, a threshold outside 0 to 1, and bands that leave a score out.
    """
    _check_columns(frame, [outcome, score, *groups, *([baseline] if baseline else [])])
    truth, scores = _binary(frame, outcome), _scores(frame, score)
    _check_spread(truth, scores, outcome, score)
    if not 0 <= threshold <= 1:
        raise EvaluationRefused("threshold_out_of_range", f"The threshold must lie between 0 and 1, not {threshold}.")
    flags = (scores >= threshold).astype(int)
    columns = _group_columns(frame, groups, intersections)
    by_group = tuple(each for name, column in columns for each in _by_group(truth, flags, name, column))
    auc = float(roc_auc_score(truth, scores))
    auc_low, auc_high = _auc_interval(auc, int(truth.sum()), int(len(truth) - truth.sum()))
    return Figures(
        outcome=outcome,
        threshold=float(threshold),
        people=len(frame),
        overall=_measures("", "", truth, flags),
        by_group=by_group,
        bands=_band_rates(truth, scores, bands, score),
        auc=auc,
        auc_low=auc_low,
        auc_high=auc_high,
        brier=float(brier_score_loss(truth, scores)),
        mcc=float(matthews_corrcoef(truth, flags)),
        baseline=_baseline(truth, scores, _binary(frame, baseline), baseline) if baseline else None,
        gaps=tuple(_gaps(by_group)),
        not_assessed=tuple(_not_assessed(by_group)),
        data_sha256=data_sha256,
        rows=len(frame),
    )


def _decoded(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise EvaluationRefused("file_not_utf8", f"{name}, row {row}: the file is not saved as UTF-8.") from error


def _check_shape(text: str, name: str) -> None:
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise EvaluationRefused("file_not_csv", f"{name}: the file cannot be read as CSV ({error}).") from error
    while rows and not rows[-1]:
        rows.pop()
    if len(rows) < 2:
        raise EvaluationRefused("file_empty", f"{name}: the file has no rows under its heading.")
    heading = rows[0]
    if "" in (cell.strip() for cell in heading) or len(set(heading)) != len(heading):
        raise EvaluationRefused("file_heading", f"{name}, row 1: every column needs a heading of its own.")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(heading):
            raise EvaluationRefused(
                "file_ragged", f"{name}, row {number}: {len(row)} cells where the heading has {len(heading)}."
            )


def _check_columns(frame: pd.DataFrame, wanted: Sequence[str]) -> None:
    for column in wanted:
        if column not in frame.columns:
            raise EvaluationRefused("column_missing", f"The file has no column '{column}'.")
        if list(frame.columns).count(column) > 1:
            raise EvaluationRefused("column_repeated", f"The file has more than one column '{column}'.")
    if frame.empty:
        raise EvaluationRefused("frame_empty", f"The file has no rows to measure in column '{wanted[0]}'.")


def _blank(column: pd.Series) -> pd.Series:
    return column.isna() | column.astype("string").str.strip().eq("").fillna(True)


def _refuse_first(bad: pd.Series, column: pd.Series, code: str, rule: str) -> None:
    """Refuse with the first row where `bad` holds; row 1 is the heading."""
    places = np.flatnonzero(bad.to_numpy(dtype=bool))
    if not len(places):
        return
    first = int(places[0])
    found = "" if _blank(column).iloc[first] else f", not '{column.iloc[first]}'"
    raise EvaluationRefused(code, f"Column '{column.name}', row {first + 2}: {rule}{found}.")


def _binary(frame: pd.DataFrame, name: str) -> np.ndarray:
    column = frame[name]
    _refuse_first(_blank(column), column, "outcome_missing", "a 0 or 1 is missing")
    values = pd.to_numeric(column.astype("string").str.strip(), errors="coerce")
    _refuse_first(~values.isin([0, 1]), column, "outcome_not_binary", "must be 0 or 1")
    return values.to_numpy(dtype=int)


def _scores(frame: pd.DataFrame, name: str) -> np.ndarray:
    column = frame[name]
    _refuse_first(_blank(column), column, "score_missing", "the score is missing")
    values = pd.to_numeric(column, errors="coerce")
    _refuse_first(values.isna(), column, "score_not_number", "the score must be a number")
    _refuse_first(~values.between(0, 1), column, "score_out_of_range", "the score must lie between 0 and 1")
    return values.to_numpy(dtype=float)


def _check_spread(truth: np.ndarray, scores: np.ndarray, outcome: str, score: str) -> None:
    if truth.min() == truth.max():
        raise EvaluationRefused(
            "outcome_one_class",
            f"Column '{outcome}': every row from row 2 on is {truth[0]}; both 0 and 1 are needed.",
        )
    if scores.min() == scores.max():
        raise EvaluationRefused(
            "score_constant", f"Column '{score}': every row from row 2 on has the same score, {scores[0]:g}."
        )


def _group_columns(
    frame: pd.DataFrame, groups: Mapping[str, str], intersections: Sequence[tuple[str, str]]
) -> list[tuple[str, pd.Series]]:
    values = {column: _named(frame[column]) for column in groups}
    found = [(name, values[column]) for column, name in groups.items()]
    for first, second in intersections:
        found.append((f"{groups[first]} and {groups[second]}", values[first] + ", " + values[second]))
    return found


def _named(column: pd.Series) -> pd.Series:
    return column.astype("string").str.strip().mask(_blank(column), NOT_RECORDED).astype(object)


def _counts(truth: np.ndarray, flags: np.ndarray) -> tuple[int, int, int, int]:
    tn, fp, fn, tp = confusion_matrix(truth, flags, labels=[0, 1]).ravel()
    return int(tp), int(fp), int(fn), int(tn)


def _measures(group: str, value: str, truth: np.ndarray, flags: np.ndarray) -> Measures:
    return Measures(group, value, len(truth), *_counts(truth, flags))


def _by_group(truth: np.ndarray, flags: np.ndarray, name: str, column: pd.Series) -> Iterator[Measures]:
    """Counts, not rates, by group: an interval needs the counts, and a rate of nobody is not a number."""
    frame = MetricFrame(metrics=_counts, y_true=truth, y_pred=flags, sensitive_features=column.to_numpy())
    for value, (tp, fp, fn, tn) in frame.by_group.items():
        yield Measures(name, str(value), tp + fp + fn + tn, tp, fp, fn, tn)


def _band_rates(truth: np.ndarray, scores: np.ndarray, bands: Sequence[Band], score: str) -> tuple[BandRate, ...]:
    rates, last = [], len(bands) - 1
    for place, band in enumerate(bands):
        inside = (scores >= band.start) & ((scores <= band.end) if place == last else (scores < band.end))
        share = Proportion(int(truth[inside].sum()), int(inside.sum()))
        rates.append(BandRate(band.code, band.name, float(band.start), float(band.end), share))
    if sum(rate.outcome.of for rate in rates) != len(scores):
        raise EvaluationRefused(
            "bands_incomplete", f"Column '{score}': the bands leave some scores out or count them twice."
        )
    return tuple(rates)


def _auc_interval(auc: float, positives: int, negatives: int) -> tuple[float, float]:
    """Hanley and McNeil's 95% interval, cut at 0 and 1."""
    q1, q2, square = auc / (2 - auc), 2 * auc**2 / (1 + auc), auc**2
    variance = auc * (1 - auc) + (positives - 1) * (q1 - square) + (negatives - 1) * (q2 - square)
    spread = NORMAL_95 * sqrt(max(0.0, variance) / (positives * negatives))
    return max(0.0, auc - spread), min(1.0, auc + spread)


def _baseline(truth: np.ndarray, scores: np.ndarray, rule: np.ndarray, column: str) -> dict[str, Any]:
    """The rule's counts, and the model's when it flags exactly as many people (equal scores: in file order)."""
    chosen = np.zeros(len(scores), dtype=int)
    chosen[np.argsort(-scores, kind="stable")[: int(rule.sum())]] = 1
    return {
        "column": column,
        "rule": _measures("", "", truth, rule).to_dict(),
        "rule_auc": float(roc_auc_score(truth, rule)),
        "rule_mcc": float(matthews_corrcoef(truth, rule)),
        "model_at_same_volume": _measures("", "", truth, chosen).to_dict(),
    }


def _gaps(by_group: Sequence[Measures]) -> Iterator[Gap]:
    for group in dict.fromkeys(each.group for each in by_group):
        for name in GAP_MEASURES:
            shown = [(each.value, getattr(each, name)) for each in by_group if each.group == group]
            rates = [(value, rate) for value, rate in shown if rate.assessed]
            if len(rates) > 1:
                yield _gap(group, name, rates)


def _gap(group: str, name: str, rates: Sequence[tuple[str, Proportion]]) -> Gap:
    ordered = sorted(rates, key=lambda each: each[1].count / each[1].of)
    (lowest, small), (highest, large) = ordered[0], ordered[-1]
    p1, p2 = large.count / large.of, small.count / small.of
    l1, u1, l2, u2 = (float(bound or 0) for bound in (large.low, large.high, small.low, small.high))
    low = p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return Gap(group, name, p1 - p2, (highest, lowest), low, high)


def _not_assessed(by_group: Sequence[Measures]) -> Iterator[str]:
    if not by_group:
        yield "No group was measured, so fairness was not tested."
    for each in by_group:
        if not each.assessed:
            yield f"{each.group}, {each.value}: not assessed, fewer than {SMALLEST_GROUP} people"
            continue
        for name, counted in COUNTED_OF.items():
            if not getattr(each, name).assessed:
                label = f"{each.group}, {each.value}: {name.replace('_', ' ')}"
                yield f"{label} not assessed, fewer than {SMALLEST_GROUP} {counted}"
