"""Whether a batch may be judged at all: a check that nobody feeds looks healthy for ever (R13)."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd

from monitoring.engine.readings import distinct, unreadable
from monitoring.engine.values import BatchCheck, BatchCode, WatchedColumn, Window
from monitoring.engine.wording import counted, day, listed, people

MISSING = np.uint64(0x9E3779B97F4A7C15)  # a blank: any fixed pattern that no number in use hashes to


def check_batch(
    current: pd.DataFrame | None,
    columns: Sequence[WatchedColumn],
    minimum_rows: int,
    newest: datetime | None,
    now: datetime,
    stale_after_days: int | None,
    identical: bool = False,
    who: Sequence[object] | None = None,
    sent_before: date | None = None,
) -> BatchCheck:
    """The first thing wrong with a batch, or `ok`: missing, wrong columns, doubled, too small, stale, identical (R13).

    `newest` is when the newest score of the batch was made (`newest` and `now` both with a time zone or both
    without); no time at all, or a time to come, cannot show that the batch is fresh and counts as stale. Without
    `stale_after_days` only a time to come does. `identical` says whether its digest is one of an earlier
    window, `sent_before` on which day the very file of its newest run was run before; `who` are the people, row by row,
    where they are known.
    """
    if current is None or current.empty:
        return BatchCheck(BatchCode.MISSING, "No batch arrived: there is nobody to compare with the reference.")
    return (
        check_columns(current, columns, "batch")
        or _doubled(who)
        or _too_small(len(current), minimum_rows)
        or _stale(newest, now, stale_after_days)
        or _identical(identical)
        or _sent_before(sent_before)
        or BatchCheck(BatchCode.OK, f"The batch of {people(len(current))} is complete, recent and new.")
    )


def check_order(reference: Window, current: Window) -> BatchCheck | None:
    """`swapped` when the batch begins before its reference did, as far as days are known: files in the wrong order."""
    if not reference.start or not current.start or current.start >= reference.start:
        return None
    found = f"The batch begins on {day(current.start)}, before its reference, which begins on {day(reference.start)}"
    return BatchCheck(BatchCode.SWAPPED, f"{found}: the two look exchanged.")


def check_columns(frame: pd.DataFrame, columns: Sequence[WatchedColumn], which: str) -> BatchCheck | None:
    """`wrong_columns` when a declared column is not there, is there twice or holds what is not of its type.

    `which` names the frame in the sentence; rows are counted from 1.
    """
    said = _absent(frame, columns) or next(filter(None, (_odd(frame, each) for each in columns)), "")
    return BatchCheck(BatchCode.WRONG_COLUMNS, f"The {which} {said}.") if said else None


def _absent(frame: pd.DataFrame, columns: Sequence[WatchedColumn]) -> str:
    held = list(frame.columns)
    absent = [f"'{each.name}'" for each in columns if each.name not in held]
    twice = [f"'{each.name}'" for each in columns if held.count(each.name) > 1]
    if absent:
        return f"has no {'column' if len(absent) == 1 else 'columns'} {listed(absent)}"
    return f"has more than one column {listed(twice)}" if twice else ""


def _odd(frame: pd.DataFrame, column: WatchedColumn) -> str:
    odd = unreadable(frame[column.name].reset_index(drop=True), column)
    if odd.empty:
        return ""
    kind = "a yes or no" if column.type == "yes_no" else "a number"
    return f"cannot be read: column '{column.name}', row {odd.index[0] + 1}: '{odd.iloc[0]}' is not {kind}"


def digest(frame: pd.DataFrame, names: Sequence[str] | None = None) -> str:
    """SHA-256 of the named columns (all of them by default) of every row, whatever the order of rows or columns.

    1, 1.0 and "1" count as the same value, so that a frame read back from a file keeps its digest. Rows are put in the
    order of a hash of each; numbers enter the digest exactly, words by a hash of 64 bits.
    """
    chosen = sorted(names if names is not None else frame.columns)
    columns = [_hashed(frame[name]) for name in chosen]
    rows = np.zeros(len(frame), dtype="uint64")
    for place, column in enumerate(columns):
        rows = rows * np.uint64(0x100000001B3) + column * np.uint64(2 * place + 1)
    order = np.argsort(rows, kind="stable")
    told = hashlib.sha256(json.dumps([chosen, len(frame)]).encode())
    for column in columns:
        told.update(column[order].tobytes())
    return told.hexdigest()


def _hashed(values: pd.Series) -> np.ndarray:
    """Every value as 64 bits: a number by its own bits, mixed; anything else by a hash of its text."""
    if pd.api.types.is_numeric_dtype(values):
        return _numbers(values.to_numpy("float64", na_value=np.nan))
    codes, kinds = distinct(values)
    numbers = pd.to_numeric(pd.Series(kinds, dtype="object"), errors="coerce").to_numpy("float64", na_value=np.nan)
    texts = np.array([str(each).strip() for each in kinds], dtype=object)
    words = pd.util.hash_array(texts, categorize=False) if len(texts) else np.zeros(0, dtype="uint64")
    found = np.where(np.isnan(numbers), np.where(texts == "", MISSING, words), _numbers(numbers))
    return np.append(found, MISSING)[codes]


def _numbers(values: np.ndarray) -> np.ndarray:
    return np.where(np.isnan(values), MISSING, pd.util.hash_array(values + 0.0))  # + 0.0 makes -0 a 0


def _doubled(who: Sequence[object] | None) -> BatchCheck | None:
    """Named by their rows and not by their references, which have no place in a report."""
    rows = pd.Series(list(who), dtype="object") if who is not None else pd.Series(dtype="object")
    again = rows[rows.duplicated(keep=False) & rows.notna()]
    if again.empty:
        return None
    first = [f"{place + 1:,}" for place in again.index[again == again.iloc[0]][:3]]
    found = f"{people(again.nunique())} {'is' if again.nunique() == 1 else 'are'} in the batch more than once"
    return BatchCheck(BatchCode.DOUBLED, f"{found}, the first of them in rows {listed(first)}.")


def _too_small(rows: int, minimum: int) -> BatchCheck | None:
    if rows >= minimum:
        return None
    return BatchCheck(BatchCode.TOO_SMALL, f"The batch holds {people(rows)}; at least {minimum} are needed to compare.")


def _stale(newest: datetime | None, now: datetime, days: int | None) -> BatchCheck | None:
    if newest is not None and newest > now:
        return BatchCheck(BatchCode.STALE, f"The newest score is dated {day(newest)}, which is still to come.")
    if days is None:
        return None
    if newest is None:
        return BatchCheck(BatchCode.STALE, "The batch has no date, so nothing shows that it is recent.")
    if now - newest <= timedelta(days=days):
        return None
    age = counted((now - newest).days, "day", "days")
    return BatchCheck(BatchCode.STALE, f"The newest score is from {day(newest)}, {age} ago; the limit is {days} days.")


def _identical(identical: bool) -> BatchCheck | None:
    if not identical:
        return None
    return BatchCheck(BatchCode.IDENTICAL, "The batch is identical to one already compared: nobody has refreshed it.")


def _sent_before(when: date | None) -> BatchCheck | None:
    if when is None:
        return None
    said = f"The newest run was over the very file of the run of {day(when)}: nobody has refreshed it."
    return BatchCheck(BatchCode.IDENTICAL, said)
