"""A model taken out of its wrappers: what stands before it, what stands behind it, and whose column is whose.

SHAP explains neither pipelines nor calibrated models. So the model inside is explained; columns that the steps made of
one input are added up for that input, which keeps the sum; and behind one sigmoid the log-odds of the score are the
model's own output times a number plus another, so its contributions times that number add up to them exactly. Several
sigmoids, or a staircase, have no such explanation, and are refused. Child side only.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine import kinds
from model_runtime.engine.values import EngineRefused

Numbers = NDArray[np.float64]
Sources = tuple[int, ...]
Step = Callable[[Numbers], Numbers]
MOST_WRAPPERS = 4


@dataclass(frozen=True)
class Sigmoid:
    """The log-odds of a calibrated score: `slope` times the model's own output plus `shift`; the slope is positive."""

    slope: float
    shift: float


@dataclass(frozen=True)
class Unwrapped:
    """The model inside its wrappers, whose `parts` are everything on the way to it.

    `sources` says of which declared input each of its columns was made, and `choices` which numbers an input may be
    that is turned into categories.
    """

    inner: Any
    parts: tuple[Any, ...]
    steps: tuple[Step, ...]
    sources: Sources
    sigmoid: Sigmoid | None
    choices: dict[int, Numbers]
    names: tuple[str, ...]

    @property
    def is_bare(self) -> bool:
        """Whether the model takes the declared inputs as they are."""
        return not self.steps

    def encode(self, rows: Numbers) -> Numbers:
        """The columns of the model inside, made by the steps' own code from rows in declared order."""
        for step in self.steps:
            rows = step(rows)
        return rows

    def fold(self, contributions: Numbers) -> Numbers:
        """What each declared input brings: the sum over the columns that were made of it, behind the sigmoid."""
        found = contributions
        if not self.is_bare:
            found = np.zeros((len(contributions), len(self.names)))
            for column, source in enumerate(self.sources):
                found[:, source] += contributions[:, column]
        return found * self.sigmoid.slope if self.sigmoid else found

    def shift(self, own: Any) -> Any:
        """A base or an output of the model inside, as that of the whole."""
        return own * self.sigmoid.slope + self.sigmoid.shift if self.sigmoid else own


def unwrap(estimator: Any, features: Sequence[str]) -> Unwrapped:
    """Take a fitted model out of its wrappers; refused are steps and calibrations that cannot be followed."""
    node, found, sigmoid = estimator, [], None
    parts: list[Any] = []
    for _ in range(MOST_WRAPPERS):
        path = path_of(node)
        parts.append(node)
        if path == kinds.PIPELINE:
            found += [step for _, step in node.steps[:-1]]
            node = node.steps[-1][1]
        elif path == kinds.CALIBRATED and sigmoid is None:
            node, sigmoid = _calibrated(node)
        elif path == kinds.FROZEN:
            node = node.estimator
        else:
            break
    choices: dict[int, Numbers] = {}
    sources, steps = _follow_all(found, tuple(range(len(features))), features, choices)
    return Unwrapped(node, (*parts, *found), steps, sources, sigmoid, choices, tuple(features))


def _follow_all(
    found: Sequence[Any], before: Sources, names: Sequence[str] | None, choices: dict[int, Numbers]
) -> tuple[Sources, tuple[Step, ...]]:
    steps: list[Step] = []
    for place, part in enumerate(found):
        if part is None or isinstance(part, str):
            _check_word(part)
            continue
        before, step = _follow(part, before, names if place == 0 else None, choices)
        steps.append(step)
    return before, tuple(steps)


def path_of(thing: Any) -> str:
    """The class of a thing, as the list of kinds names it."""
    return f"{type(thing).__module__}.{type(thing).__name__}"


def _check_word(part: str | None) -> None:
    if part not in (None, "passthrough"):
        _refuse("a step is a word other than passthrough")


def _calibrated(node: Any) -> tuple[Any, Sigmoid]:
    found = list(node.calibrated_classifiers_)
    if len(found) != 1 or len(found[0].calibrators) != 1:
        _refuse(
            f"it is the mean of {len(found)} calibrated models, which has no exact explanation. Calibrate with "
            "ensemble=False, or calibrate a FrozenEstimator"
        )
    calibrator = found[0].calibrators[0]
    if path_of(calibrator) != kinds.SIGMOID:
        _refuse("it is calibrated by a staircase, which has no exact explanation. Calibrate with method='sigmoid'")
    slope, shift = -float(calibrator.a_), -float(calibrator.b_)
    if not (np.isfinite([slope, shift]).all() and slope > 0):
        _refuse("its calibration turns high into low")
    return found[0].estimator, Sigmoid(slope, shift)


