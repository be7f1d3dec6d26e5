"""Explaining a table, and scoring one row, against the plain ways: `python -m benchmarks.explaining`."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import shap
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from woodelf import WoodelfExplainer

from benchmarks.measuring import Measurement, compare, table
from model_runtime.engine.artefacts import Artefact, load_artefact

WIDTH, ROWS, PLAIN_ROWS = 40, 50_000, 250
NAMES = tuple(f"input_{at}" for at in range(WIDTH))
METHOD = "tree_path_dependent"


def explaining(rows: int = ROWS) -> Iterator[Measurement]:
    """In one process, without the engine's child and without records: what the way of explaining itself costs.

    A whole table against `predict_proba` and `shap.TreeExplainer` (which is timed on some hundred rows and reckoned up)
    and against the published fast library, which is in single precision; and one row against the same two calls.
    """
    warnings.simplefilter("ignore")
    frame = pd.DataFrame(np.random.default_rng(2).normal(size=(rows, WIDTH)), columns=list(NAMES))
    for name, estimator in _models().items():
        artefact = load_artefact(skops.io.dumps(estimator), NAMES, METHOD)
        yield _against_shap(name, artefact, estimator, frame)
        yield _against_library(name, artefact, estimator, frame)
        yield _one_row(name, artefact, estimator, frame)


def _models() -> dict[str, Any]:
    numbers = np.random.default_rng(1)
    frame = pd.DataFrame(numbers.normal(size=(6_000, WIDTH)), columns=list(NAMES))
    outcome = (frame.to_numpy() @ numbers.normal(size=WIDTH) + numbers.normal(0, 3, 6_000) > 2).astype(int)
    return {
        "forest, 100 trees, depth 8": RandomForestClassifier(100, max_depth=8, random_state=1).fit(frame, outcome),
        "histogram, 100 rounds": HistGradientBoostingClassifier(max_iter=100, random_state=1).fit(frame, outcome),
    }


def _against_shap(name: str, artefact: Artefact, estimator: Any, frame: pd.DataFrame) -> Measurement:
    rows, explainer = frame.to_numpy(), shap.TreeExplainer(estimator, feature_perturbation=METHOD)
    share = len(frame) / PLAIN_ROWS

    def plain() -> None:
        estimator.predict_proba(frame.head(PLAIN_ROWS))
        explainer.shap_values(frame.head(PLAIN_ROWS), check_additivity=False)

    found = compare(name, lambda: artefact.explain_table(rows, True), plain, goal=1 / 8 * share, count=3, warm=1)
    return Measurement(
        f"{name}: {len(frame):,} rows against predict_proba and SHAP",
        round(found.ratio / share, 4), 1 / 8, found.ours_ms, round(found.theirs_ms * share, 1), found.count,
    )  # fmt: skip


def _against_library(name: str, artefact: Artefact, estimator: Any, frame: pd.DataFrame) -> Measurement:
    rows = frame.to_numpy()

    def library() -> None:
        estimator.predict_proba(frame)
        with contextlib.redirect_stdout(io.StringIO()):
            WoodelfExplainer(estimator).shap_values(frame, verbose=False)

    label = f"{name}: {len(frame):,} rows against predict_proba and woodelf"
    return compare(label, lambda: artefact.explain_table(rows, True), library, goal=1.0, count=3, warm=1)


def _one_row(name: str, artefact: Artefact, estimator: Any, frame: pd.DataFrame) -> Measurement:
    row, one = frame.head(1).to_numpy(), frame.head(1)
    explainer = shap.TreeExplainer(estimator, feature_perturbation=METHOD)

    def plain() -> None:
        estimator.predict_proba(one)
        explainer.shap_values(one, check_additivity=False)

    label = f"{name}: one row against predict_proba and SHAP"
    return compare(label, lambda: artefact.explain(row), plain, goal=1.0, count=100)


if __name__ == "__main__":
    print(table(list(explaining())))
