"""Drift of one column, measured by Evidently and decided here, once.

Left to itself Evidently 0.7.23 answers with a p-value (drift below 0.05) for a reference of up to 1,000 rows and
with a distance (drift from 0.1) above that, and its result carries no verdict. So the method is fixed to the
population stability index whatever the sizes, the column kinds are declared, reference and current are passed
by name, and method and threshold are read back from Evidently's own record of the metric. Blanks and values never
seen before, which Evidently passes over, are in `monitoring/engine/columns.py`.
"""

import os
from collections.abc import Mapping
from typing import Any

os.environ["DO_NOT_TRACK"] = "1"  # before the import, which is when telemetry is decided
os.environ["ITERATIVE_DO_NOT_TRACK"] = "1"

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import ValueDrift

from foundation.errors import Unavailable
from monitoring.engine.values import Direction

METHOD = "psi"
DIRECTION = Direction.ABOVE
DEFAULT_THRESHOLD = 0.2  # the usual reading: below 0.1 steady, 0.1 to 0.2 moving, from 0.2 moved


class DriftNotMeasured(Unavailable):
    """Evidently did not measure what was asked; a watch must not go on with another number."""

    code = "drift_not_measured"


def measure_drift(
    *, reference: pd.DataFrame, current: pd.DataFrame, thresholds: Mapping[str, float]
) -> dict[str, float]:
    """The drift of every column in `thresholds`, both frames holding categories with at least one value each."""
    names = list(thresholds)
    metrics = [ValueDrift(column=name, method=METHOD, threshold=at, tests=[]) for name, at in thresholds.items()]
    found = Report(metrics).run(current_data=_dataset(current, names), reference_data=_dataset(reference, names))
    values = {_column(metric): _value(metric, thresholds) for metric in found.dict()["metrics"]}
    if set(values) != set(names):
        raise DriftNotMeasured(f"Evidently answered for {sorted(values)} where {sorted(names)} was asked.")
    return values


def is_drift(value: float, threshold: float, direction: Direction = DIRECTION) -> bool:
    """The one place where a drift value becomes a verdict; the threshold itself counts as drift."""
    return value >= threshold if direction == Direction.ABOVE else value < threshold


def _dataset(frame: pd.DataFrame, names: list[str]) -> Dataset:
    # Declared, because Evidently otherwise guesses: text with many values becomes prose, few integers a category.
    kinds = DataDefinition(categorical_columns=names)
    return Dataset.from_pandas(frame[names].reset_index(drop=True), data_definition=kinds)


def _column(metric: Mapping[str, Any]) -> str:
    return str(metric["config"]["column"])


def _value(metric: Mapping[str, Any], thresholds: Mapping[str, float]) -> float:
    config, value = metric["config"], metric["value"]
    if (config["method"], config["threshold"]) != (METHOD, thresholds[_column(metric)]):
        raise DriftNotMeasured(f"Evidently reports {config} where {METHOD} was asked.")
    if not isinstance(value, int | float) or pd.isna(value):
        raise DriftNotMeasured(f"Evidently gave no number for {_column(metric)}.")
    return float(value)
