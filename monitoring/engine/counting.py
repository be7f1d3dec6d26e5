"""What a watch counts in its frames beside drift: bands, ranges, outcomes, scores against outcomes, flags by group."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from monitoring.engine.found import BandScore, BandShare, Counted, Outside
from monitoring.engine.readings import is_numeric, read_numbers
from monitoring.engine.values import WatchedColumn
from registry.evaluations.columns import group_columns
from registry.evaluations.measures import Band, find_gaps, measure_groups
from registry.evaluations.scales import Scale
from registry.evaluations.values import EvaluationRefused, Measures, Proportion


def count(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    columns: Sequence[WatchedColumn],
    outcome: str | None,
    score: str | None,
    threshold: float,
    bands: Sequence[Band],
    groups: Mapping[str, str],
    pairs: Sequence[tuple[str, str]],
    scale: Scale,
) -> Counted:
    """Everything counted; what a frame does not hold is left out. Both frames were checked before."""
    outcomes = tuple(_outcomes(frame, outcome) for frame in (reference, current))
    scores = tuple(read_numbers(frame[score]).to_numpy() if score else None for frame in (reference, current))
    selected = tuple(_selected(current, scores[1], threshold, groups, pairs))
    return Counted(
        bands=tuple(_bands(scores, bands)),
        outside=tuple(_outside(current, columns)),
        outcomes=_of_both(outcomes),
        calibration=tuple(_calibration(scores[1], outcomes[1], bands)) if scale.counts_chances else (),
        selected=selected,
        selected_gaps=tuple(gap for gap in find_gaps(selected) if gap.measure == "flagged"),
        chances=scale.counts_chances,
    )


def group_pairs(frame: pd.DataFrame, groups: Mapping[str, str]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Every pair of the declared columns of groups that the frame holds, and what is said of pairs left out."""
    present = {column: name for column, name in groups.items() if column in frame.columns}
    pairs, said = [], []
    for pair in combinations(present, 2):
        try:
            group_columns(frame[list(pair)].drop_duplicates(), {each: present[each] for each in pair}, [pair])
            pairs.append(pair)
        except EvaluationRefused:
            names = " and ".join(present[each] for each in pair)
            said.append(f"{names} together: not assessed, commas in the names of groups mix them up")
    return tuple(pairs), tuple(said)


def _outcomes(frame: pd.DataFrame, outcome: str | None) -> np.ndarray | None:
    """0, 1 and missing; None without such a column or where anything else is in it."""
    if outcome is None or outcome not in frame.columns:
        return None
    column = frame[outcome]
    values = read_numbers(column.astype("float64") if pd.api.types.is_bool_dtype(column) else column).to_numpy()
    return values if np.isin(values[~np.isnan(values)], (0, 1)).all() else None


def _of_both(outcomes: Sequence[np.ndarray | None]) -> tuple[Proportion, Proportion] | None:
    before, after = (
        Proportion(int(np.nansum(each)), int(np.isfinite(each).sum())) if each is not None else None
        for each in outcomes
    )
    return (before, after) if before is not None and after is not None else None


def _place(scores: np.ndarray, bands: Sequence[Band]) -> np.ndarray:
    """The place of each score's band; -1 for one that no band takes. Bands touch and are in order."""
    place = np.searchsorted([each.start for each in bands], scores, side="right") - 1
    return np.where(np.isnan(scores) | (scores > bands[-1].end), -1, place)


def _bands(scores: Sequence[np.ndarray | None], bands: Sequence[Band]) -> Iterator[BandShare]:
    if not bands or any(each is None for each in scores):
        return
    places = [_place(each, bands) for each in scores if each is not None]
    sizes = [int((each >= 0).sum()) for each in places]
    if 0 in sizes:
        return
    for number, band in enumerate(bands):
        before, after = (
            Proportion(int((each == number).sum()), size) for each, size in zip(places, sizes, strict=True)
        )
        yield BandShare(band.name, before, after)


def _calibration(scores: np.ndarray | None, outcomes: np.ndarray | None, bands: Sequence[Band]) -> Iterator[BandScore]:
    if scores is None or outcomes is None or not bands:
        return
    known = np.isfinite(scores) & np.isfinite(outcomes)
    places = _place(scores[known], bands)
    for number, band in enumerate(bands):
        inside = places == number
        of = int(inside.sum())
        if of:
            mean = float(scores[known][inside].mean())
            yield BandScore(band.name, mean, Proportion(int(outcomes[known][inside].sum()), of))


def _outside(current: pd.DataFrame, columns: Sequence[WatchedColumn]) -> Iterator[Outside]:
    for column in columns:
        low, high = _limits(column)
        values = read_numbers(current[column.name]).to_numpy() if is_numeric(column) else np.zeros(0)
        of = int(np.isfinite(values).sum())
        if (low is None and high is None) or not of:
            continue
        below = (values < low).sum() if low is not None else 0
        above = (values > high).sum() if high is not None else 0
        yield Outside(column.meaning, low, high, Proportion(int(below + above), of))


def _limits(column: Any) -> tuple[float | None, float | None]:
    """The declared range of an input; not everything that is watched has one."""
    return getattr(column, "low", None), getattr(column, "high", None)


def _selected(
    current: pd.DataFrame,
    scores: np.ndarray | None,
    threshold: float,
    groups: Mapping[str, str],
    pairs: Sequence[tuple[str, str]],
) -> Iterator[Measures]:
    """The people flagged by group, through fairlearn like every rate by group; nobody's outcome is needed."""
    present = {column: name for column, name in groups.items() if column in current.columns}
    if scores is None or not present:
        return
    scored = np.isfinite(scores)
    flags = (scores[scored] >= threshold).astype(int)
    for name, column in group_columns(current.loc[scored, list(present)], present, pairs):
        yield from measure_groups(np.zeros_like(flags), flags, name, column)
