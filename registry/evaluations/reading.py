"""CSV files as text, checked before anything is made of them. Rows count as in a spreadsheet: the heading is row 1."""

import csv
import io

from registry.evaluations.values import EvaluationRefused


def decode(content: bytes, name: str) -> str:
    """The text of a file in UTF-8, a byte order mark left out. Refuses other encodings with file and row."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise EvaluationRefused("file_not_utf8", f"{name}, row {row}: the file is not saved as UTF-8.") from error


def check_shape(text: str, name: str) -> None:
    """Refuse what is not CSV, an empty file, a heading alone or with gaps, and rows of another length than it."""
    heading: list[str] = []
    blank = last = 0
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), start=1):
            if number == 1:
                heading = row
                continue
            blank = blank or (0 if row else number)  # blank rows are fine at the end only
            if row:
                last = number
                _check_length(name, blank or number, 0 if blank else len(row), len(heading))
    except csv.Error as error:
        raise EvaluationRefused("file_not_csv", f"{name}: the file cannot be read as CSV ({error}).") from error
    if not last:
        raise EvaluationRefused("file_empty", f"{name}: the file has no rows under its heading.")
    if "" in (cell.strip() for cell in heading) or len(set(heading)) != len(heading):
        raise EvaluationRefused("file_heading", f"{name}, row 1: every column needs a heading of its own.")


def _check_length(name: str, row: int, cells: int, wanted: int) -> None:
    if cells != wanted:
        raise EvaluationRefused("file_ragged", f"{name}, row {row}: {cells} cells where the heading has {wanted}.")
