"""One column read in the one way that every check of a watch uses: as numbers, or as categories."""

import numpy as np
import pandas as pd

from monitoring.engine.values import WatchedColumn

NUMERIC = ("integer", "number")
_YES_NO = {"true": "yes", "1": "yes", "yes": "yes", "false": "no", "0": "no", "no": "no"}


def is_numeric(column: WatchedColumn) -> bool:
    """Whether the declaration calls the column a number."""
    return column.type in NUMERIC


def read(values: pd.Series, column: WatchedColumn) -> pd.Series:
    """The column as floats (numbers) or as text (yes_no becomes yes and no); blanks become missing.

    What cannot be read as its type becomes missing too: `unreadable` finds those before a watch begins.
    """
    return _numbers(values) if is_numeric(column) else _categories(values, column.type)


def unreadable(values: pd.Series, column: WatchedColumn) -> pd.Series:
    """The values that are there and are not of the declared type, infinite numbers included."""
    given = values[~blanks(values)]
    return given[read(given, column).isna()]


def blanks(values: pd.Series) -> pd.Series:
    """True where nothing was given: missing, or text with nothing in it."""
    if pd.api.types.is_numeric_dtype(values):
        return values.isna()
    return values.isna() | values.astype("object").map(lambda each: isinstance(each, str) and not each.strip())


def _numbers(values: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _categories(values: pd.Series, kind: str) -> pd.Series:
    text = values.astype("object").map(_text).where(~blanks(values))
    return text.str.lower().map(_YES_NO.get) if kind == "yes_no" else text


def _text(value: object) -> str:
    # A column of whole numbers with one blank is read from a file as floats: 3.0 must stay category 3.
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if not isinstance(value, bool | np.bool_) else str(value).lower()
