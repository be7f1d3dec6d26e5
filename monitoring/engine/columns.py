"""Each column of a batch against its reference: how far it moved, what went blank, what was never seen before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from monitoring.engine.bands import bands_of
from monitoring.engine.chance import chance_level
from monitoring.engine.drift import DEFAULT_THRESHOLD, DIRECTION, METHOD, is_drift, measure_drift
from monitoring.engine.readings import is_numeric, read
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

    def banded(self) -> "Pair":
        """The pair as bands fixed by the reference; categories are their own bands."""
        if not is_numeric(self.column):
            return self
        bands = bands_of(self.reference)
        return Pair(self.column, bands.of(self.reference), bands.of(self.current))


def compare_columns(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    columns: Sequence[WatchedColumn],
    thresholds: Mapping[str, float] | None = None,
) -> tuple[ColumnVerdict, ...]:
    """One verdict for every column, in the order given; both frames hold every column.

    `thresholds` sets the drift threshold of single columns, 0.2 otherwise. A column that is blank on one side
    only counts as drifted without a value; one blank on both sides cannot be compared and says so.
    """
    limits = {each.name: (thresholds or {}).get(each.name, DEFAULT_THRESHOLD) for each in columns}
    pairs = [_pair(reference, current, each) for each in columns]
    banded = {pair.column.name: pair.banded() for pair in pairs if pair.comparable}
    values = _measured(banded, limits)
    return tuple(
        _verdict(pair, values.get(pair.column.name), banded.get(pair.column.name), limits[pair.column.name])
        for pair in pairs
    )


def _pair(reference: pd.DataFrame, current: pd.DataFrame, column: WatchedColumn) -> Pair:
    sides = (read(frame[column.name].reset_index(drop=True), column) for frame in (reference, current))
    return Pair(column, *sides)


def _measured(banded: Mapping[str, Pair], limits: Mapping[str, float]) -> dict[str, float]:
    if not banded:
        return {}
    return measure_drift(
        reference=pd.DataFrame({name: pair.reference for name, pair in banded.items()}),
        current=pd.DataFrame({name: pair.current for name, pair in banded.items()}),
        thresholds={name: limits[name] for name in banded},
    )


def _verdict(pair: Pair, value: float | None, banded: Pair | None, threshold: float) -> ColumnVerdict:
    past = value is not None and is_drift(value, threshold)
    chance = bool(past and banded and (value or 0) <= chance_level(banded.reference, banded.current))
    one_side = pair.reference.notna().any() != pair.current.notna().any()
    drifted = bool(one_side or (past and not chance))
    unseen = _unseen(pair)
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
        chance=chance,
    )


def _unseen(pair: Pair) -> tuple[str, ...]:
    if is_numeric(pair.column):
        return ()
    return tuple(sorted(set(pair.current.dropna()) - set(pair.reference.dropna())))


def _typical(values: pd.Series, column: WatchedColumn) -> float | None:
    given = values.dropna()
    if given.empty or column.type == "category":
        return None
    return float(given.mean() if is_numeric(column) else (given == "yes").mean())


def _movement(pair: Pair, value: float | None, drifted: bool, chance: bool) -> str:
    meaning = pair.column.meaning
    if value is None:
        return _incomparable(pair)
    if chance:
        scored = people(int(pair.current.count()))
        return f"{meaning}: {_change(pair)}; with {scored} such a movement can be chance."
    if drifted:
        return f"{meaning} has moved: {_change(pair)}."
    if pair.current.nunique() == 1 and pair.reference.nunique() == 1:
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
    before, after = (side.value_counts(normalize=True) for side in (pair.reference, pair.current))
    moved = after.sub(before, fill_value=0).sort_index().abs().idxmax()
    return f"'{moved}' went from {percent(before.get(moved, 0))} to {percent(after.get(moved, 0))} of people"


def _blanks(pair: Pair) -> list[str]:
    before, after = float(pair.reference.isna().mean()), float(pair.current.isna().mean())
    if after - before < NOTABLE_RISE or after == 1:
        return []
    return [f"It is now blank for {percent(after)} of people, {percent(before)} in the reference."]


def _new(unseen: tuple[str, ...]) -> list[str]:
    quoted = [f"'{each}'" for each in unseen]
    return [f"Never seen in the reference: {listed(quoted)}."] if unseen else []
