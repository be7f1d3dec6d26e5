"""The model's own scores, taken the short way where that gives the same bits. Child side only.

One row through a forest costs scikit-learn ten times what its trees cost: it starts threads and checks the row anew for
each tree. Here a few rows go through all of the forest's own trees at once, added up in the same order. Whether that
gives the same bits as `predict_proba` is tried out on the trial rows before the model is accepted; if not, the long way
is taken.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine import kinds
from model_runtime.engine.folding import Unwrapped
from model_runtime.engine.kinds import Kind
from model_runtime.engine.walks import Walk

Numbers = NDArray[np.float64]
Output = tuple[Numbers, Numbers]
Predictor = Callable[[Numbers], Output]
POSITIVE = 1
FEW_ROWS = 64
"""Up to so many rows the trees of a forest are walked here; more are left to scikit-learn."""


def predictor_of(unwrapped: Unwrapped, kind: Kind, *, short: bool = True) -> Predictor:
    """A function of the columns of the model inside: scores of the whole, and its own output in the kind's unit."""
    own = (_SHORT.get(kind.inner, _long) if short else _long)(unwrapped.inner)
    sigmoid = unwrapped.sigmoid

    def predict(columns: Numbers) -> Output:
        scores, margins = own(columns)
        if sigmoid is None:
            return scores, margins
        from scipy.special import expit  # type: ignore[import-untyped]

        margins = unwrapped.shift(margins)
        return expit(margins), margins

    return predict


def _long(estimator: Any) -> Predictor:
    def predict(columns: Numbers) -> Output:
        scores = estimator.predict_proba(columns)[:, POSITIVE]
        return scores, estimator.decision_function(columns) if hasattr(estimator, "decision_function") else scores

    return predict


def _forest(estimator: Any) -> Predictor:
    walk = Walk([tree.tree_ for tree in estimator.estimators_], POSITIVE)

    def predict(columns: Numbers) -> Output:
        few = len(columns) <= FEW_ROWS
        scores = walk.mean(single(columns)) if few else estimator.predict_proba(columns)[:, POSITIVE]
        return scores, scores

    return predict


def _tree(estimator: Any) -> Predictor:
    def predict(columns: Numbers) -> Output:
        scores = estimator.tree_.predict(single(columns))[:, POSITIVE]
        return scores, scores

    return predict


def _boosted(estimator: Any) -> Predictor:
    return lambda columns: _by_loss(estimator, estimator._raw_predict(single(columns)))


def _histogram(estimator: Any) -> Predictor:
    return lambda columns: _by_loss(estimator, estimator._raw_predict(columns, n_threads=1))


def _by_loss(estimator: Any, own: Numbers) -> Output:
    return estimator._loss.predict_proba(own)[:, POSITIVE], np.ravel(own)


def single(columns: Numbers) -> NDArray[np.float32]:
    """The columns as scikit-learn's trees take them; a number that single precision cannot hold is a ValueError."""
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(columns, dtype=np.float32)
    if not np.isfinite(rows).all():
        raise ValueError("a number is too large for single precision")
    return rows


_SHORT: dict[str, Callable[[Any], Predictor]] = {
    "sklearn.ensemble._forest.RandomForestClassifier": _forest,
    "sklearn.ensemble._forest.ExtraTreesClassifier": _forest,
    "sklearn.tree._classes.DecisionTreeClassifier": _tree,
    "sklearn.ensemble._gb.GradientBoostingClassifier": _boosted,
    kinds.HISTOGRAM: _histogram,
}