def _follow(
    part: Any, before: Sources, names: Sequence[str] | None, choices: dict[int, Numbers]
) -> tuple[Sources, Step]:
    """One step: of which declared input each column behind it is made, and how. `before` says it of those it gets."""
    if path_of(part) == kinds.COLUMNS:
        return _follow_columns(part, before, names, choices)
    if path_of(part) == kinds.PIPELINE:
        sources, steps = _follow_all([step for _, step in part.steps], before, names, choices)
        return sources, partial(_one_after_the_other, steps)
    check = _CHECKS.get(path_of(part))
    if check is None:
        _refuse(f"the step {type(part).__name__[:60]} is not supported")
    if getattr(part, "n_features_in_", len(before)) != len(before):
        _refuse("a step was fitted on other columns than it gets")
    check(part)
    encodes = path_of(part) in (kinds.ONE_HOT, kinds.ORDINAL)
    return _of_encoder(part, before, choices) if encodes else before, partial(_transformed, part)


def _follow_columns(
    part: Any, before: Sources, names: Sequence[str] | None, choices: dict[int, Numbers]
) -> tuple[Sources, Step]:
    sources: list[int] = []
    steps: list[tuple[list[int], tuple[Step, ...]]] = []
    for _, inside, columns in part.transformers_:
        places = _places(columns, len(before), names)
        if not places or (isinstance(inside, str) and inside == "drop"):
            continue
        behind, made = _follow_all([inside], tuple(before[place] for place in places), None, choices)
        sources += behind
        steps.append((places, made))
    return tuple(sources), partial(_side_by_side, steps)


def _transformed(part: Any, rows: Numbers) -> Numbers:
    made = part.transform(rows)
    return np.ascontiguousarray(made.toarray() if hasattr(made, "toarray") else made, dtype=np.float64)


def _one_after_the_other(steps: Sequence[Step], rows: Numbers) -> Numbers:
    for step in steps:
        rows = step(rows)
    return rows


def _side_by_side(steps: Sequence[tuple[list[int], tuple[Step, ...]]], rows: Numbers) -> Numbers:
    return np.hstack([_one_after_the_other(inside, rows[:, places]) for places, inside in steps])


def _places(columns: Any, width: int, names: Sequence[str] | None) -> list[int]:
    """The columns that a part of a ColumnTransformer takes, given by name, number or slice."""
    if isinstance(columns, slice):
        columns = range(width)[columns]
    asked = [columns] if isinstance(columns, str | int) else list(columns)
    known: dict[Any, int] = {name: place for place, name in enumerate(names or ())}
    for place in range(width):
        known[place] = known[place - width] = place
    if any(isinstance(column, bool | np.bool_) or column not in known for column in asked):
        _refuse("its columns are chosen in a way that cannot be followed")
    return [known[column] for column in asked]


def _of_encoder(part: Any, before: Sources, choices: dict[int, Numbers]) -> Sources:
    known = [np.asarray(found) for found in part.categories_]
    if len(known) != len(before) or any(found.dtype.kind not in "iufb" or not len(found) for found in known):
        _refuse("its categories are not numbers: fit it on the numbers that the declaration gives them")
    for source, found in zip(before, known, strict=True):
        choices.setdefault(source, found.astype(np.float64))
    if path_of(part) == kinds.ORDINAL:
        return before
    widths = list(part._n_features_outs)
    if len(widths) != len(before):
        _refuse("an encoder does not say which columns it makes")
    return tuple(source for source, width in zip(before, widths, strict=True) for _ in range(int(width)))


def _check_encoder(step: Any) -> None:
    if step.handle_unknown != "error":
        _refuse("a category never seen before would be scored as none of them: encode with handle_unknown='error'")
    if step.min_frequency is not None or step.max_categories is not None:
        _refuse("an encoder throws rare categories together")


def _check_imputer(step: Any) -> None:
    """Inputs are complete when they arrive; an imputer may do nothing but pass them on."""
    missing = step.missing_values
    if not (isinstance(missing, float) and np.isnan(missing)) or step.add_indicator:
        _refuse("an imputer would replace values that were entered")
    if np.isnan(np.asarray(step.statistics_, dtype=np.float64)).any():
        _refuse("an imputer drops a column")


def _check_scaler(step: Any) -> None:
    scale = getattr(step, "scale_", None)
    if scale is not None and not (np.isfinite(scale).all() and (np.asarray(scale) != 0).all()):
        _refuse("a scaler holds a number that is not finite, or nought")


def _check_passed(step: Any) -> None:
    if step.func is not None or step.inverse_func is not None:
        _refuse("a step calls a function")


_CHECKS: dict[str, Callable[[Any], None]] = {
    kinds.STANDARD_SCALER: _check_scaler,
    kinds.RANGE_SCALER: _check_scaler,
    kinds.IMPUTER: _check_imputer,
    kinds.ONE_HOT: _check_encoder,
    kinds.ORDINAL: _check_encoder,
    kinds.PASSED: _check_passed,
}


def _refuse(reason: str) -> NoReturn:
    raise EngineRefused(f"The model cannot be used: {reason}.", code="step_not_supported")
