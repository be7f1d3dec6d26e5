"""Whole tables explained: the fast exact way where it applies, held against SHAP on a sample of every batch.

Child side. The fast way is trusted no further than it was checked: a sample that differs from SHAP sends the whole
batch to SHAP, and so does every single row whose explanation misses the model's own output.
"""

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine import kinds
from model_runtime.engine.explain import Explainer, TableExplanation
from model_runtime.engine.kinds import Kind
from model_runtime.engine.patterns import Patterns, Tree
from model_runtime.engine.predicting import POSITIVE, single
from model_runtime.engine.values import LARGEST_ERROR_ALLOWED, LINEAR_METHOD

Numbers = NDArray[np.float64]
LEAST_CHECKED = 8
ROWS_FOR_EACH_CHECKED = 1_000
LARGEST_DIFFERENCE_ALLOWED = 1e-6
SLICE = 2_000
"""Rows that SHAP explains at a time: its answer for them, not for the table, has to fit into memory twice."""


@dataclass(frozen=True)
class TableExplainer:
    """Explains tables (n, f) of one model; its tables of patterns are made by the first one."""

    explainer: Explainer
    kind: Kind
    patterns: Patterns | None

    def explain(self, rows: Numbers, fast: bool) -> TableExplanation:
        """Scores and exact explanations of a table; `fast` allows the faster way, checked against SHAP (R02)."""
        columns = self.explainer.unwrapped.encode(rows)
        scores, margins = self.explainer.predict(columns)
        if self.kind.method == LINEAR_METHOD:
            return self._told(scores, margins, self._by_shap(columns), "linear")
        if not fast or self.patterns is None or not self.patterns.applies:
            return self._told(scores, margins, self._by_shap(columns), "shap")
        contributions = self._by_patterns(columns)
        sample = _sample(rows)
        difference = float(np.max(np.abs(contributions[sample] - self._by_shap(columns[sample]))))
        if not difference <= LARGEST_DIFFERENCE_ALLOWED:
            return self._told(scores, margins, self._by_shap(columns), "shap", len(sample), difference)
        missed = ~(np.abs(self.explainer.base + contributions.sum(axis=1) - margins) <= LARGEST_ERROR_ALLOWED)
        if missed.any():
            contributions[missed] = self._by_shap(columns[missed])
        return self._told(scores, margins, contributions, "woodelf", len(sample), difference)

    def _by_shap(self, columns: Numbers) -> Numbers:
        explainer = self.explainer
        parts = [columns[at : at + SLICE] for at in range(0, len(columns), SLICE)]
        return np.concatenate([explainer.unwrapped.fold(explainer.attribute(part)) for part in parts])

    def _by_patterns(self, columns: Numbers) -> Numbers:
        assert self.patterns is not None
        # scikit-learn rounds the rows of all but histogram trees before it compares them with a threshold
        taken = columns if self.kind.inner == kinds.HISTOGRAM else single(columns).astype(np.float64)
        return self.explainer.unwrapped.fold(self.patterns.explain(taken))

    def _told(
        self,
        scores: Numbers,
        margins: Numbers,
        contributions: Numbers,
        route: str,
        checked: int = 0,
        difference: float = 0.0,
    ) -> TableExplanation:
        return TableExplanation(self.explainer.base, scores, margins, contributions, route, checked, difference)


def table_explainer_of(explainer: Explainer, kind: Kind) -> TableExplainer:
    """What explains tables of a model whose trees have been found sound."""
    if kind.method == LINEAR_METHOD:
        return TableExplainer(explainer, kind, None)
    inner = explainer.unwrapped.inner
    return TableExplainer(explainer, kind, Patterns(_trees_of(inner), len(explainer.unwrapped.sources)))


def _sample(rows: Numbers) -> NDArray[np.int64]:
    """Rows to check, drawn by the digest of the batch: nobody chooses them, and the same batch has the same ones."""
    seed = hashlib.sha256(np.ascontiguousarray(rows).tobytes()).digest()
    size = min(len(rows), LEAST_CHECKED + len(rows) // ROWS_FOR_EACH_CHECKED)
    return np.sort(np.random.default_rng(list(seed)).choice(len(rows), size, replace=False))


def _trees_of(estimator: Any) -> list[Tree]:
    if hasattr(estimator, "_predictors"):
        return [_histogram_tree(stage[0].nodes) for stage in estimator._predictors]
    if hasattr(estimator, "learning_rate"):
        stages = np.ravel(np.asarray(estimator.estimators_, dtype=object))
        return [_tree(stage.tree_, stage.tree_.value[:, 0, 0] * estimator.learning_rate) for stage in stages]
    members = getattr(estimator, "estimators_", [estimator])
    return [_tree(member.tree_, member.tree_.value[:, 0, POSITIVE] / len(members)) for member in members]


def _tree(tree: Any, values: Numbers) -> Tree:
    return Tree(
        tree.children_left.astype(np.int64),
        tree.children_right.astype(np.int64),
        tree.feature.astype(np.int64),
        np.asarray(tree.threshold, dtype=np.float64),
        np.asarray(values, dtype=np.float64),
        np.asarray(tree.weighted_n_node_samples, dtype=np.float64),
    )


def _histogram_tree(nodes: Any) -> Tree:
    leaf = nodes["is_leaf"] != 0
    return Tree(
        np.where(leaf, -1, nodes["left"].astype(np.int64)),
        np.where(leaf, -1, nodes["right"].astype(np.int64)),
        nodes["feature_idx"].astype(np.int64),
        np.asarray(nodes["num_threshold"], dtype=np.float64),
        np.asarray(nodes["value"], dtype=np.float64),
        np.asarray(nodes["count"], dtype=np.float64),
    )
