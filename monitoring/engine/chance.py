"""How much chance alone produces: the movement of a population that did not move.

With b bands and n people the population stability index of an unchanged population averages (b - 1) / n, so a batch of
40 passes 0.2 on most days (Yurdakul, Statistical properties of population stability index, 2018). A limit that is
passed by chance would suspend a model for nothing. And a watch compares many columns: each is held against chance at
1 in 100 divided by their number (Bonferroni), so that the whole watch is wrong in at most 1 of 100.
"""

import numpy as np

from monitoring.engine.shares import FALSE_WATCHES

DRAWS, AT_ONCE = 20_000, 2_000
SEED = 20_260_101  # fixed: the same two frames always give the same verdict
EMPTY = 1e-4


def psi(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """The index of two arrays of counts per band (last axis), empty bands filled as Evidently fills them."""
    first, second = _filled(_shares(reference)), _filled(_shares(current))
    return np.sum((first - second) * np.log(first / second), axis=-1)


def chance_level(reference: np.ndarray, current: np.ndarray, compared: int = 1) -> float:
    """The index that two samples with these counts per band, from one population, pass once in 100 x `compared`."""
    both = reference + current
    pooled = both[both > 0] / both.sum()
    draw = np.random.default_rng(SEED)
    sizes = (int(reference.sum()), int(current.sum()))
    found = [psi(*(draw.multinomial(size, pooled, size=AT_ONCE) for size in sizes)) for _ in range(DRAWS // AT_ONCE)]
    return float(np.quantile(np.concatenate(found), 1 - FALSE_WATCHES / compared, method="higher"))


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / counts.sum(axis=-1, keepdims=True)


def _filled(shares: np.ndarray) -> np.ndarray:
    smallest = np.where(shares > 0, shares, 1.0).min(axis=-1, keepdims=True)
    fill = np.where(smallest <= EMPTY, smallest / 1e6, EMPTY)
    return np.where(shares > 0, shares, fill)
