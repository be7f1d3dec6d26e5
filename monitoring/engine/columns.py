"""Each column of a batch against its reference: how far it moved, what went blank, what was never seen before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from monitoring.engine.bands import bands_of
from monitoring.engine.chance import chance_level
from monitoring.engine.drift import DEFAULT_THRESHOLD, DIRECTION, METHOD, is_drift, measure_drift
from monitoring.engine.readings import is_numeric, read
from monitoring.engine.shares import FALSE_WATCHES
from monitoring.engine.values import ColumnVerdict, WatchedColumn
from monitoring.engine.wording import listed, number, people, percent

NOTABLE_RISE = 0.05  # a rise in blanks worth a sentence; whether it passes a limit is decided in limits.py


@dataclass(frozen=True)
class Pair:
    """One column as read in the reference and in the batch, blanks missing."""

    column: WatchedColumn
    reference: pd.Series
    current: pd.Series

    @property
    def comparable(self) -> bool:
        """Both sides have at least one value."""
        return bool(self.reference.notna().any() and self.current.notna().any())

    def banded(self) -> "Banded":
        """The pair as bands fixed by the reference; categories are their own bands."""
        if not is_numeric(self.column):
            return Banded(self.reference, self.current)
        bands = bands_of(self.reference)
        return Banded(bands.of(self.reference), bands.of(self.current))

    @property
    def frozen(self) -> bool:
        """Everybody has the same value now, and not in the reference."""
        return self.comparable and _is_constant(self.current) and not _is_constant(self.reference)


@dataclass(frozen=True)
class Banded:
    """A pair in bands: two columns of the same categories, and how many people are in each of them."""

    reference: pd.Series
    current: pd.Series

    @cached_property
    def counts(self) -> tuple[np.ndarray, np.ndarray]:
        """People by band in the reference and in the batch, in the order of the categories."""
        before, after = (np.bincount(_codes(side) + 1, minlength=_kinds(side) + 1) for side in self._sides)
        return before[1:], after[1:]

    @property
    def _sides(self) -> tuple[pd.Series, pd.Series]:
        return self.reference, self.current


def compare_columns(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[WatchedColumn],
    thresholds: Mapping[str, float] | None = None,
) -> tuple[ColumnVerdict, ...]:
    """One verdict for every column, in the order given; both frames hold every column.

    `thresholds` sets the drift threshold of single columns, 0.2 otherwise. A column that is blank on one side
    only counts as drifted without a value; one blank on both sides cannot be compared and says so. What moves no
    further than chance takes it in a watch of so many columns does not count as drifted.
    """
    limits = {each.name: (thresholds or {}).get(each.name, DEFAULT_THRESHOLD) for each in columns}
    pairs = [_pair(reference, current, each) for each in columns]
    banded = {pair.column.name: pair.banded() for pair in pairs if pair.comparable}
    values = _measured(banded, limits)
    return tuple(
        _verdict(
            pair, values.get(pair.column.name), banded.get(pair.column.name), limits[pair.column.name], len(banded)
        )
        for pair in pairs
    )


def _pair(reference: pd.DataFrame, current: pd.DataFrame, column: WatchedColumn) -> Pair:
    before, after = (read(frame[column.name].reset_index(drop=True), column) for frame in (reference, current))
    if is_numeric(column):
        return Pair(column, before, after)
    names = sorted({*before.cat.categories, *after.cat.categories})
    return Pair(column, before.cat.set_categories(names), after.cat.set_categories(names))


def _measured(banded: Mapping[str, Banded], limits: Mapping[str, float]) -> dict[str, float]:
    if not banded:
        return {}
    return measure_drift(
        reference=pd.DataFrame({name: pair.reference for name, pair in banded.items()}),
        current=pd.DataFrame({name: pair.current for name, pair in banded.items()}),
        thresholds={name: limits[name] for name in banded},
    )


def _verdict(pair: Pair, value: float | None, banded: Banded | None, threshold: float, compared: int) -> ColumnVerdict:
    past = value is not None and is_drift(value, threshold)
    chance = bool(past and banded and (value or 0) <= chance_level(*banded.counts, compared))
    one_side = pair.reference.notna().any() != pair.current.notna().any()
    froze = pair.frozen and _froze(pair, compared)
    drifted = bool(one_side or (past and not chance) or froze)
    unseen = _unseen(pair, banded)
    return ColumnVerdict(
        column=pair.column.name,
        meaning=pair.column.meaning,
        method=METHOD if value is not None else "not compared",
        value=value,
        threshold=threshold,
        direction=DIRECTION,
        drifted=drifted,
        missing_reference=float(pair.reference.isna().mean()),
        missing_current=float(pair.current.isna().mean()),
        unseen=unseen,
        sentence=" ".join([_movement(pair, value, drifted, chance), *_blanks(pair), *_new(unseen)]),
        typical_reference=_typical(pair.reference, pair.column),
        typical_current=_typical(pair.current, pair.column),
        chance=chance and not froze,
    )


def _froze(pair: Pair, compared: int) -> bool:
    """Whether chance hardly ever gives so many people one value: at most the commonest share, for all but the first."""
    commonest = float(pair.reference.value_counts(normalize=True).iloc[0])
    return bool(commonest ** (int(pair.current.count()) - 1) < FALSE_WATCHES / compared)


def _is_constant(values: pd.Series) -> bool:
    if values.dtype == "float64":
        return bool(values.min() == values.max())
    return bool((np.bincount(_codes(values) + 1)[1:] > 0).sum() == 1)


def _codes(values: pd.Series) -> np.ndarray:
    return values.cat.codes.to_numpy()


def _kinds(values: pd.Series) -> int:
    return len(values.cat.categories)


def _unseen(pair: Pair, banded: Banded | None) -> tuple[str, ...]:
    if is_numeric(pair.column):
        return ()
    before, after = (banded or pair.banded()).counts
    return tuple(str(each) for each in pair.current.cat.categories[(after > 0) & (before == 0)])


def _typical(values: pd.Series, column: WatchedColumn) -> float | None:
    people_given = int(values.count())
    if not people_given or column.type == "category":
        return None
    return float(values.mean() if is_numeric(column) else (values == "yes").sum() / people_given)


def _movement(pair: Pair, value: float | None, drifted: bool, chance: bool) -> str:
    meaning = pair.column.meaning
    if value is None:
        return _incomparable(pair)
    if drifted and pair.frozen:
        only = pair.current.dropna().iloc[0]
        told = number(only) if is_numeric(pair.column) else f"'{only}'"
        return f"{meaning} is now the same for everybody, {told}; it varied in the reference."
    if drifted:
        return f"{meaning} has moved: {_change(pair)}."
    if chance:
        scored = people(int(pair.current.count()))
        return f"{meaning}: {_change(pair)}; with {scored} such a movement can be chance."
    if _is_constant(pair.current) and _is_constant(pair.reference):
        return f"{meaning} is the same for everybody, as in the reference; it tells nobody apart."
    return f"{meaning} looks as it did in the reference."


def _incomparable(pair: Pair) -> str:
    meaning = pair.column.meaning
    if pair.reference.notna().any():
        return f"{meaning} is now blank for everybody."
    if pair.current.notna().any():
        return f"{meaning} has values now; it was blank for everybody in the reference."
    return f"{meaning} is blank for everybody, now and in the reference, so it could not be compared."


def _change(pair: Pair) -> str:
    """What moved most, as before and after."""
    if is_numeric(pair.column):
        return f"the average went from {number(pair.reference.mean())} to {number(pair.current.mean())}"
    before, after = (counts / counts.sum() for counts in pair.banded().counts)
    moved = int(np.argmax(np.abs(after - before)))
    name = pair.current.cat.categories[moved]
    return f"'{name}' went from {percent(before[moved])} to {percent(after[moved])} of people"


def _blanks(pair: Pair) -> list[str]:
    before, after = float(pair.reference.isna().mean()), float(pair.current.isna().mean())
    if after - before < NOTABLE_RISE or after == 1:
        return []
    return [f"It is now blank for {percent(after)} of people, {percent(before)} in the reference."]


def _new(unseen: tuple[str, ...]) -> list[str]:
    quoted = [f"'{each}'" for each in unseen]
    return [f"Never seen in the reference: {listed(quoted)}."] if unseen else []
