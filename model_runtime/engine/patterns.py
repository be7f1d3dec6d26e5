"""Exact explanations of many rows at once: every leaf as a table of what each pattern of decisions brings. Child side.

The method is that of WOODELF (Nadel and Wettenstein, woodelf-explainer on PyPI), path-dependent, in double precision:
the published library works in single precision, misses a histogram model's own output by 4e-6, explains class 0 of a
binary forest, and makes its tables anew for every call. How a row meets the conditions of a leaf's path is a pattern of
bits, one for each feature of the path; what a feature brings depends on nothing else, so it is looked up. Leaves that
lie close together share one table, which halves the look-ups. What a pattern brings is an integral over a polynomial,
for which Gauss-Legendre points are exact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Codes = NDArray[np.int64]

BLOCK = 16_384
LARGEST_CHUNK = 1 << 20
HEIGHT = 2
"""Leaves at most this far below one node share a table."""
MOST_BITS = 12
LONGEST_PATH = 60
"""Bits of a pattern that fit into a whole number."""
MOST_NUMBERS = 32_000_000
"""Numbers of tables that are kept from call to call: 256 MB."""


@dataclass(frozen=True)
class Tree:
    """One tree by node: children (-1 at a leaf), feature, threshold (at most: left), leaf value, training weight."""

    left: Codes
    right: Codes
    feature: Codes
    threshold: Numbers
    value: Numbers
    cover: Numbers

    def is_leaf(self, node: int) -> bool:
        """Whether a node has no children."""
        return bool(self.left[node] < 0)


@dataclass(frozen=True)
class Path:
    """The features met on the way to a node, each once in order, and the share of the training weight that went on."""

    features: tuple[int, ...] = ()
    shares: tuple[float, ...] = ()

    def then(self, feature: int, share: float) -> "Path":
        """The path one step further down."""
        if feature not in self.features:
            return Path((*self.features, feature), (*self.shares, share))
        at = self.features.index(feature)
        return Path(self.features, (*self.shares[:at], self.shares[at] * share, *self.shares[at + 1 :]))

    def place(self, feature: int) -> int:
        """The bit of a feature of this path in a pattern; the first feature has the highest."""
        return len(self.features) - 1 - self.features.index(feature)


@dataclass(frozen=True)
class Group:
    """Leaves under one node that share a table (features, patterns); the last bits are the decisions under the node.

    A single leaf at the end of a long path has no table: its `path` and `value` say what each pattern brings.
    """

    inner: tuple[tuple[int, float], ...]
    features: tuple[int, ...]
    table: Numbers | None
    path: Path
    value: float


@dataclass(frozen=True)
class Split:
    """A node above the groups: those at most at the threshold go left. `place` is the bit of a feature met before."""

    feature: int
    threshold: float
    place: int | None
    left: "Split | Group"
    right: "Split | Group"


class Patterns:
    """The tables of an ensemble: `explain` gives the contributions (n, width) of rows, without a base."""

    def __init__(self, trees: Sequence[Tree], width: int) -> None:
        self._trees, self._width = trees, width
        self._kept: list[Split | Group] | None = None

    @cached_property
    def applies(self) -> bool:
        """Whether the tables are small enough, and every node has training weight to share out."""
        numbers = sum(_table_numbers(tree) for tree in self._trees)
        small = numbers <= MOST_NUMBERS and max(_heights(tree)[0] for tree in self._trees) <= LONGEST_PATH
        return small and all(bool((tree.cover > 0).all()) for tree in self._trees)

    def explain(self, rows: Numbers) -> Numbers:
        """What each feature brings in each row, added over the trees. Rows of a forest have to be in its precision."""
        if self._kept is None:
            self._kept = [_compiled(tree) for tree in self._trees]
        found = np.empty((len(rows), self._width))
        for at in range(0, len(rows), BLOCK):
            block = np.ascontiguousarray(rows[at : at + BLOCK].T)
            total = np.zeros(block.shape)
            for root in self._kept:
                _add_tree(root, block, total)
            found[at : at + BLOCK] = total.T
        return found


def _table_numbers(tree: Tree) -> int:
    """How many numbers the tables of a tree hold."""
    heights = _heights(tree)
    waiting: list[tuple[int, frozenset[int]]] = [(0, frozenset())]
    numbers = 0
    while waiting:
        node, above = waiting.pop()
        bits = len(above) + len(_inner(tree, node)) if heights[node] <= HEIGHT else MOST_BITS + 1
        if bits <= MOST_BITS:
            numbers += bits << bits
        elif not tree.is_leaf(node):
            below = above | {int(tree.feature[node])}
            waiting += [(int(tree.left[node]), below), (int(tree.right[node]), below)]
    return numbers


def _heights(tree: Tree) -> list[int]:
    heights = [0] * len(tree.left)
    for node in range(len(heights) - 1, -1, -1):  # children stand behind their parents
        if not tree.is_leaf(node):
            heights[node] = 1 + max(heights[tree.left[node]], heights[tree.right[node]])
    return heights


def _inner(tree: Tree, root: int) -> tuple[int, ...]:
    """The inner nodes of a subtree, parents first."""
    found, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        if not tree.is_leaf(node):
            found.append(node)
            waiting += [int(tree.right[node]), int(tree.left[node])]
    return tuple(found)


def _children(tree: Tree, node: int, path: Path) -> Iterator[tuple[int, Path]]:
    for child in (int(tree.left[node]), int(tree.right[node])):
        yield child, path.then(int(tree.feature[node]), float(tree.cover[child] / tree.cover[node]))


def _compiled(tree: Tree) -> Split | Group:
    return _grown(tree, 0, Path(), _heights(tree), _leaf_tables(tree))


LeafTables = dict[int, tuple[tuple[int, ...], Numbers]]


def _grown(tree: Tree, node: int, path: Path, heights: list[int], tables: LeafTables) -> Split | Group:
    inner = _inner(tree, node) if heights[node] <= HEIGHT else ()
    few = len(path.features) + len(inner) <= MOST_BITS
    if tree.is_leaf(node) and not few:
        return Group((), path.features, None, path, float(tree.value[node]))
    if heights[node] <= HEIGHT and few:
        return _group(tree, node, path, inner, tables)
    feature = int(tree.feature[node])
    place = path.place(feature) if feature in path.features else None
    left, right = (_grown(tree, child, below, heights, tables) for child, below in _children(tree, node, path))
    return Split(feature, float(tree.threshold[node]), place, left, right)


def _group(tree: Tree, root: int, path: Path, inner: tuple[int, ...], tables: LeafTables) -> Group:
    features = tuple(dict.fromkeys((*path.features, *(int(tree.feature[node]) for node in inner))))
    patterns = np.arange(1 << (len(path.features) + len(inner)), dtype=np.int64)
    table = np.zeros((len(features), len(patterns)))
    places = {node: len(inner) - 1 - at for at, node in enumerate(inner)}
    waiting = [(root, path, patterns >> len(inner))]
    while waiting:
        node, above, code = waiting.pop()
        if node not in places:
            of_leaf, numbers = tables[node]
            for feature, column in zip(of_leaf, numbers, strict=True):
                table[features.index(feature)] += column[code]
            continue
        feature = int(tree.feature[node])
        place = above.place(feature) if feature in above.features else None
        goes_left = ((patterns >> places[node]) & 1).astype(bool)
        ways = _ways(code, place, goes_left)
        waiting += [(child, below, way) for (child, below), way in zip(_children(tree, node, above), ways, strict=True)]
    asked = tuple((int(tree.feature[node]), float(tree.threshold[node])) for node in inner)
    return Group(asked, features, table, path, 0.0)


def _leaf_tables(tree: Tree) -> LeafTables:
    """For each leaf the features of its path and what each brings by pattern: (features, patterns)."""
    by_length: dict[int, list[tuple[int, Path]]] = {}
    waiting: list[tuple[int, Path]] = [(0, Path())]
    while waiting:
        node, path = waiting.pop()
        if tree.is_leaf(node):
            by_length.setdefault(len(path.features), []).append((node, path))
        else:
            waiting += _children(tree, node, path)
    found: LeafTables = {}
    for length, leaves in by_length.items():
        if length > MOST_BITS:
            continue
        size = max(1, LARGEST_CHUNK >> (length + 2))
        for at in range(0, len(leaves), size):
            chunk = leaves[at : at + size]
            shares = np.array([path.shares for _, path in chunk]).reshape(len(chunk), length)
            tables = _tables(shares, tree.value[[leaf for leaf, _ in chunk]])
            found |= {leaf: (path.features, table) for (leaf, path), table in zip(chunk, tables, strict=True)}
    return found


def _tables(shares: Numbers, values: Numbers) -> Numbers:
    """What each feature brings by pattern (leaves, features, patterns), for leaves with paths of one length.

    A set of known features S weighs |S|!(d-|S|-1)!/d!, which is the integral of t^|S| (1-t)^(d-1-|S|) from 0 to 1: so
    the sum over all sets is the integral of a product of one factor for each other feature, of degree d-1 in t.
    """
    leaves, length = shares.shape
    points, weights = _integration(length)
    not_met = shares[:, None, :] * (1 - points)[:, None]
    factors = np.stack([not_met, not_met + points[:, None]], axis=-1)
    product = np.broadcast_to((values[:, None] * weights)[:, :, None], (leaves, len(points), 1))
    for at in range(length):
        product = (product[:, :, :, None] * factors[:, :, at, None, :]).reshape(leaves, len(points), -1)
    gains = np.stack([-shares, 1 - shares], axis=-1)[:, None] / factors
    tables = np.empty((leaves, length, 1 << length))
    for at in range(length):
        shaped = product.reshape(leaves, len(points), 1 << at, 2, -1)
        tables[:, at] = (shaped * gains[:, :, at, None, :, None]).sum(axis=1).reshape(leaves, -1)
    return tables


def _integration(length: int) -> tuple[Numbers, Numbers]:
    """Points and weights from 0 to 1 that integrate a polynomial of degree `length` - 1 exactly."""
    points, weights = leggauss((length + 1) // 2 or 1)
    return (points + 1) / 2, weights / 2


def _add_tree(root: Split | Group, block: Numbers, total: Numbers) -> None:
    """Add to `total` (width, n) what one tree brings for a block of columns (width, n)."""
    waiting: list[tuple[Split | Group, Codes]] = [(root, np.zeros(block.shape[1], dtype=np.int64))]
    while waiting:
        node, code = waiting.pop()
        if isinstance(node, Split):
            ways = _ways(code, node.place, block[node.feature] <= node.threshold)
            waiting += zip((node.left, node.right), ways, strict=True)
        elif node.table is None:
            _add_long_path(node, code, total)
        else:
            for feature, threshold in node.inner:
                code = (code << 1) | (block[feature] <= threshold)
            for feature, column in zip(node.features, node.table, strict=True):
                total[feature] += column.take(code)


def _ways(code: Codes, place: int | None, goes_left: NDArray[np.bool_]) -> tuple[Codes, Codes]:
    """The patterns one step further down, on the left and on the right."""
    if place is None:
        longer = code << 1
        return longer | goes_left, longer | ~goes_left
    without = code & ~(1 << place)
    return np.where(goes_left, code, without), np.where(goes_left, without, code)


def _add_long_path(leaf: Group, code: Codes, total: Numbers) -> None:
    """The same integral for the patterns that occur, where a table of all of them would be too large."""
    patterns, where = np.unique(code, return_inverse=True)
    points, weights = _integration(len(leaf.features))
    not_met = np.array(leaf.path.shares)[:, None] * (1 - points)
    bits = [(patterns >> leaf.path.place(feature)) & 1 for feature in leaf.features]
    factors = [low[:, None] + points[:, None] * met for low, met in zip(not_met, bits, strict=True)]
    product = leaf.value * weights[:, None] * np.prod(factors, axis=0)
    for feature, share, met, factor in zip(leaf.features, leaf.path.shares, bits, factors, strict=True):
        total[feature] += ((met - share) * (product / factor).sum(axis=0))[where]
