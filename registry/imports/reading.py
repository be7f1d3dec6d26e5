"""From the bytes of a file to rows under known columns, whatever spreadsheet wrote it. Nothing is guessed at."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from registry.imports.problems import RowProblem, refuse

MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""The marks at the start of a file that say how its letters are written; without one it has to be UTF-8."""

WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")
UNREAD = "\ufffd"
SEPARATORS = ",;\t"
MOST_ROWS = 20_000
LONGEST_CELL = 20_000
SAVE_AS = "Save the sheet as 'CSV UTF-8' and choose that file."
QUOTED = re.compile(r'"(?:[^"]|"")*"')
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True)
class Line:
    """One row of the file: its number as a spreadsheet counts, and its cells by column."""

    row: int
    cells: Mapping[str, str]


def read_lines(content: bytes, file: str, columns: Mapping[str, str], needed: Sequence[str]) -> list[Line]:
    """The rows of a CSV file in UTF-8, or in UTF-16 with its mark, separated by commas, semicolons or tabs.

    `columns` maps every accepted heading to the column it stands for, `needed` are columns that must be there. Refused,
    with row and column and all at once: other encodings, quotes left open, missing, doubled and unknown columns, rows
    of another length, control characters, and files without rows or with more than 20,000.
    """
    text = _decode(content, file)
    separator = _separator(text, columns)
    records = _records(text, separator, file)
    heading, problems = _heading(records[0], columns, needed)
    refuse(file, problems)
    rows = [(row, cells) for row, cells in enumerate(records[1:], start=2) if any(cell.strip() for cell in cells)]
    refuse(file, _row_problems(rows, heading))
    return [Line(row, dict(zip(heading, cells, strict=True))) for row, cells in rows]


def _decode(content: bytes, file: str) -> str:
    """The text; a character that cannot be read stays as a mark, so that its row and column can be named."""
    said = _unreadable(content)
    encoding = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8")
    text = content.decode(encoding, errors="replace")
    if not text.strip():
        said = "The file is empty."
    elif not said and text.count(UNREAD) > len(text) // 10:
        said = f"This is not a text file. {SAVE_AS}"
    refuse(file, [RowProblem(0, "", said)] if said else [])
    return text


def _unreadable(content: bytes) -> str:
    if content.startswith(WORKBOOKS):
        return f"This is a workbook, not a CSV file. {SAVE_AS}"
    marked = content.startswith(tuple(mark for mark, _ in MARKS))
    if content.startswith(UTF_32) or (not marked and content[:400].count(0) > len(content[:400]) // 4):
        return f"This is neither UTF-8 nor UTF-16 with its mark. {SAVE_AS}"
    return ""


def _separator(text: str, columns: Mapping[str, str]) -> str:
    """The separator that makes the most known columns of the heading; without any, the most columns."""
    first = next(iter(io.StringIO(text, newline="")), "")

    def known(separator: str) -> tuple[int, int]:
        names = next(csv.reader([first], delimiter=separator), [])
        return sum(_plain(name) in columns for name in names), len(names)

    return max(SEPARATORS, key=known)


def _records(text: str, separator: str, file: str) -> list[list[str]]:
    records: list[list[str]] = []
    lines = list(io.StringIO(text, newline=""))
    reader, before = csv.reader(lines, delimiter=separator, strict=True), 0
    try:
        for cells in reader:
            records.append(cells)
            before = reader.line_num
            if len(records) > MOST_ROWS + 1:
                refuse(file, [RowProblem(0, "", f"The file has more than {MOST_ROWS:,} rows. Cut it into parts.")])
    except csv.Error:
        refuse(file, [_broken(lines[before] if before < len(lines) else "", separator, records)])
    return records


def _broken(line: str, separator: str, records: Sequence[Sequence[str]]) -> RowProblem:
    """Where a row cannot be read: the cell whose quotation mark is not closed, or a cell beyond all measure."""
    position = _open_quote(line, separator)
    row = len(records) + 1
    if position is None:
        return RowProblem(row, "", f"A cell here is longer than {LONGEST_CELL:,} characters.")
    heading = records[0] if records else []
    column = _plain(heading[position]) if position < len(heading) else str(position + 1)
    return RowProblem(row, column, "A quotation mark is opened here and not closed, or text follows a closing one.")


def _open_quote(line: str, separator: str) -> int | None:
    position, start = 0, 0
    while start < len(line):
        end = start
        if line[start] == '"':
            found = QUOTED.match(line, start)
            if found is None or line[found.end() : found.end() + 1] not in ("", separator, "\r", "\n"):
                return position
            end = found.end()
        following = line.find(separator, end)
        if following < 0:
            return None
        position, start = position + 1, following + 1
    return None


def _heading(
    cells: Sequence[str], columns: Mapping[str, str], needed: Sequence[str]
) -> tuple[list[str], list[RowProblem]]:
    names = [columns.get(_plain(cell), "") for cell in cells]
    problems = []
    for position, (cell, name) in enumerate(zip(cells, names, strict=True), start=1):
        if not cell.strip():
            problems.append(RowProblem(1, str(position), "The column has no name."))
        elif not name:
            known = ", ".join(dict.fromkeys(columns.values()))
            shown = UNPRINTABLE.sub("?", cell.strip()[:40])
            problems.append(RowProblem(1, shown, f"The column is not known. The file may have: {known}."))
        elif names.index(name) < position - 1:
            problems.append(RowProblem(1, name, "The column is there twice."))
    problems += [RowProblem(1, name, "The column is missing.") for name in needed if name not in names]
    return names, problems


def _row_problems(rows: Sequence[tuple[int, list[str]]], heading: Sequence[str]) -> list[RowProblem]:
    if not rows:
        return [RowProblem(2, "", "The file has a heading and no rows.")]
    problems = []
    for row, cells in rows:
        if len(cells) != len(heading):
            said = f"The row has {len(cells)} cells where the heading has {len(heading)}."
            last = heading[len(cells)] if len(cells) < len(heading) else str(len(heading) + 1)
            problems.append(RowProblem(row, last, said))
            continue
        found = zip(heading, map(_cell_problem, cells), strict=True)
        problems += [RowProblem(row, name, said) for name, said in found if said]
    return problems


def _cell_problem(cell: str) -> str:
    if UNREAD in cell:
        return f"A character cannot be read: the file is not wholly UTF-8 or UTF-16. {SAVE_AS}"
    if UNPRINTABLE.search(cell):
        return "The cell holds a control character. Type it again."
    return f"The cell is longer than {LONGEST_CELL:,} characters." if len(cell) > LONGEST_CELL else ""


def _plain(name: str) -> str:
    return "_".join(name.strip().strip("\ufeff").lower().split())
