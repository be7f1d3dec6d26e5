"""The tables from which single rows are explained, worked out once from SHAP's own copy of the trees. Child side only.

SHAP's copy, so that what is explained is what SHAP would explain, whatever kind of model the trees are of. What the
tables mean is told in `single_rows`. A share of the training weight is never nought and a point never at an end, so
nothing here is divided by nought, and no number is the small difference of two large ones.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.intp]

BLOCK = 4_096
"""Splits that are worked out at a time, to need little memory beside the tables."""
ELSEWHERE, LEFT, RIGHT = 0, 1, 2
STATES = 3
"""An earlier split on the same feature sent the row elsewhere, or it goes left, or it goes right."""


@dataclass(frozen=True)
class Trees:
    """SHAP's trees in one row: children (-1 at a leaf), feature, threshold (at most: left), value, training weight."""

    left: Places
    right: Places
    feature: Places
    threshold: Numbers
    value: Numbers
    cover: Numbers
    first: Places


@dataclass(frozen=True)
class Level:
    """The splits from `start` to `end`, all of them equally far below their roots.

    First stand those with two splits below them (`twos`), then those with one (`ones`), then those with none; all but
    the first have leaves, counted from `leafy_start` to `leafy_end`. `above` is the split above each. `order` puts what
    comes up from these splits as the level above adds it up: left sides of its `twos`, right sides, its `ones`.
    """

    start: int
    end: int
    twos: int
    ones: int
    leafy_start: int
    leafy_end: int
    above: Places
    order: Places


@dataclass(frozen=True)
class Splits:
    """The splits of all trees, level by level: place among the trees' nodes, the split above (itself for a root).

    `right` says whether it stands on that split's right side; `leafy` are the splits with a leaf right below them.
    """

    node: Places
    above: Places
    right: NDArray[np.bool_]
    leafy: Places
    levels: tuple[Level, ...]

    @property
    def roots(self) -> int:
        """How many splits are at the top of a tree."""
        return self.levels[0].end


@dataclass(frozen=True)
class Conditions:
    """What sends a row on at each split: its `feature`, at most `threshold` to the left.

    By the earlier splits on the same feature a row comes here where the feature is above `low` and at most `high`;
    `known` is the share of the training weight that these let through, 1 where there are none. `longest` is the largest
    number of different features on the way to a leaf.
    """

    feature: Places
    threshold: Numbers
    low: Numbers
    high: Numbers
    known: Numbers
    longest: int

    def states(self, row: Numbers) -> Places:
        """Which of the three states the row (f,) is in at each split."""
        values = row.take(self.feature)
        here = (values > self.low) & (values <= self.high)
        return here * (RIGHT - (values <= self.threshold))


@dataclass(frozen=True)
class Tables:
    """A row of numbers, one for each point, for each split and each state of a row there.

    `gains` and `shares` are of the splits with leaves: what those add to the sum that goes up, and what they make the
    split's feature bring. `factors` and `weights` are of the splits below others, by the state at the split above: what
    is multiplied on the way, and what that split's feature brings for each unit that comes up. `leafy_rows` and
    `split_rows` are where the rows of each split begin.
    """

    gains: Numbers
    shares: Numbers
    factors: Numbers
    weights: Numbers
    leafy_rows: Places
    split_rows: Places

    def are_finite(self) -> bool:
        """Whether every number is one."""
        return all(np.isfinite(table).all() for table in (self.gains, self.shares, self.factors, self.weights))


def read_trees(model: Any, output: int) -> Trees:
    """SHAP's TreeEnsemble as flat arrays, with the values of one of its outputs."""
    count, width = model.children_left.shape
    first = np.arange(count, dtype=np.intp) * width

    def placed(children: Any) -> Places:
        return np.where(children < 0, -1, children + first[:, None]).ravel()

    return Trees(
        placed(model.children_left),
        placed(model.children_right),
        model.features.ravel().astype(np.intp),
        model.thresholds.ravel().astype(np.float64),
        model.values[:, :, output].ravel().astype(np.float64),
        model.node_sample_weight.ravel().astype(np.float64),
        first,
    )


def find_splits(trees: Trees) -> Splits | None:
    """The splits in the order in which they are walked; None where every tree is a single leaf."""
    inner = trees.left >= 0
    splits_below = np.where(inner, inner[trees.left].astype(np.intp) + inner[trees.right], 0)
    node = trees.first[inner[trees.first]]
    above, right, start, leafy_start = np.arange(len(node)), np.zeros(len(node), dtype=bool), 0, 0
    levels, found = [], []
    while len(node):
        order = np.argsort(-splits_below[node], kind="stable")
        node, above, right = node[order], above[order], right[order]
        twos, ones = (int(np.count_nonzero(splits_below[node] == number)) for number in (2, 1))
        end, leafy_end = start + len(node), leafy_start + len(node) - twos
        # `order` takes the splits out of the order in which they are added up, its inverse puts them back
        levels.append(Level(start, end, twos, ones, leafy_start, leafy_end, above, np.argsort(order)))
        found.append((node, above, right))
        node, above, right = _below(trees, inner, node[:twos], node[twos : twos + ones], start)
        start, leafy_start = end, leafy_end
    if not levels:
        return None
    leafy = np.concatenate([np.arange(level.start + level.twos, level.end) for level in levels])
    nodes, aboves, rights = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return Splits(nodes, aboves, rights, leafy, tuple(levels))


