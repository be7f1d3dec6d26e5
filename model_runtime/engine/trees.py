"""The trees of a loaded model: sound as trees, before the libraries walk them without looking.

scikit-learn and SHAP index into the node arrays without bounds checks, so a crafted file could read foreign memory,
never end, or (with a node under two parents) take exponential time. Child side only.
"""

from collections.abc import Iterator
from typing import Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine.schemas import refuse_native_categories
from model_runtime.engine.values import EngineRefused

MOST_TREES = 2_000
MOST_NODES = 1_000_000
DEEPEST = 64
Indices = NDArray[np.int64]


def check_trees(estimator: Any, width: int) -> None:
    """Refuse an ensemble whose trees are not proper binary trees over `width` features with finite numbers."""
    found = list(_trees_of(estimator))
    if not 1 <= len(found) <= MOST_TREES:
        _unsound(f"it has {len(found)} trees; allowed are 1 to {MOST_TREES:,}")
    nodes = 0
    for tree in found:
        nodes += _check_tree(tree, width)
        if nodes > MOST_NODES:
            _unsound("it has more than a million nodes")


def find_thresholds(estimator: Any) -> dict[int, NDArray[np.float64]]:
    """The finite thresholds of a sound ensemble, by feature."""
    found: dict[int, list[NDArray[np.float64]]] = {}
    for tree in _trees_of(estimator):
        features, thresholds = _splits(tree)
        for feature in np.unique(features).tolist():
            of_feature = thresholds[features == feature]
            found.setdefault(feature, []).append(of_feature[np.isfinite(of_feature)])
    return {feature: np.concatenate(parts) for feature, parts in found.items() if sum(map(len, parts))}


def _splits(tree: Any) -> tuple[Indices, NDArray[np.float64]]:
    if hasattr(tree, "nodes"):
        inner = tree.nodes[tree.nodes["is_leaf"] == 0]
        return inner["feature_idx"].astype(np.int64), inner["num_threshold"].astype(np.float64)
    inside = tree.children_left != -1
    return tree.feature[inside].astype(np.int64), tree.threshold[inside].astype(np.float64)


def _trees_of(estimator: Any) -> Iterator[Any]:
    if hasattr(estimator, "_predictors"):
        return (_only(stage) for stage in estimator._predictors)
    if hasattr(estimator, "estimators_"):
        return (member.tree_ for member in np.ravel(np.asarray(estimator.estimators_, dtype=object)))
    return iter([estimator.tree_])


def _only(stage: Any) -> Any:
    if len(stage) != 1:
        _unsound("a stage holds more than one tree")
    return stage[0]


def _check_tree(tree: Any, width: int) -> int:
    """Number of nodes of one sound tree."""
    if hasattr(tree, "nodes"):
        return _check_predictor(tree.nodes, width)
    if tree.n_features != width or tree.n_outputs != 1:
        _unsound("a tree was fitted on other features than the model")
    left, right = tree.children_left.astype(np.int64), tree.children_right.astype(np.int64)
    if not np.array_equal(left == -1, right == -1):
        _unsound("a node has one child")
    _check_shape(left, right, left == -1)
    inner = left != -1
    _check_splits(tree.feature[inner], tree.threshold[inner], tree.value, width)
    return len(left)


def _check_predictor(nodes: Any, width: int) -> int:
    """Number of nodes of one sound tree of a histogram model (one record per node)."""
    if nodes.ndim != 1 or nodes.dtype.names is None:
        _unsound("a tree is not a list of nodes")
    leaf = nodes["is_leaf"] != 0
    inner = ~leaf
    if (nodes["is_categorical"][inner] != 0).any():
        refuse_native_categories()
    _check_shape(nodes["left"].astype(np.int64), nodes["right"].astype(np.int64), leaf)
    thresholds = nodes["num_threshold"][inner]
    # a split that only sends missing values aside has an infinite threshold
    _check_splits(nodes["feature_idx"][inner], np.where(np.isinf(thresholds), 0.0, thresholds), nodes["value"], width)
    return len(nodes)


def _check_shape(left: Indices, right: Indices, leaf: NDArray[np.bool_]) -> None:
    """Every node but the first has exactly one parent, which stands before it: so there is no cycle."""
    count = len(leaf)
    inner = np.flatnonzero(~leaf)
    children = np.concatenate([left[inner], right[inner]])
    if count == 0 or not np.array_equal(np.sort(children), np.arange(1, count)):
        _unsound("a node has no parent, or two")
    if (left[inner] <= inner).any() or (right[inner] <= inner).any():
        _unsound("a node stands before its parent")
    _check_depth(left, right, leaf)


def _check_depth(left: Indices, right: Indices, leaf: NDArray[np.bool_]) -> None:
    level = np.zeros(1, dtype=np.int64)
    for _ in range(DEEPEST):
        level = level[~leaf[level]]
        if not len(level):
            return
        level = np.concatenate([left[level], right[level]])
    _unsound(f"a tree is deeper than {DEEPEST} levels")


def _check_splits(features: Any, thresholds: Any, values: Any, width: int) -> None:
    if ((features < 0) | (features >= width)).any():
        _unsound("a split asks for a feature that the model does not have")
    if not np.isfinite(thresholds).all() or not np.isfinite(values).all():
        _unsound("a tree holds a number that is not finite")


def _unsound(reason: str) -> NoReturn:
    raise EngineRefused(f"The model file is refused: {reason}.", code="tree_unsound")
