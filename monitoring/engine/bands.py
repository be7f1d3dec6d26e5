"""Values sorted into a few bands fixed by the reference, so that a movement has one meaning.

Evidently 0.7.23 would bin a number over reference and current together, in bins of equal width whose count
grows with the rows: one wild value in a batch then squeezes everybody into one bin and hides any drift. Bands
at the fifths of the reference depend on the reference alone. Fifths and not tenths, because a batch of thirty
leaves one of ten bands empty on two days in five, and an empty band alone passes the usual limit.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

FIFTHS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Bands:
    """Cuts at the fifths of the reference, and a band of its own on either side of all its values.

    A `common` value, one that fills whole fifths by itself (nobody's earlier times in prison: 0), is a band.
    """

    cuts: np.ndarray
    common: np.ndarray
    lowest: float
    highest: float

    @property
    def names(self) -> list[str]:
        """Every band, in the order of `of`."""
        between = [f"band {each}" for each in range(len(self.cuts) + 1)]
        return ["below all", *between, *(f"exactly {cut}" for cut in self.cuts), "above all"]

    def of(self, values: pd.Series) -> pd.Series:
        """The band of each value, as a category; blanks stay blank."""
        given = values.to_numpy("float64")
        place = np.searchsorted(self.cuts, given, side="left")
        found = (place + 1).astype("int8")
        for value in self.common:
            found[given == value] = len(self.cuts) + 2 + int(np.searchsorted(self.cuts, value))
        found[given < self.lowest] = 0
        found[given > self.highest] = len(self.names) - 1
        found[np.isnan(given)] = -1
        return pd.Series(
            pd.Categorical.from_codes(found, categories=pd.Index(self.names, dtype="object")), index=values.index
        )


def bands_of(reference: pd.Series) -> Bands:
    """The bands of a numeric reference with at least one value."""
    given = reference.dropna().to_numpy()
    fifths = np.quantile(given, FIFTHS, method="inverted_cdf")
    cuts, times = np.unique(fifths, return_counts=True)
    return Bands(cuts, cuts[times > 1], float(given.min()), float(given.max()))
