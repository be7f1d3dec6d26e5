"""Invented families and their young people, drawn from a seed: the same seed gives the same people everywhere.

How it is drawn, and from which published figures, is told in docs/demo.md and `calibration.py`. Nobody in it exists.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from algocare.demo.partnership import calibration as figures
from algocare.demo.partnership.calibration import ASSUMED

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

FIRST_AGE, LAST_AGE = 10, 18
"""The ages of the young people at month 0, in years, both included."""

HISTORY = 24
"""Months over which absence moves from the earlier published figure to the later one."""

MOST_SUSPENDED, MOST_MISSING = 20, 30
"""The most suspensions in a year and the most times missing that anybody has."""

ABSENT = float(np.log(0.1 / 0.9))
"""The absence from which somebody is persistently absent, one session in ten, in log-odds."""

SPREAD = (0.85, 0.65)
"""How far absence differs between people, in log-odds, before and after: it became more common among nearly all."""

OTHERS_IN_NEED = figures.IN_NEED.value - figures.LOOKED_AFTER.value
"""Children in need who are not looked after; whoever is looked after is in need."""

OF_SEN = {"plan": 0.55, "sen_support": 0.40}
"""By how much more those with special needs are absent, in log-odds (12.4, 10.3 and 6.1 of 100 sessions, England)."""

LIKELIER = {
    "carer": 0.7,
    "parent": 1.6,
    "youth_offending": 1.2,
    "sen_support": 0.5,
    "free_meals": 0.5,
    "in_need": 0.6,
    "protection_plan": 0.4,
    "referral_unit": 1.0,
    "permanently_excluded": 0.8,
    "reported_missing": 0.6,
    "domestic_incident": 0.2,
}
"""Assumed: what makes being NEET at 17 likelier, in log-odds; what is published is solved for."""


@dataclass(frozen=True)
class Partnership:
    """Young people, one place in every array each.

    `family` numbers the household, `month_17` is the month in which somebody turns 17 (month 0 is the first of the
    history, months before it are negative), `day` the day of the month they were born on. `flags` are yes or no by
    name, `suspensions` how often somebody was suspended in the last year, `missing` how often they were reported
    missing. `absence` is the person's own inclination to be absent, `truancy` to be so without leave.
    """

    family: NDArray[np.int64]
    month_17: NDArray[np.int64]
    day: NDArray[np.int64]
    flags: Mapping[str, Flags]
    suspensions: NDArray[np.int64]
    missing: NDArray[np.int64]
    absence: Numbers
    truancy: Numbers
    neet: Flags
    levels: Mapping[str, tuple[Numbers, Numbers]]

    def __len__(self) -> int:
        return len(self.family)

    def attendance(self, month: int) -> NDArray[np.int64]:
        """Sessions attended of 100 over the last three terms, in whole sessions, as it stood in a month."""
        attended: Numbers = 100 - 100 * expit(self._level(month))
        return np.ceil(attended).astype(np.int64)  # 90 for those who missed 10 or more, and for nobody else

    def unauthorised(self, month: int) -> NDArray[np.int64]:
        """Sessions of 100 missed without leave in the same time."""
        return np.floor((100 - self.attendance(month)) * expit(self.truancy - 0.7)).astype(np.int64)

    def persistently_absent(self, month: int) -> Flags:
        """Who missed one session in ten or more over the last three terms."""
        return expit(self._level(month)) >= expit(ABSENT)

    def _level(self, month: int) -> Numbers:
        """Absence in log-odds: the level of the person's group in that month and the person's own inclination."""
        way = min(max(month / (HISTORY - 1), 0.0), 1.0)
        (mean, spread), (later, wider) = self.levels["before"], self.levels["after"]
        return (1 - way) * (mean + spread * self.absence) + way * (later + wider * self.absence)


def generate(families: int, seed: int) -> Partnership:
    """Families with young people aged 10 to 18 at month 0; about 1.7 young people for each family."""
    chance = np.random.default_rng(seed)
    family = np.repeat(np.arange(families), chance.choice([1, 2, 3], families, p=figures.YOUNG_PEOPLE))
    count = len(family)
    need = (chance.standard_normal(families)[family] + 0.8 * chance.standard_normal(count)) / np.sqrt(1.64)
    flags = _draw_flags(chance, need, family)
    suspensions = _draw_suspensions(chance, need, flags)
    absence = (0.5 * need + chance.standard_normal(count)) / np.sqrt(1.25)
    truancy = chance.standard_normal(count)
    offset = 0.75 * absence + 0.4 * truancy + 0.45 * need + 0.25 * np.minimum(suspensions, 4)
    missing = np.where(flags["reported_missing"], 1 + chance.poisson(1.5, count), 0)
    return Partnership(
        family=family,
        month_17=chance.integers((17 - LAST_AGE - 1) * 12, (17 - FIRST_AGE) * 12, count),
        day=chance.integers(1, 29, count),
        flags=flags,
        suspensions=suspensions,
        missing=np.minimum(missing, MOST_MISSING),
        absence=absence,
        truancy=truancy,
        neet=_draw_neet(chance, offset, flags),
        levels=_find_levels(absence, flags),
    )


def _draw_flags(chance: np.random.Generator, need: Numbers, family: NDArray[np.int64]) -> dict[str, Flags]:
    """Yes or no for everybody; what belongs to a family is the same for all of its young people."""
    count, first = len(need), np.searchsorted(family, family)
    known = {"male": chance.random(count) < 0.5, "other_ethnicity": _of_family(chance, first) < 0.30}
    known["english_additional"] = known["other_ethnicity"] & (_of_family(chance, first) < 0.55)
    known["english_additional"] |= _of_family(chance, first) < 0.035
    known["free_meals"] = _of_need(_of_family(chance, first), need[first], figures.FREE_MEALS.value, 1.0)
    known["looked_after"] = _of_need(chance.random(count), need, figures.LOOKED_AFTER.value, 1.2)
    known["in_need"] = known["looked_after"] | _of_need(chance.random(count), need, OTHERS_IN_NEED, 1.2)
    for name in ("families_in_focus", "domestic_incident"):
        known[name] = _of_need(_of_family(chance, first), need[first], ASSUMED[name], 1.0)
    for name in ("plan", "sen_support", "protection_plan", "carer", "parent", "youth_offending", "reported_missing"):
        known[name] = _of_need(chance.random(count), need, ASSUMED[name], 0.8)
    for name in ("referral_unit", "permanently_excluded"):
        known[name] = _of_need(chance.random(count), need, ASSUMED[name], 1.3)
    known["sen_support"] &= ~known["plan"]
    return known


def _of_family(chance: np.random.Generator, first: NDArray[np.int64]) -> Numbers:
    """A random number that is the same for everybody of a family; `first` is the place of its first young person."""
    return chance.random(len(first))[first]


def _of_need(drawn: Numbers, need: Numbers, share: float, slope: float) -> Flags:
    """Who has something that a share of all have, likelier where need is greater."""
    return drawn < expit(_solve(share, slope * need) + slope * need)


def expit(logits: Numbers | float) -> Numbers:
    """Chances from log-odds."""
    return np.asarray(1 / (1 + np.exp(-np.asarray(logits, np.float64))))


def _sum_of(weights: Mapping[str, float], flags: Mapping[str, Flags]) -> Numbers:
    """Everybody's sum of the weights of what holds for them."""
    return np.asarray(sum(weight * flags[name] for name, weight in weights.items()), np.float64)


