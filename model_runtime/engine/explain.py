"""Explanations that add up to the model's own output. Child side only: imports SHAP.

Trees: SHAP's path-dependent TreeExplainer, which needs no background data; its interventional mode is off by up to
0.56 log-odds on histogram models without an error. Logistic regression: exactly coefficient times value with the
intercept as base, so a contribution says what the value adds compared with zero, not compared with an average person:
a model file holds no averages.

Single rows of trees are explained ten times faster by `single_rows`, where that was found to give SHAP's numbers.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine.folding import Unwrapped
from model_runtime.engine.kinds import Kind
from model_runtime.engine.predicting import POSITIVE, Predictor
from model_runtime.engine.single_rows import FEW_ROWS, single_rows_of
from model_runtime.engine.values import LARGEST_ERROR_ALLOWED, LINEAR_METHOD

Numbers = NDArray[np.float64]
Attribution = Callable[[Numbers], Numbers]


@dataclass(frozen=True)
class Explanation:
    """For n rows and f features: base, contributions (n, f), the model's own output (n,), probabilities (n,)."""

    base: float
    contributions: Numbers
    margins: Numbers
    scores: Numbers

    def largest_error(self) -> float:
        """The largest distance between base plus contributions and the model's own output; NaN stays NaN."""
        return float(np.max(np.abs(self.base + self.contributions.sum(axis=1) - self.margins)))


@dataclass(frozen=True)
class TableExplanation:
    """A whole table explained: n rows and f features, all float64.

    `base` plus the sum of a row of `contributions` (n, f) is that row of `margins` (n,), the model's own output, within
    1e-6; `scores` (n,) lie from 0 to 1. `route` says how it was found: woodelf, shap, linear or points. `checked` rows
    were explained by SHAP as well, and `largest_difference` is the largest one of any of their contributions.
    """

    base: float
    scores: Numbers
    margins: Numbers
    contributions: Numbers
    route: str
    checked: int
    largest_difference: float

    def largest_error(self) -> float:
        """The largest distance between base plus contributions and the model's own output; NaN stays NaN."""
        return float(np.max(np.abs(self.base + self.contributions.sum(axis=1) - self.margins)))


@dataclass(frozen=True)
class Explainer:
    """How one model scores and explains: rows (n, f) in declared order to what the whole model and its inside say.

    `attribute` explains columns of the model inside, trees by SHAP. `alone` does so for single rows, sooner; None where
    it does not apply, or did not give SHAP's numbers when it was tried out.
    """

    unwrapped: Unwrapped
    predict: Predictor
    base: float
    attribute: Attribution
    alone: Attribution | None = None

    def explain(self, rows: Numbers) -> Explanation:
        """Scores and explanations of a few rows; single ones whose sum misses the model's own output go to SHAP."""
        columns = self.unwrapped.encode(rows)
        scores, margins = self.predict(columns)
        if self.alone is not None and len(columns) <= FEW_ROWS:
            found = Explanation(self.base, self.unwrapped.fold(self.alone(columns)), margins, scores)
            if found.largest_error() <= LARGEST_ERROR_ALLOWED:
                return found
        return Explanation(self.base, self.unwrapped.fold(self.attribute(columns)), margins, scores)


def explainer_of(unwrapped: Unwrapped, predict: Predictor, kind: Kind) -> Explainer:
    """How a model is scored and explained; SHAP's copy of the trees is made once."""
    if kind.method == LINEAR_METHOD:
        return _linear(unwrapped, predict)
    return _trees(unwrapped, predict)


def _linear(unwrapped: Unwrapped, predict: Predictor) -> Explainer:
    coefficients = np.asarray(unwrapped.inner.coef_, dtype=np.float64)[0]
    base = float(np.ravel(unwrapped.inner.intercept_)[0])
    return Explainer(unwrapped, predict, float(unwrapped.shift(base)), lambda rows: rows * coefficients)


def _trees(unwrapped: Unwrapped, predict: Predictor) -> Explainer:
    import shap

    explainer = shap.TreeExplainer(unwrapped.inner, feature_perturbation="tree_path_dependent")

    def attribute(rows: Numbers) -> Numbers:
        # SHAP's own check compares SHAP with SHAP's copy of the trees, so it is of no use here
        values = np.asarray(explainer.shap_values(rows, check_additivity=False))
        return values[:, :, POSITIVE] if values.ndim == 3 else values

    base = float(unwrapped.shift(float(np.ravel(explainer.expected_value)[-1])))
    return Explainer(unwrapped, predict, base, attribute, _alone(explainer.model, len(unwrapped.sources)))


def _alone(trees: Any, width: int) -> Attribution | None:
    single = single_rows_of(trees, width, POSITIVE if trees.values.shape[2] > 1 else 0)
    # the rows are rounded as SHAP rounds them before it compares them with a threshold
    taken = trees.input_dtype
    return None if single is None else lambda rows: single.explain(rows.astype(taken).astype(np.float64))
