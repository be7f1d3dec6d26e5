"""One column read in the one way that every check of a watch uses: as numbers, or as categories.

Every different value is read once and its meaning given to all rows that hold it: a million rows cost little more
than their different values.
"""

from decimal import Decimal

import numpy as np
import pandas as pd

from monitoring.engine.values import WatchedColumn

NUMERIC = ("integer", "number")
_YES_NO = {"true": "yes", "1": "yes", "yes": "yes", "false": "no", "0": "no", "no": "no"}


def is_numeric(column: WatchedColumn) -> bool:
    """Whether the declaration calls the column a number."""
    return column.type in NUMERIC


def read(values: pd.Series, column: WatchedColumn) -> pd.Series:
    """The column as floats (numbers) or as categories of text (yes_no becomes yes and no); blanks become missing.

    What cannot be read as its type becomes missing too: `unreadable` finds those before a watch begins.
    """
    return read_numbers(values) if is_numeric(column) else _categories(values, column.type)


def unreadable(values: pd.Series, column: WatchedColumn) -> pd.Series:
    """The values that are there and are not of the declared type; infinite numbers, dates and yes or no as numbers."""
    if column.type == "category":
        return values[:0]
    return values[(read(values, column).isna() & ~blanks(values)).to_numpy()]


def blanks(values: pd.Series) -> pd.Series:
    """True where nothing was given: missing, or text with nothing in it."""
    if pd.api.types.is_numeric_dtype(values):
        return values.isna()
    codes, kinds = distinct(values)
    empty = [isinstance(each, str) and not each.strip() for each in kinds]
    return pd.Series(np.array([*empty, True])[codes], index=values.index)


def distinct(values: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Each row's place among the different values, -1 where it is missing, and those values."""
    try:
        codes, kinds = pd.factorize(values)
    except TypeError:  # lists and the like, which only Parquet can hold
        codes, kinds = pd.factorize(values.map(str, na_action="ignore"))
    return codes, np.asarray(kinds, dtype=object)


def read_numbers(values: pd.Series) -> pd.Series:
    """Every number as a float; whatever is none, infinite, a date or a yes or no, is missing."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return pd.Series(np.nan, index=values.index, dtype="float64")
    if not pd.api.types.is_numeric_dtype(values):
        codes, kinds = distinct(values)
        return pd.Series(np.append(_floats(kinds), np.nan)[codes], index=values.index)
    numbers = values.astype("float64")
    return numbers.where(~np.isinf(numbers)) if np.isinf(numbers).any() else numbers


def _floats(kinds: np.ndarray) -> np.ndarray:
    given = [each if isinstance(each, str | int | float | Decimal | np.number) else None for each in kinds]
    plain = [None if isinstance(each, bool | np.bool_) else each for each in given]
    numbers = pd.to_numeric(pd.Series(plain, dtype="object"), errors="coerce").to_numpy("float64")
    return np.where(np.isfinite(numbers), numbers, np.nan)


def _categories(values: pd.Series, kind: str) -> pd.Series:
    codes, kinds = distinct(values)
    texts = [text_of(each) for each in kinds]
    meant = [_YES_NO.get(each.lower(), "") for each in texts] if kind == "yes_no" else texts
    names = sorted(set(meant) - {""})
    place = {name: number for number, name in enumerate(names)}
    found = np.array([*(place.get(each, -1) for each in meant), -1])[codes]
    return pd.Series(pd.Categorical.from_codes(found, categories=pd.Index(names, dtype="object")), index=values.index)


def text_of(value: object) -> str:
    """A value as the name of a category, nothing for a blank."""
    # A column of whole numbers with one blank is read from a file as floats: 3.0 must stay category 3.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if not isinstance(value, bool | np.bool_) else str(value).lower()
