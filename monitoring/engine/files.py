"""Two files compared by the engine of watches: types guessed and said, the whole and its windows (R12, R13).

A window is part of the result: data that pass by the year can move in every batch of 5,000, and the other way round.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from foundation.errors import Invalid
from monitoring.engine.readings import distinct, read_numbers, text_of
from monitoring.engine.values import Action, Measure, Threshold, WatchResult, Window
from monitoring.engine.watch import watch
from monitoring.engine.wording import counted, listed
from registry.evaluations.measures import Table
from registry.evaluations.reporting import read_data
from registry.watch_plans.measures import MEASURES, RANGES

MOST_KINDS = 50
"""A column of more different words looks like names, references or free text and is left out."""
YES_NO = ({"yes", "no"}, {"true", "false"}, {"0", "1"})


@dataclass(frozen=True)
class Asked:
    """What is wanted of two files. `rows` or `days` is the size of a window of the current file, None for the whole."""

    score: str | None = None
    outcome: str | None = None
    threshold: float | None = None
    groups: tuple[str, ...] = ()
    time: str | None = None
    person: str | None = None
    minimum: int = 30
    limits: tuple[Threshold, ...] = ()
    rows: int | None = None
    days: int | None = None
    now: datetime = field(default_factory=datetime.now)

    @property
    def bands(self) -> tuple["HalfBand", ...]:
        """Below the threshold and from it on; none without a threshold."""
        if self.threshold is None:
            return ()
        below = HalfBand("below", "below the threshold", 0.0, self.threshold)
        return (below, HalfBand("flagged", "at or above the threshold", self.threshold, 1.0))

    @property
    def named(self) -> tuple[str, ...]:
        """The columns with a part of their own, which are no inputs."""
        given = (self.score, self.outcome, self.time, self.person, *self.groups)
        return tuple(each for each in given if each)


@dataclass(frozen=True)
class GuessedColumn:
    """An input as guessed from the reference; its name is all that is known of its meaning."""

    name: str
    type: str

    @property
    def meaning(self) -> str:
        """The name of the column."""
        return self.name


@dataclass(frozen=True)
class HalfBand:
    """The scores on one side of the threshold: a file says nothing of other bands."""

    code: str
    name: str
    start: float
    end: float


@dataclass(frozen=True)
class Compared:
    """Two files compared: what was guessed (`said`), the verdict on the whole and on each window of it."""

    columns: tuple[GuessedColumn, ...]
    said: tuple[str, ...]
    whole: WatchResult
    parts: tuple[WatchResult, ...]

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain JSON."""
        return {
            "columns": {each.name: each.type for each in self.columns},
            "said": list(self.said),
            "whole": self.whole.to_dict(),
            "windows": [each.to_dict() for each in self.parts],
        }


def compare_files(reference: Path, current: Path, asked: Asked) -> Compared:
    """The watch of one file against another, and of every window of it.

    Refused: a file that is neither CSV in UTF-8 nor Parquet, options that need another one, named columns that the
    reference has not, times that are none, and a reference without a single column to compare.
    """
    _check(asked)
    before, after = (_read(path, asked) for path in (reference, current))
    _check_named(before, asked)
    columns, left_out = guess_columns(before.frame, asked.named)
    if not columns:
        raise Invalid(f"{reference.name} has no column to compare.", code="nothing_to_compare")
    times = [_times(table, asked.time) for table in (before, after)]
    judge = _Judge(before, after, columns, asked, times[0], times[1])
    parts = tuple(judge.parts())
    return Compared(columns, tuple(_said(columns, left_out, before, after, judge)), judge.whole(), parts)


def read_limit(text: str) -> Threshold:
    """MEASURE=X as a limit that warns. Refused: other measures and figures outside the range of the measure."""
    name, _, figure = text.partition("=")
    if name not in MEASURES:
        raise Invalid(f"There is no measure '{name}'. Measures are {', '.join(MEASURES)}.", code="measure_unknown")
    low, high = RANGES[MEASURES[name].kind]
    try:
        at = float(figure)
    except ValueError:
        at = float("nan")
    if not low <= at <= high:
        raise Invalid(f"The limit on {name} must lie between {low:g} and {high:g}.", code="limit_out_of_range")
    return Threshold(Measure(name), at, Action.WARN)


def guess_columns(frame: pd.DataFrame, named: Sequence[str]) -> tuple[tuple[GuessedColumn, ...], tuple[str, ...]]:
    """The inputs of a reference with their types, and the columns that nothing can be compared of."""
    kinds = {str(name): _kind(frame[name]) for name in frame.columns if name not in named}
    columns = tuple(GuessedColumn(name, kind) for name, kind in kinds.items() if kind)
    return columns, tuple(name for name, kind in kinds.items() if not kind)


