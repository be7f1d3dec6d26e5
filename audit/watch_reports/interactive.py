"""Evidently's own page about a watch. Loads pandas and Evidently: never imported by the web process.

The page is Evidently's, with its own methods and verdicts; what the committee set is judged by `monitoring/engine`.
"""

import os
from collections.abc import Sequence
from html import escape
from typing import Any

os.environ["DO_NOT_TRACK"] = "1"  # before the import, which is when telemetry is decided
os.environ["ITERATIVE_DO_NOT_TRACK"] = "1"

import pandas as pd
from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.core.metric_types import render_widgets
from evidently.legacy.renderers.html_widgets import group_widget
from evidently.presets import ClassificationPreset, DataDriftPreset

from monitoring.engine.readings import NUMERIC, read
from monitoring.engine.values import WatchedColumn
from monitoring.engine.watch import ScoreColumn

META = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:\">"
)
"""The same policy inside the file, for when it is opened from a disk and no server says it."""
TARGET, FLAGGED = "outcome", "flagged"


def make_page(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    columns: Sequence[WatchedColumn],
    score: str,
    outcome: str,
    threshold: float,
    title: str,
) -> str:
    """Evidently's drift preset over inputs and score and, where outcomes are known on both sides, its classification.

    Only the named columns go in: no reference of a person, no group. `threshold` is the score from which somebody is
    flagged. A column that is blank for everybody on one side is left out, because Evidently cannot compare it.
    """
    watched = [each for each in (*columns, ScoreColumn(score)) if _has_values(each, reference, current)]
    parts = [_part("Inputs and scores", _drift(reference, current, watched))]
    before, after = (_told(frame, score, outcome, threshold) for frame in (reference, current))
    if before is not None and after is not None:
        parts.append(_part("Flags against what happened", _classification(before, after)))
    return _secured(render_widgets(parts), title)


def _has_values(column: WatchedColumn, *frames: pd.DataFrame) -> bool:
    return all(bool(read(frame[column.name], column).notna().any()) for frame in frames)


def _drift(reference: pd.DataFrame, current: pd.DataFrame, watched: Sequence[WatchedColumn]) -> Any:
    names = [each.name for each in watched]
    before, after = (_dataset(frame, watched) for frame in (reference, current))
    return Report([DataDriftPreset(columns=names)]).run(current_data=after, reference_data=before)


def _dataset(frame: pd.DataFrame, watched: Sequence[WatchedColumn]) -> Dataset:
    """The watched columns alone, each declared: left to itself Evidently guesses what a column is."""
    shown = pd.DataFrame({each.name: read(frame[each.name].reset_index(drop=True), each) for each in watched})
    numbers = [each.name for each in watched if each.type in NUMERIC]
    kinds = DataDefinition(
        numerical_columns=numbers, categorical_columns=[each.name for each in watched if each.name not in numbers]
    )
    return Dataset.from_pandas(shown, data_definition=kinds)


def _told(frame: pd.DataFrame, score: str, outcome: str, threshold: float) -> pd.DataFrame | None:
    """Outcome and flag of those whose outcome is known; None unless both outcomes and both flags occur."""
    if outcome not in frame.columns:
        return None
    numbers = frame[[outcome, score]].apply(pd.to_numeric, errors="coerce").dropna()
    told = pd.DataFrame({TARGET: numbers[outcome].astype(int), FLAGGED: (numbers[score] >= threshold).astype(int)})
    return told.reset_index(drop=True) if told.nunique().eq(2).all() else None


def _classification(reference: pd.DataFrame, current: pd.DataFrame) -> Any:
    kinds = DataDefinition(
        classification=[BinaryClassification(target=TARGET, prediction_labels=FLAGGED, pos_label=1)],
        categorical_columns=[TARGET, FLAGGED],
    )
    before, after = (Dataset.from_pandas(frame, data_definition=kinds) for frame in (reference, current))
    return Report([ClassificationPreset()]).run(current_data=after, reference_data=before)


def _part(title: str, done: Any) -> Any:
    return group_widget(title=title, widgets=done._widgets)  # as Snapshot.get_html_str does it for one report


def _secured(page: str, title: str) -> str:
    """The page with its policy first in its head, and a title."""
    start = page.index("<head>") + len("<head>")
    return f"{page[:start]}<title>{escape(title)}</title>{META}{page[start:]}"
