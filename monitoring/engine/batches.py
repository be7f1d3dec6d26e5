"""Whether a batch may be judged at all: a check that nobody feeds looks healthy for ever (R13)."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import pandas as pd

from monitoring.engine.readings import blanks, unreadable
from monitoring.engine.values import BatchCheck, BatchCode, WatchedColumn
from monitoring.engine.wording import counted, day, listed, people


def check_batch(
    current: pd.DataFrame | None,
    columns: Sequence[WatchedColumn],
    minimum_rows: int,
    newest: datetime | None,
    now: datetime,
    stale_after_days: int,
    earlier_digests: Collection[str],
) -> BatchCheck:
    """The first thing wrong with a batch, or `ok`: missing, wrong columns, too small, stale, identical (R13).

    `newest` is when the newest score of the batch was made (`newest` and `now` both with a time zone or both
    without); no time at all, or a time to come, cannot show that the batch is fresh and counts as stale.
    `earlier_digests` are the digests of earlier windows, not of an earlier run on this one.
    """
    if current is None or current.empty:
        return BatchCheck(BatchCode.MISSING, "No batch arrived: there is nobody to compare with the reference.")
    return (
        check_columns(current, columns, "batch")
        or _too_small(len(current), minimum_rows)
        or _stale(newest, now, stale_after_days)
        or _identical(current, columns, earlier_digests)
        or BatchCheck(BatchCode.OK, f"The batch of {people(len(current))} is complete, recent and new.")
    )


def check_columns(frame: pd.DataFrame, columns: Sequence[WatchedColumn], which: str) -> BatchCheck | None:
    """`wrong_columns` when a declared column is not there or holds something that is not of its type.

    `which` names the frame in the sentence; rows are counted from 1.
    """
    absent = [f"'{each.name}'" for each in columns if each.name not in frame.columns]
    if absent:
        word = "column" if len(absent) == 1 else "columns"
        return BatchCheck(BatchCode.WRONG_COLUMNS, f"The {which} has no {word} {listed(absent)}.")
    for column in columns:
        odd = unreadable(frame[column.name].reset_index(drop=True), column)
        if len(odd):
            kind = "a yes or no" if column.type == "yes_no" else "a number"
            said = f"column '{column.name}', row {odd.index[0] + 1}: '{odd.iloc[0]}' is not {kind}"
            return BatchCheck(BatchCode.WRONG_COLUMNS, f"The {which} cannot be read: {said}.")
    return None


def digest(frame: pd.DataFrame, names: Sequence[str] | None = None) -> str:
    """SHA-256 of the named columns (all of them by default) of every row, whatever the order of rows or columns.

    1, 1.0 and "1" count as the same value, so that a frame read back from a file keeps its digest.
    """
    chosen = sorted(names if names is not None else frame.columns)
    texts = [_texts(frame[name]) for name in chosen]
    rows = sorted(json.dumps(row, ensure_ascii=False) for row in zip(*texts, strict=True))
    return hashlib.sha256("\n".join([json.dumps(chosen), *rows]).encode()).hexdigest()


def _texts(values: pd.Series) -> list[str]:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    blank = blanks(values)
    return [
        "" if empty else (repr(float(as_number)) if as_number == as_number else str(value).strip())
        for empty, as_number, value in zip(blank, numbers, values, strict=True)
    ]


def _too_small(rows: int, minimum: int) -> BatchCheck | None:
    if rows >= minimum:
        return None
    return BatchCheck(BatchCode.TOO_SMALL, f"The batch holds {people(rows)}; at least {minimum} are needed to compare.")


def _stale(newest: datetime | None, now: datetime, days: int) -> BatchCheck | None:
    if newest is None:
        return BatchCheck(BatchCode.STALE, "The batch has no date, so nothing shows that it is recent.")
    if newest > now:
        return BatchCheck(BatchCode.STALE, f"The newest score is dated {day(newest)}, which is still to come.")
    if now - newest <= timedelta(days=days):
        return None
    age = counted((now - newest).days, "day", "days")
    return BatchCheck(BatchCode.STALE, f"The newest score is from {day(newest)}, {age} ago; the limit is {days} days.")


def _identical(current: pd.DataFrame, columns: Sequence[WatchedColumn], earlier: Collection[str]) -> BatchCheck | None:
    if digest(current, [each.name for each in columns]) not in earlier:
        return None
    return BatchCheck(BatchCode.IDENTICAL, "The batch is identical to one already compared: nobody has refreshed it.")
