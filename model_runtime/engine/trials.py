"""A model tried out on made-up rows before it is accepted: finite, in range, explained, and the same every time.

The rows stand on and beside the model's own thresholds, where rounding decides the way, and far from them. Child side.
"""

import hashlib
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine.explain import Explainer
from model_runtime.engine.folding import Unwrapped
from model_runtime.engine.kinds import Kind, not_explainable
from model_runtime.engine.predicting import FEW_ROWS, Predictor, predictor_of
from model_runtime.engine.trees import find_thresholds
from model_runtime.engine.values import LARGEST_ERROR_ALLOWED, LINEAR_METHOD

Numbers = NDArray[np.float64]
ROWS = 1_000
EXPLAINED_ROWS = 32
SINGLE_ROWS = 8
LARGEST_ROUNDING = 1e-12
LARGEST_DIFFERENCE = 1e-9
"""How far a contribution of a single row may be from SHAP's, in the model's own unit."""
SEED = 20_261_122


def make_rows(unwrapped: Unwrapped, kind: Kind) -> Numbers:
    """A thousand rows in declared order; inputs that are turned into categories take one of them."""
    numbers = np.random.default_rng(SEED)
    shape = ROWS, len(unwrapped.names)
    rows = numbers.choice([-1.0, 1.0], shape) * 10 ** numbers.uniform(-3, 4, shape)
    if unwrapped.is_bare and kind.method != LINEAR_METHOD:
        _stand_on_thresholds(rows, unwrapped.inner, numbers)
    for source, known in unwrapped.choices.items():
        rows[:, source] = numbers.choice(known, ROWS)
    rows[0] = 0.0 if not unwrapped.choices else rows[0]
    return rows


def _stand_on_thresholds(rows: Numbers, inner: Any, numbers: np.random.Generator) -> None:
    for feature, found in find_thresholds(inner).items():
        places = np.flatnonzero(numbers.random(ROWS) < 0.5)
        beside = np.nextafter(chosen := numbers.choice(found, len(places)), numbers.choice([-np.inf, np.inf]))
        rows[places, feature] = np.where(numbers.random(len(places)) < 0.5, chosen, beside)


def find_predictor(estimator: Any, unwrapped: Unwrapped, kind: Kind, rows: Numbers) -> Predictor:
    """The short way to the scores if it gives the whole model's own bits, else the long way if that does.

    Compared are all rows at once, a few at a time, and some one at a time: a library may take another way for each.
    """
    columns, expected = unwrapped.encode(rows), _whole(estimator, unwrapped, rows)
    singles = [slice(at, at + 1) for at in range(SINGLE_ROWS)]
    alone = [_whole(estimator, unwrapped, rows[one]) for one in singles]
    fews = [slice(at, at + FEW_ROWS) for at in range(0, len(rows), FEW_ROWS)]
    for short in (True, False):
        predict = predictor_of(unwrapped, kind, short=short)
        same = _same(_parts(predict, columns, singles), np.concatenate(alone), kind)
        if same and all(_same(_parts(predict, columns, parts), expected, kind) for parts in (fews, [slice(None)])):
            return predict
    raise not_explainable("its steps cannot be followed from its inputs to its score")


def _parts(predict: Predictor, columns: Numbers, parts: list[slice]) -> Numbers:
    return np.concatenate([predict(columns[part])[0] for part in parts])


def _same(found: Numbers, expected: Numbers, kind: Kind) -> bool:
    """The same bits; of a linear model nearly, for the library of sums goes by how the rows lie in memory."""
    if kind.method == LINEAR_METHOD:
        return bool(np.max(np.abs(found - expected)) <= LARGEST_ROUNDING)
    return np.array_equal(found, expected)


def _whole(estimator: Any, unwrapped: Unwrapped, rows: Numbers) -> Numbers:
    if unwrapped.is_bare and unwrapped.sigmoid is None:
        return estimator.predict_proba(rows)[:, 1]
    import pandas as pd

    frame = pd.DataFrame(rows, columns=list(unwrapped.names))
    return estimator.predict_proba(frame)[:, 1]


def try_out(explainer: Explainer, rows: Numbers) -> tuple[Explainer, str]:
    """The explainer to use, and the digest of scores and explanations (R02, R33).

    Refused unless these are sound, add up and repeat themselves. Where the faster way for single rows does not give
    SHAP's numbers, it is taken out of the explainer.
    """
    columns = explainer.unwrapped.encode(rows)
    (scores, margins), again = explainer.predict(columns), explainer.predict(columns)
    if not (np.isfinite(margins).all() and (scores >= 0).all() and (scores <= 1).all()):
        raise not_explainable("it gave a score that is no number from 0 to 1")
    first, second = explainer.explain(rows[:EXPLAINED_ROWS]), explainer.explain(rows[:EXPLAINED_ROWS])
    repeats = np.array_equal(scores, again[0]) and np.array_equal(first.contributions, second.contributions)
    adds_up = first.largest_error() <= LARGEST_ERROR_ALLOWED
    if not (adds_up and repeats and first.contributions.shape == rows[:EXPLAINED_ROWS].shape):
        raise not_explainable("its explanation does not add up to its own output")
    parts = (scores, margins, first.contributions)
    digest = hashlib.sha256(b"".join(np.ascontiguousarray(part).tobytes() for part in parts)).hexdigest()
    agrees = _agrees(explainer, columns[:EXPLAINED_ROWS], first.contributions)
    return explainer if agrees else replace(explainer, alone=None), digest


def _agrees(explainer: Explainer, columns: Numbers, contributions: Numbers) -> bool:
    """Whether single rows are explained as SHAP explained them, and every time with the same bits."""
    if explainer.alone is None:
        return True
    found = explainer.unwrapped.fold(explainer.alone(columns))
    again = explainer.unwrapped.fold(explainer.alone(columns[:SINGLE_ROWS]))
    same = np.array_equal(found[:SINGLE_ROWS], again)
    return same and bool(np.max(np.abs(found - contributions)) <= LARGEST_DIFFERENCE)
