"""How large a movement chance alone produces: the population stability index of two samples of one population.

With b bands and n people the index of an unchanged population averages (b - 1) / n, so a batch of 40 passes
0.2 on most days (Yurdakul, Statistical properties of population stability index, 2018). A limit that is passed
by chance would suspend a model for nothing.
"""

import numpy as np
import pandas as pd

DRAWS = 2_000
CONFIDENCE = 0.99
SEED = 20_260_101  # fixed: the same two frames always give the same verdict
EMPTY = 1e-4


def psi(reference: np.ndarray, current: np.ndarray) -> np.ndarray:
    """The index of two arrays of counts per band (last axis), empty bands filled as Evidently fills them."""
    first, second = _filled(_shares(reference)), _filled(_shares(current))
    return np.sum((first - second) * np.log(first / second), axis=-1)


def chance_level(reference: pd.Series, current: pd.Series) -> float:
    """The index that two samples of these sizes, from one population, stay below 99 times in 100."""
    pooled = pd.concat([reference, current]).value_counts(normalize=True).to_numpy()
    draw = np.random.default_rng(SEED)
    samples = [draw.multinomial(side.count(), pooled, size=DRAWS) for side in (reference, current)]
    return float(np.quantile(psi(*samples), CONFIDENCE))


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / counts.sum(axis=-1, keepdims=True)


def _filled(shares: np.ndarray) -> np.ndarray:
    smallest = np.where(shares > 0, shares, 1.0).min(axis=-1, keepdims=True)
    fill = np.where(smallest <= EMPTY, smallest / 1e6, EMPTY)
    return np.where(shares > 0, shares, fill)
