"""Columns of an evaluation file as arrays, refused with their name and the first bad row (the heading is row 1).

Heavy libraries: never imported by the web process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from registry.evaluations.scales import CHANCES, Scale
from registry.evaluations.values import EvaluationRefused

NOT_RECORDED = "Not recorded"


def check_columns(frame: pd.DataFrame, wanted: Sequence[str]) -> None:
    """Refuse a frame without rows, and columns that are missing or there twice."""
    for column in wanted:
        if column not in frame.columns:
            raise EvaluationRefused("column_missing", f"The file has no column '{column}'.")
        if list(frame.columns).count(column) > 1:
            raise EvaluationRefused("column_repeated", f"The file has more than one column '{column}'.")
    if frame.empty:
        raise EvaluationRefused("frame_empty", f"The file has no rows to measure in column '{wanted[0]}'.")


def _blank(column: pd.Series) -> pd.Series:
    return column.isna() | column.astype("string").str.strip().eq("").fillna(True)


def refuse_first(bad: pd.Series, column: pd.Series, code: str, rule: str) -> None:
    """Refuse with the first row where `bad` holds; row 1 is the heading."""
    places = np.flatnonzero(bad.to_numpy(dtype=bool))
    if not len(places):
        return
    first = int(places[0])
    found = "" if _blank(column).iloc[first] else f", not '{column.iloc[first]}'"
    raise EvaluationRefused(code, f"Column '{column.name}', row {first + 2}: {rule}{found}.")


def read_binary(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column of 0 and 1 (or true and false), or a refusal with the first row that is neither."""
    column = frame[name]
    refuse_first(_blank(column), column, "outcome_missing", "a 0 or 1 is missing")
    if pd.api.types.is_bool_dtype(column):
        return column.to_numpy(dtype=int)
    values = pd.to_numeric(column.astype("string").str.strip(), errors="coerce")
    refuse_first(~values.isin([0, 1]), column, "outcome_not_binary", "must be 0 or 1")
    return values.to_numpy(dtype=int)


def read_scores(frame: pd.DataFrame, name: str, scale: Scale = CHANCES) -> np.ndarray:
    """A column of scores on a scale, or a refusal with the first row that holds none."""
    column = frame[name]
    refuse_first(_blank(column), column, "score_missing", "the score is missing")
    values = pd.to_numeric(column, errors="coerce")
    refuse_first(values.isna(), column, "score_not_number", "the score must be a number")
    off = ~values.between(scale.low, scale.high)
    refuse_first(off, column, "score_out_of_range", f"the score must lie {scale.text}")
    return values.to_numpy(dtype=float)


def check_spread(truth: np.ndarray, scores: np.ndarray, outcome: str, score: str) -> None:
    """Refuse an outcome of one class and a score that is the same for everybody: nothing can be measured."""
    if truth.min() == truth.max():
        raise EvaluationRefused(
            "outcome_one_class",
            f"Column '{outcome}': every row from row 2 on is {truth[0]}; both 0 and 1 are needed.",
        )
    if scores.min() == scores.max():
        raise EvaluationRefused(
            "score_constant", f"Column '{score}': every row from row 2 on has the same score, {scores[0]:g}."
        )


def group_columns(
    frame: pd.DataFrame, groups: Mapping[str, str], intersections: Sequence[Sequence[str]]
) -> list[tuple[str, pd.Series]]:
    """Groups by display name: each column alone, then intersections; blank cells are the group "Not recorded".

    Refuses intersections that cannot be told apart once their names are joined with a comma.
    """
    values = {column: _named(frame[column]) for column in groups}
    found = [(name, values[column]) for column, name in groups.items()]
    for columns in intersections:
        found.append((" and ".join(groups[column] for column in columns), _joined([values[each] for each in columns])))
    return found


def _named(column: pd.Series) -> pd.Series:
    return column.astype("string").str.strip().mask(_blank(column), NOT_RECORDED).astype(object)


def _joined(columns: Sequence[pd.Series]) -> pd.Series:
    joined = columns[0]
    for column in columns[1:]:
        joined = joined + ", " + column
    if joined.nunique() != len(pd.concat(columns, axis=1).drop_duplicates()):
        named = ", ".join(str(column.name) for column in columns)
        raise EvaluationRefused("groups_ambiguous", f"Columns {named}: commas in the names of groups mix them up.")
    return joined