def _solve(share: float, offsets: Numbers) -> float:
    """The level at which the mean chance, with everybody's own offset in log-odds, is this share; by bisection."""
    low, high = -15.0, 15.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if expit(middle + offsets).mean() < share else (low, middle)
    return low


def _draw_suspensions(chance: np.random.Generator, need: Numbers, flags: Mapping[str, Flags]) -> NDArray[np.int64]:
    """Suspensions in a year: four times as many with free school meals, half as many again for boys."""
    rate = np.where(flags["free_meals"], figures.SUSPENDED_POOR.value, 1.0)
    rate = rate * np.where(flags["male"], figures.SUSPENDED_BOYS.value, 1.0) * chance.gamma(0.35, 1 / 0.35, len(need))
    return np.minimum(chance.poisson(rate * figures.SUSPENDED.value / rate.mean()), MOST_SUSPENDED)


def _find_levels(absence: Numbers, flags: Mapping[str, Flags]) -> dict[str, tuple[Numbers, Numbers]]:
    """For everybody the level and spread of absence before and after, so that each group has its published share."""
    offset = _sum_of(OF_SEN, flags)
    care, poor = flags["looked_after"], flags["free_meals"] & ~flags["looked_after"]
    levels = {}
    for when, spread, shares in (("before", SPREAD[0], _shares(0)), ("after", SPREAD[1], _shares(1))):
        inclined, level = offset + spread * absence, offset.copy()
        for group, share in zip((care, poor, ~care & ~poor), shares, strict=True):
            if group.any():
                level[group] += ABSENT - np.quantile(inclined[group], 1 - share)
        levels[when] = (level, np.full(len(absence), spread))
    return levels


def _shares(place: int) -> tuple[float, float, float]:
    """Of the looked after, of those with free meals and of all others: who is persistently absent."""
    care = (figures.CARE_ABSENT_BEFORE.value, figures.CARE_ABSENT_AFTER.value)[place]
    poor = (figures.POOR_ABSENT_BEFORE.value, figures.POOR_ABSENT_AFTER.value)[place]
    everybody = (figures.ABSENT_BEFORE.value, figures.ABSENT_AFTER.value)[place]
    meals = figures.FREE_MEALS.value
    return care, poor, (everybody - meals * poor) / (1 - meals)


def _draw_neet(chance: np.random.Generator, inclined: Numbers, flags: Mapping[str, Flags]) -> Flags:
    """Who is NEET or not known at 17: solved for the published shares of all, in care, with a plan, and by sex."""
    offset = inclined + _sum_of(LIKELIER, flags) + np.log(figures.NEET_MALE_TO_FEMALE.value) * flags["male"]
    level, care, plan = 0.0, 0.0, 0.0
    for _ in range(8):  # each is solved for in turn; they hardly move one another
        everything = offset + care * flags["looked_after"] + plan * flags["plan"]
        level = _solve(figures.NEET.value, everything)
        care += _lift(figures.NEET_IN_CARE.value, level + everything, flags["looked_after"])
        everything = offset + care * flags["looked_after"] + plan * flags["plan"]
        plan += _lift(figures.NEET_WITH_PLAN.value, level + everything, flags["plan"])
    everything = offset + care * flags["looked_after"] + plan * flags["plan"]
    return chance.random(len(offset)) < expit(_solve(figures.NEET.value, everything) + everything)


def _lift(share: float, logits: Numbers, group: Flags) -> float:
    """By how much a group's log-odds have to rise for a share of it."""
    return _solve(share, logits[group]) if group.any() else 0.0
