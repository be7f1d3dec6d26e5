"""Computes a model's figures from an evaluation file with its outcomes and the model's scores.

Heavy libraries: never imported by the web process. Rows are counted as a spreadsheet does: the heading is row 1.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd
from fairlearn.metrics import MetricFrame
from sklearn.metrics import brier_score_loss, confusion_matrix, matthews_corrcoef, roc_auc_score

from registry.evaluations.columns import check_columns, check_spread, group_columns, read_binary, read_scores
from registry.evaluations.intervals import Estimate, auc_interval, difference
from registry.evaluations.reading import check_shape, decode
from registry.evaluations.scales import CHANCES, Scale
from registry.evaluations.values import (
    SMALLEST_GROUP,
    BandRate,
    EvaluationRefused,
    Figures,
    Gap,
    Measures,
    Proportion,
)

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


def read_table(path_or_bytes: Path | str | bytes, name: str, words: Sequence[str] = ()) -> Table:
    """Read a CSV in UTF-8 (a byte order mark is tolerated). Only an empty cell is missing: "None" is a value.

    Columns named in `words` stay the words they are, also where they look like numbers.

    Refuses, naming the file and the row: other encodings, an empty file, a heading alone, blank or repeated
    headings, and rows with more or fewer cells than the heading.
    """
    content = path_or_bytes if isinstance(path_or_bytes, bytes) else Path(path_or_bytes).read_bytes()
    text = decode(content, name)
    check_shape(text, name)
    kinds: dict[Hashable, Any] = dict.fromkeys(words, str)
    frame = pd.read_csv(io.StringIO(text), keep_default_na=False, na_values=[""], dtype=kinds, low_memory=False)
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
    scale: Scale = CHANCES,
) -> Figures:
    """Figures of `score` against `outcome` (0 or 1) at `threshold` (a score at or above it is flagged).

    Scores, threshold and bands are in the unit of `scale`. The Brier score is worked out for chances only.

    `groups` maps columns to display names; blank cells are the group "Not recorded". `baseline` names a column
    with the 0 or 1 of a simple rule; `intersections` names pairs of group columns to measure together (R15).
    Confusion counts are scikit-learn's, by group through fairlearn's MetricFrame. The AUC's interval is Hanley
    and McNeil's (Radiology 143, 1982): closed form, so the same file always gives the same figures; with an AUC
    of exactly 1 it has no width and means nothing.

    Raises EvaluationRefused naming the column and the first bad row: an empty frame, a missing column, an outcome
    that is missing, not 0 or 1, or all of one class, a score that is missing, not a number, off the scale or the
    same for everybody, a threshold off the scale, and bands that leave a score out.
    """
    check_columns(frame, [outcome, score, *groups, *([baseline] if baseline else [])])
    truth, scores = read_binary(frame, outcome), read_scores(frame, score, scale)
    check_spread(truth, scores, outcome, score)
    if not scale.low <= threshold <= scale.high:
        raise EvaluationRefused("threshold_out_of_range", f"The threshold must lie {scale.text}, not {threshold}.")
    flags = (scores >= threshold).astype(int)
    columns = group_columns(frame, groups, intersections)
    by_group = tuple(each for name, column in columns for each in measure_groups(truth, flags, name, column))
    auc = float(roc_auc_score(truth, scores))
    auc_low, auc_high = auc_interval(auc, int(truth.sum()), int(len(truth) - truth.sum()))
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
        brier=float(brier_score_loss(truth, scores)) if scale.counts_chances else None,
        mcc=float(matthews_corrcoef(truth, flags)),
        baseline=compare_rule(truth, scores, read_binary(frame, baseline), baseline) if baseline else None,
        gaps=tuple(find_gaps(by_group)),
        not_assessed=tuple(_not_assessed(by_group, scale)),
        data_sha256=data_sha256,
        rows=len(frame),
    )


def count_cells(truth: np.ndarray, flags: np.ndarray, people: np.ndarray | None = None) -> tuple[int, int, int, int]:
    """True positives, false positives, false negatives and true negatives, as scikit-learn counts them.

    `people` is how many people each place stands for, where that is not one.
    """
    tn, fp, fn, tp = confusion_matrix(truth, flags, labels=[0, 1], sample_weight=people).ravel()
    return int(tp), int(fp), int(fn), int(tn)


def _measures(group: str, value: str, truth: np.ndarray, flags: np.ndarray) -> Measures:
    return Measures(group, value, len(truth), *count_cells(truth, flags))


def measure_groups(truth: np.ndarray, flags: np.ndarray, name: str, column: pd.Series) -> Iterator[Measures]:
    """Counts, not rates, by group: an interval needs the counts, and a rate of nobody is not a number.

    MetricFrame copies row by row, so it is given every different row once, with the number of people it stands for.
    """
    places, groups = pd.factorize(column)
    cells = np.bincount(places * 4 + truth * 2 + flags, minlength=len(groups) * 4)
    held = np.flatnonzero(cells)
    frame = MetricFrame(
        metrics=count_cells,
        y_true=held // 2 % 2,
        y_pred=held % 2,
        sensitive_features=np.asarray(groups, dtype=object)[held // 4],
        sample_params={"people": cells[held]},
    )
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


def compare_rule(truth: np.ndarray, scores: np.ndarray, rule: np.ndarray, column: str) -> dict[str, Any]:
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


def find_gaps(by_group: Sequence[Measures]) -> Iterator[Gap]:
    """The widest difference of each rate between assessed groups, for every characteristic with at least two."""
    for group in dict.fromkeys(each.group for each in by_group):
        for name in GAP_MEASURES:
            shown = [(each.value, getattr(each, name)) for each in by_group if each.group == group]
            rates = [(value, rate) for value, rate in shown if rate.assessed]
            if len(rates) > 1:
                yield _gap(group, name, rates)


def _gap(group: str, name: str, rates: Sequence[tuple[str, Proportion]]) -> Gap:
    ordered = sorted(rates, key=lambda each: each[1].count / each[1].of)
    (lowest, small), (highest, large) = ordered[0], ordered[-1]
    gap = difference(_estimate(large), _estimate(small))
    return Gap(group, name, gap.value, (highest, lowest), gap.low or 0.0, gap.high or 0.0)


def _estimate(share: Proportion) -> Estimate:
    return Estimate(share.count / share.of, share.low, share.high)


def _not_assessed(by_group: Sequence[Measures], scale: Scale) -> Iterator[str]:
    if not scale.counts_chances:
        yield scale.why_no_chance
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
