"""Shares of people and what chance does to them: intervals, differences, and whether several are one. Light imports."""

from collections.abc import Sequence
from math import erfc, exp, gamma, sqrt
from statistics import NormalDist

from registry.evaluations.intervals import Estimate, difference
from registry.evaluations.values import Proportion

FALSE_WATCHES = 0.01
"""Of watches of data that did not change, how many may find a movement in any column."""


def chance_sentence(compared: int) -> str:
    """How a watch that compared so many columns keeps chance out of its verdict; nothing when none was."""
    if not compared:
        return ""
    columns = "1 column was" if compared == 1 else f"{compared:,} columns were"
    return (
        f"{columns} compared. Each counts as moved only beyond what chance gives once in {100 * compared:,} times, "
        "so a watch of data that did not change finds a movement at most about once in 100 watches."
    )


def estimate(share: Proportion, wrong: float = 0.05) -> Estimate:
    """A share of at least one case with Wilson's interval, which misses the truth in `wrong` of all cases."""
    count, of = share.count, share.of
    z = NormalDist().inv_cdf(1 - wrong / 2)
    centre, square = count / of + z**2 / (2 * of), 1 + z**2 / of
    spread = z * sqrt(count / of * (1 - count / of) / of + z**2 / (4 * of**2))
    return Estimate(count / of, max(0.0, (centre - spread) / square), min(1.0, (centre + spread) / square))


def apart(one: Proportion, other: Proportion, wrong: float = 0.05) -> Estimate:
    """How far two shares of different people lie apart, never below 0, with Newcombe's interval."""
    first, second = (estimate(each, wrong) for each in (one, other))
    return difference(first, second) if first.value >= second.value else difference(second, first)


def is_one_share(counts: Sequence[tuple[int, int]], wrong: float = FALSE_WATCHES) -> bool:
    """Whether (count, of) of several watches can be one share throughout: Pearson's chi-square of homogeneity."""
    of = sum(each for _, each in counts)
    share = sum(count for count, _ in counts) / of
    if share in (0, 1):
        return True
    square = sum((count - each * share) ** 2 / (each * share * (1 - share)) for count, each in counts)
    return beyond_chi_square(square, len(counts) - 1) >= wrong


def beyond_chi_square(square: float, degrees: int) -> float:
    """How often chance gives a chi-square of at least `square` (Abramowitz and Stegun 26.4.4 and 26.4.5)."""
    half = square / 2
    first, places = (0.0, range(degrees // 2)) if degrees % 2 == 0 else (erfc(sqrt(half)), range(1, degrees // 2 + 1))
    shift = 0 if degrees % 2 == 0 else -0.5
    return first + exp(-half) * sum(half ** (each + shift) / gamma(each + shift + 1) for each in places)