def _kind(values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        return ""
    kinds = distinct(values)[1]
    if {text_of(each).lower() for each in kinds[:3]} in YES_NO and len(kinds) == 2:
        return "yes_no"
    if values.notna().any() and read_numbers(values).notna().sum() == values.notna().sum():
        return "number"
    if len(kinds) > MOST_KINDS or any(isinstance(each, date) for each in kinds):
        return ""
    return "category"


def _check(asked: Asked) -> None:
    if asked.days and not asked.time:
        raise Invalid("--window-days needs --time, the column with the day of each row.", code="time_missing")
    if asked.outcome and (not asked.score or asked.threshold is None):
        raise Invalid("--outcome needs --score and --threshold.", code="score_missing")
    if asked.groups and (not asked.score or asked.threshold is None):
        raise Invalid("--group needs --score and --threshold: who is flagged is compared.", code="score_missing")
    if len(set(asked.named)) != len(asked.named):
        raise Invalid("A column can have one part only.", code="column_twice")


def _read(path: Path, asked: Asked) -> Table:
    words = [each for each in (*asked.groups, asked.person) if each]
    return read_data(path.read_bytes(), path.name, words=words)


def _check_named(table: Table, asked: Asked) -> None:
    absent = [f"'{each}'" for each in asked.named if each not in table.frame.columns]
    if absent:
        raise Invalid(f"{table.name} has no column {listed(absent)}.", code="column_missing")


def _times(table: Table, name: str | None) -> pd.Series | None:
    if name is None or name not in table.frame.columns:
        return None
    times = pd.to_datetime(table.frame[name], errors="coerce", format="ISO8601", utc=True).dt.tz_localize(None)
    odd = np.flatnonzero(times.isna())
    if len(odd):
        raise Invalid(f"{table.name}, column '{name}', row {odd[0] + 2}: no day or time.", code="time_unreadable")
    return times


@dataclass(frozen=True)
class _Judge:
    before: Table
    after: Table
    columns: tuple[GuessedColumn, ...]
    asked: Asked
    began: pd.Series | None
    times: pd.Series | None

    def whole(self) -> WatchResult:
        return self._watch(self.after.frame, self.after.name, ())

    def parts(self) -> Iterator[WatchResult]:
        """Every window by itself, in order; one that repeats an earlier one is caught."""
        seen: list[str] = []
        for frame, description in self._cut():
            found = self._watch(frame, description, seen)
            seen.append(found.current.sha256)
            yield found

    @property
    def left(self) -> int:
        """Rows at the end that fill no window and are too few to be judged."""
        return len(self.after.frame) % self.asked.rows if self.asked.rows else 0

    def _cut(self) -> Iterator[tuple[pd.DataFrame, str]]:
        if self.asked.rows:
            yield from self._by_rows(self.asked.rows)
        if self.asked.days and self.times is not None:
            yield from self._by_days(self.asked.days, self.times)

    def _by_rows(self, size: int) -> Iterator[tuple[pd.DataFrame, str]]:
        frame = self.after.frame
        ordered = frame if self.times is None else frame.loc[self.times.sort_values(kind="stable").index]
        for start in range(0, len(ordered), size):
            part = ordered.iloc[start : start + size]
            if len(part) == size or len(part) >= self.asked.minimum:
                yield part, f"Rows {start + 1:,} to {start + len(part):,}"

    def _by_days(self, size: int, times: pd.Series) -> Iterator[tuple[pd.DataFrame, str]]:
        days, step = times.dt.normalize(), pd.Timedelta(days=size)
        start, last = days.min(), days.max()
        while start <= last:
            inside = (days >= start) & (days < start + step)
            end = start + step - pd.Timedelta(days=1)
            yield self.after.frame[inside], f"{start:%Y-%m-%d} to {end:%Y-%m-%d}"
            start += step

    def _watch(self, frame: pd.DataFrame, description: str, seen: Sequence[str]) -> WatchResult:
        asked = self.asked
        times = self.times.loc[frame.index] if self.times is not None and len(frame) else None
        known = self.times is not None and self.began is not None
        people = asked.person if asked.person in frame.columns else None
        return watch(
            self.before.frame,
            frame,
            columns=self.columns,
            outcome=asked.outcome,
            outcome_name=asked.outcome or "having the outcome",
            threshold=asked.threshold if asked.threshold is not None else 0.5,
            bands=asked.bands,
            groups={each: each for each in asked.groups},
            thresholds=asked.limits,
            minimum_rows=asked.minimum,
            stale_after_days=None,
            newest=times.max().to_pydatetime() if times is not None else None,
            now=asked.now,
            earlier_digests=seen,
            reference_window=_dated(Window(self.before.name), self.began if known else None),
            current_window=_dated(Window(description), times if known else None),
            score=asked.score,
            people=list(frame[people]) if people else None,
        )


def _dated(window: Window, times: pd.Series | None) -> Window:
    if times is None or times.empty:
        return window
    return replace(window, start=times.min().date(), end=times.max().date())


def _said(
    columns: Sequence[GuessedColumn], left_out: Sequence[str], before: Table, after: Table, judge: _Judge
) -> Iterator[str]:
    for kind, words in (("number", "numbers"), ("yes_no", "yes or no"), ("category", "categories")):
        names = [each.name for each in columns if each.type == kind]
        if names:
            yield f"Read as {words}: {', '.join(names)}."
    if left_out:
        yield f"Left out, dates or more than {MOST_KINDS} different words: {', '.join(left_out)}."
    new = [str(name) for name in after.frame.columns if name not in before.frame.columns]
    if new:
        yield f"Not compared, only in {after.name}: {', '.join(new)}."
    if 0 < judge.left < judge.asked.minimum:
        yield f"The last {counted(judge.left, 'row is', 'rows are')} too few for a window and judged in the whole only."
