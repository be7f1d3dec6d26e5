"""The model's own scores, taken the short way where that gives the same bits. Child side only.

One row through a forest costs scikit-learn ten times what its trees cost: it starts threads and checks the row anew for
each tree. Here a few rows go straight through the forest's own trees, added up in the same order. Whether that gives
the same bits as `predict_proba` is tried out on the trial rows before the model is accepted; if not, the long way is
taken.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine import kinds
from model_runtime.engine.folding import Unwrapped
from model_runtime.engine.kinds import Kind

Numbers = NDArray[np.float64]
Output = tuple[Numbers, Numbers]
Predictor = Callable[[Numbers], Output]
POSITIVE = 1
FEW_ROWS = 64
"""Up to so many rows the trees are asked one after the other; on more, scikit-learn's own loop is as fast."""


def predictor_of(unwrapped: Unwrapped, kind: Kind, *, short: bool = True) -> Predictor:
    """A function of the columns of the model inside: scores of the whole, and its own output in the kind's unit."""
    own = _SHORT.get(kind.inner, _long) if short else _long
    inner, sigmoid = unwrapped.inner, unwrapped.sigmoid

    def predict(columns: Numbers) -> Output:
        scores, margins = own(inner, columns)
        if sigmoid is None:
            return scores, margins
        from scipy.special import expit  # type: ignore[import-untyped]

        margins = unwrapped.shift(margins)
        return expit(margins), margins

    return predict


def _long(estimator: Any, columns: Numbers) -> Output:
    scores = estimator.predict_proba(columns)[:, POSITIVE]
    return scores, estimator.decision_function(columns) if hasattr(estimator, "decision_function") else scores


def _forest(estimator: Any, columns: Numbers) -> Output:
    if len(columns) > FEW_ROWS:
        scores = estimator.predict_proba(columns)[:, POSITIVE]
        return scores, scores
    rows = single(columns)
    total = np.zeros((len(rows), 2))
    for tree in estimator.estimators_:
        total += tree.tree_.predict(rows)
    scores = (total / len(estimator.estimators_))[:, POSITIVE]
    return scores, scores


def _tree(estimator: Any, columns: Numbers) -> Output:
    scores = estimator.tree_.predict(single(columns))[:, POSITIVE]
    return scores, scores


def _boosted(estimator: Any, columns: Numbers) -> Output:
    return _by_loss(estimator, estimator._raw_predict(single(columns)))


def _histogram(estimator: Any, columns: Numbers) -> Output:
    return _by_loss(estimator, estimator._raw_predict(columns, n_threads=1))


def _by_loss(estimator: Any, own: Numbers) -> Output:
    return estimator._loss.predict_proba(own)[:, POSITIVE], np.ravel(own)


def single(columns: Numbers) -> NDArray[np.float32]:
    """The columns as scikit-learn's trees take them; a number that single precision cannot hold is a ValueError."""
    with np.errstate(over="ignore"):
        rows = np.ascontiguousarray(columns, dtype=np.float32)
    if not np.isfinite(rows).all():
        raise ValueError("a number is too large for single precision")
    return rows


_SHORT: dict[str, Callable[[Any, Numbers], Output]] = {
    "sklearn.ensemble._forest.RandomForestClassifier": _forest,
    "sklearn.ensemble._forest.ExtraTreesClassifier": _forest,
    "sklearn.tree._classes.DecisionTreeClassifier": _tree,
    "sklearn.ensemble._gb.GradientBoostingClassifier": _boosted,
    kinds.HISTOGRAM: _histogram,
}
