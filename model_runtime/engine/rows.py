"""Rows on their way to the child: every declared feature, a finite number each, in the declared order."""

import math
from collections.abc import Iterator, Mapping, Sequence

from model_runtime.engine.values import EngineRefused

Row = Mapping[str, int | float]
MOST_NUMBERS = 120_000
MOST_ROWS = 2_000
EXACT_WHOLE = 2**53


def ordered_rows(features: Sequence[str], rows: Sequence[Row]) -> list[list[int | float]]:
    """The rows as lists in feature order; a missing, extra or unsound value is refused with row and feature."""
    if not rows:
        raise EngineRefused("There is no row to score.", code="rows_refused")
    return [_ordered(features, row, number) for number, row in enumerate(rows, start=1)]


def batches(rows: list[list[int | float]], width: int) -> Iterator[list[list[int | float]]]:
    """Parts small enough that an answer with all its contributions stays below the limit of a message."""
    size = min(MOST_ROWS, max(1, MOST_NUMBERS // (width + 3)))
    return (rows[start : start + size] for start in range(0, len(rows), size))


def _ordered(features: Sequence[str], row: Row, number: int) -> list[int | float]:
    if row.keys() != set(features):
        odd = sorted(str(name)[:80] for name in row.keys() ^ set(features))[0]
        raise EngineRefused(f"Row {number} lacks or adds the feature {odd!r}.", code="rows_refused")
    return [_sound(row[name], name, number) for name in features]


def _sound(value: int | float, name: str, number: int) -> int | float:
    # type(), not isinstance(): true is an int in Python, and is not a number here
    whole = type(value) is int and abs(value) <= EXACT_WHOLE
    if not whole and not (type(value) is float and math.isfinite(value)):
        raise EngineRefused(f"Row {number}, feature {name!r}: not a finite number.", code="rows_refused")
    return value