def _below(
    trees: Trees, inner: NDArray[np.bool_], twos: Places, ones: Places, start: int
) -> tuple[Places, Places, NDArray[np.bool_]]:
    """The splits below a level that begins at `start`, where each hangs, and whether on the right side."""
    only_right = inner[trees.right[ones]]
    only = np.where(only_right, trees.right[ones], trees.left[ones])
    first = start + np.arange(len(twos))
    node = np.concatenate([trees.left[twos], trees.right[twos], only])
    above = np.concatenate([first, first, start + len(twos) + np.arange(len(ones))])
    right = np.concatenate([np.zeros(len(twos), dtype=bool), np.ones(len(twos), dtype=bool), only_right])
    return node, above, right


def find_conditions(trees: Trees, splits: Splits) -> Conditions:
    """What sends a row on at each split, and what earlier splits on the same feature say of it."""
    feature, threshold = trees.feature[splits.node], trees.threshold[splits.node]
    by = _find_earlier(feature, splits)
    low, high = np.full(len(by), -np.inf), np.full(len(by), np.inf)
    known, met = np.ones(len(by)), np.zeros(len(by), dtype=np.intp)
    share = trees.cover[splits.node] / trees.cover[splits.node[splits.above]]
    for level in splits.levels:
        here = np.arange(level.start, level.end)
        if level.start:
            met[here] = met[level.above] + (by[level.above] < 0)
        here = here[by[here] >= 0]
        through = by[here]
        before, right = splits.above[through], splits.right[through]
        known[here] = share[through] * known[before]
        low[here] = np.where(right, np.maximum(low[before], threshold[before]), low[before])
        high[here] = np.where(right, high[before], np.minimum(high[before], threshold[before]))
    return Conditions(feature, threshold, low, high, known, int((met + (by < 0)).max()))


def _find_earlier(feature: Places, splits: Splits) -> Places:
    """Below the nearest split above on the same feature: the split on the way down from there; -1 where none is."""
    by = np.full(len(feature), -1, dtype=np.intp)
    asking = np.arange(splits.roots, len(feature))
    way = asking
    while len(asking):
        above = splits.above[way]
        same = feature[above] == feature[asking]
        by[asking[same]] = way[same]
        further = ~same & (above >= splits.roots)
        asking, way = asking[further], above[further]
    return by


def are_covered(trees: Trees, splits: Splits) -> bool:
    """Whether every node that is walked has a training weight: without one, no share of it goes anywhere."""
    walked = np.concatenate([splits.node, trees.left[splits.node], trees.right[splits.node]])
    return bool((np.isfinite(trees.cover[walked]) & (trees.cover[walked] > 0)).all())


def count_points(conditions: Conditions) -> int:
    """So many points that the integral is exact: with n features on a path its polynomial is of degree n - 1."""
    return max(1, (conditions.longest + 1) // 2)


def count_numbers(splits: Splits, points: int) -> int:
    """How many numbers the tables for so many points hold."""
    return 2 * STATES * points * (len(splits.node) - splits.roots + len(splits.leafy))


def make_tables(trees: Trees, splits: Splits, conditions: Conditions, points: int) -> Tables:
    """The tables for so many points."""
    count, leafy = len(splits.node) - splits.roots, splits.leafy
    gains, shares = np.zeros((2, len(leafy), STATES, points))
    factors, weights = np.zeros((2, count, STATES, points))
    place = np.full(len(trees.left), -1, dtype=np.intp)
    place[splits.node] = np.arange(len(splits.node)) - splits.roots
    rank = np.full(len(splits.node), -1, dtype=np.intp)
    rank[leafy] = np.arange(len(leafy))
    for start in range(0, len(splits.node), BLOCK):
        node, known = splits.node[start : start + BLOCK], conditions.known[start : start + BLOCK]
        for state, children in ((LEFT, trees.left), (RIGHT, trees.right)):
            below = children[node]
            factor, weight = _of_side(trees.cover[below] / trees.cover[node], known, state, points)
            inside = trees.left[below] >= 0
            factors[place[below[inside]]], weights[place[below[inside]]] = factor[inside], weight[inside]
            gain = trees.value[below[~inside], None, None] * factor[~inside]
            ranks = rank[start : start + BLOCK][~inside]
            gains[ranks] += gain
            shares[ranks] += gain * weight[~inside]
    gains, shares, factors, weights = (found.reshape(-1, points) for found in (gains, shares, factors, weights))
    return Tables(gains, shares, factors, weights, STATES * np.arange(len(leafy)), STATES * np.arange(count))


def _of_side(share: Numbers, known: Numbers, state: int, points: int) -> tuple[Numbers, Numbers]:
    """Factor and weight (splits, states, points) on the way to the side that a row in `state` takes."""
    t, weight = _points(points)
    known, all_known = known[:, None], (share * known)[:, None]
    before, met, unmet = known * (1 - t) + t, all_known * (1 - t) + t, all_known * (1 - t)
    factors, weights = np.empty((2, len(share), STATES, points))
    factors[:, ELSEWHERE], weights[:, ELSEWHERE] = share[:, None], 0.0
    factors[:, state], weights[:, state] = met / before, weight * ((1 - all_known) / met - (1 - known) / before)
    other = LEFT + RIGHT - state
    factors[:, other], weights[:, other] = unmet / before, weight * (-1 / (1 - t) - (1 - known) / before)
    return factors, weights


def _points(count: int) -> tuple[Numbers, Numbers]:
    """Gauss-Legendre points between 0 and 1, and their weights."""
    at, weight = leggauss(count)
    return (at + 1) / 2, weight / 2
