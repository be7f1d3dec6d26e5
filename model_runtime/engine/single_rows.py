"""One row explained in a fraction of a millisecond, with the numbers of SHAP's path-dependent way. Child side only.

SHAP's walk keeps a list of the features above every leaf and undoes it once for each of them. Here the method is linear
TreeSHAP (Yu, Bifet, Read and Xu, NeurIPS 2022), as an integral. At a leaf every feature of its path is a factor: the
share of the training weight that went on where the feature is not known, and one or nought, whether the row meets the
path's conditions on it, where it is. Written as F(t) = share (1 - t) + met t, what a feature brings is the leaf's value
times (met - share) times the integral, t from 0 to 1, of the other features' factors. That is a polynomial, for which
Gauss-Legendre points are exact; and at a point a factor is a multiplication on the way down a tree and part of a sum on
the way up.

What remains to find out about a row is which of three things holds at each split: an earlier split on the same feature
sent the row elsewhere, or it goes left, or it goes right. All else stands in tables that are made once
(`single_row_tables`), and all trees are walked together, level by level.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from model_runtime.engine.single_row_tables import (
    Conditions,
    Level,
    Splits,
    Tables,
    are_covered,
    count_numbers,
    count_points,
    find_conditions,
    find_splits,
    make_tables,
    read_trees,
)

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

FEW_ROWS = 4
"""Up to so many rows are explained here, one after the other; more are left to SHAP."""
MOST_NUMBERS = 6_000_000
"""Numbers of all tables that are kept: 48 MB."""


class SingleRows:
    """Explains rows of one ensemble over `width` features; nothing is kept from row to row."""

    def __init__(self, splits: Splits, conditions: Conditions, tables: Tables, width: int) -> None:
        self._splits, self._conditions, self._tables, self._width = splits, conditions, tables, width
        self._above = splits.above[splits.roots :]
        self._features = np.concatenate([conditions.feature[self._above], conditions.feature[splits.leafy]])

    def explain(self, rows: Numbers) -> Numbers:
        """What each feature brings (n, f) to each of n rows (n, f), finite and rounded as SHAP rounds them."""
        return np.stack([self._explain(row) for row in rows])

    def _explain(self, row: Numbers) -> Numbers:
        tables, leafy, roots = self._tables, self._splits.leafy, self._splits.roots
        states = self._conditions.states(row)
        at_leaves = tables.leafy_rows + states.take(leafy)
        at_splits = tables.split_rows + states.take(self._above)
        factors = tables.factors.take(at_splits, axis=0)
        down = self._go_down(factors)
        up = self._come_up(factors, tables.gains.take(at_leaves, axis=0))
        inside = tables.weights.take(at_splits, axis=0)
        inside *= down[roots:]
        inside *= up[roots:]
        below = tables.shares.take(at_leaves, axis=0)
        below *= down.take(leafy, axis=0)
        brought = np.concatenate([_over_points(inside), _over_points(below)])
        found: Numbers = np.bincount(self._features, brought, self._width).astype(np.float64, copy=False)
        return found

    def _go_down(self, factors: Numbers) -> Numbers:
        """The product of the factors on the way to each split."""
        roots = self._splits.roots
        down = np.empty((roots + len(factors), factors.shape[1]))
        down[:roots] = 1.0
        for level in self._splits.levels[1:]:
            reached = down.take(level.above, axis=0)
            np.multiply(reached, factors[level.start - roots : level.end - roots], out=down[level.start : level.end])
        return down

    def _come_up(self, factors: Numbers, gains: Numbers) -> Numbers:
        """The sum of the leaves below each split, each leaf times the factors between the two."""
        roots = self._splits.roots
        up = np.empty((roots + len(factors), factors.shape[1]))
        coming = factors[:0]
        for level in reversed(self._splits.levels):
            self._sum(level, coming, gains, up[level.start : level.end])
            if level.start:
                coming = up[level.start : level.end] * factors[level.start - roots : level.end - roots]
                coming = coming.take(level.order, axis=0)
        return up

    @staticmethod
    def _sum(level: Level, coming: Numbers, gains: Numbers, up: Numbers) -> None:
        """The sums of one level: of what comes from the splits below, and of what its own leaves bring."""
        twos, ones = level.twos, level.ones
        np.add(coming[:twos], coming[twos : 2 * twos], out=up[:twos])
        up[twos:] = gains[level.leafy_start : level.leafy_end]
        up[twos : twos + ones] += coming[2 * twos :]


def single_rows_of(model: Any, width: int, output: int) -> SingleRows | None:
    """How single rows over `width` features are explained, for one output of SHAP's copy of some sound trees.

    None, so that SHAP explains, where no tree has a split, a node has no training weight, the tables would be too large
    or a number in them would be none.
    """
    trees = read_trees(model, output)
    splits = find_splits(trees)
    if splits is None or not are_covered(trees, splits):
        return None
    conditions = find_conditions(trees, splits)
    points = count_points(conditions)
    if count_numbers(splits, points) > MOST_NUMBERS:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        tables = make_tables(trees, splits, conditions, points)
    return SingleRows(splits, conditions, tables, width) if tables.are_finite() else None


def _over_points(values: Numbers) -> Numbers:
    """The sum over the points, always in the same order; NumPy's own is slow along so short an axis."""
    total = values[:, 0].copy()
    for point in range(1, values.shape[1]):
        total += values[:, point]
    return total
