"""A loaded estimator: two classes, fitted with the declared features, kept to one thread. Child side only."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import numpy as np

from model_runtime.engine.folding import Unwrapped, path_of, unwrap
from model_runtime.engine.kinds import SUPPORTED, Kind
from model_runtime.engine.schemas import refuse_native_categories
from model_runtime.engine.trees import check_trees
from model_runtime.engine.values import LINEAR_METHOD, EngineRefused

CLASSES = (0, 1)


def check_estimator(estimator: Any, kind: Kind, features: Sequence[str]) -> Unwrapped:
    """The model inside its wrappers; refused is another kind, other classes, or other features (R03)."""
    if path_of(estimator) != kind.root:
        raise EngineRefused(f"The model is not the {kind.name} that its file announces.", code="damaged")
    _check_classes(estimator)
    _check_features(estimator, features)
    found = unwrap(estimator, features)
    if path_of(found.inner) != kind.inner:
        raise EngineRefused(f"The model is not the {kind.name} that its file announces.", code="damaged")
    _check_classes(found.inner)
    if getattr(found.inner, "is_categorical_", None) is not None:
        refuse_native_categories()
    if kind.method == LINEAR_METHOD:
        _check_coefficients(found.inner, len(found.sources))
    else:
        check_trees(found.inner, len(found.sources))
    return found


def run_quietly(estimator: Any, found: Unwrapped) -> None:
    """One thread and no output: settings stored in a file must not decide what this process does."""
    for part in (estimator, found.inner, *found.parts):
        for name, value in (("n_jobs", None), ("verbose", 0)):
            if hasattr(part, name):
                setattr(part, name, value)


def _check_classes(estimator: Any) -> None:
    classes = getattr(estimator, "classes_", None)
    plain = isinstance(classes, np.ndarray) and classes.ndim == 1 and classes.dtype.kind in "iu"
    if classes is None or not plain or tuple(classes.tolist()) != CLASSES:
        raise EngineRefused(
            f"The model's classes are {str(classes)[:60]}; they have to be the whole numbers 0 and 1. {SUPPORTED}",
            code="classes_not_supported",
        )


def _check_features(estimator: Any, features: Sequence[str]) -> None:
    fitted = getattr(estimator, "feature_names_in_", None)
    if not isinstance(fitted, np.ndarray) or fitted.ndim != 1:
        raise EngineRefused(
            "The model was fitted without feature names. Fit it on a pandas data frame.", code="no_feature_names"
        )
    names = [str(name) for name in fitted.tolist()]
    for place, (of_model, declared) in enumerate(zip_longest(names, features), start=1):
        if of_model != declared:
            raise EngineRefused(_difference(place, of_model, declared), code="features_differ")


def _difference(place: int, of_model: str | None, declared: str | None) -> str:
    if of_model is None:
        return f"Feature {place} is declared as {declared!r}, but the model has only {place - 1} features."
    if declared is None:
        return f"The model's feature {place} is {of_model[:80]!r}, but only {place - 1} features are declared."
    return f"Feature {place} differs: the model has {of_model[:80]!r}, declared is {declared!r}."


def _check_coefficients(estimator: Any, width: int) -> None:
    coefficients, intercept = np.asarray(estimator.coef_), np.asarray(estimator.intercept_)
    sound = coefficients.shape == (1, width) and intercept.size == 1 and coefficients.dtype.kind == "f"
    if not sound or not np.isfinite(coefficients).all() or not np.isfinite(intercept).all():
        raise EngineRefused("The model's coefficients do not fit its features.", code="damaged")
