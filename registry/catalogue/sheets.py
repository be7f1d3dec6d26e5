"""Lists for spreadsheets: CSV whose cells cannot run as formulas."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""First characters that make a spreadsheet run a cell instead of showing it (OWASP, CSV injection)."""


def as_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows under a heading of column names; a list becomes one cell with semicolons."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([harmless(row[column]) for column in columns] for row in rows)
    return sheet.getvalue()


def harmless(value: object) -> str:
    """A cell's text with an apostrophe before a first character that a spreadsheet would run."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        text = "; ".join(str(one) for one in value)
    else:
        text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(DANGEROUS) else text
