"""What a question asks for besides yes, no and words: typed values, checked at their fields and kept as JSON.

A value of one line is {"number": 45, "unit": "days"}; one of several is {"rows": [{"party": "...", "owns": "..."}]}.
Where the lines are set beforehand, as for data items, each row says under "of" which one it is about.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Value = dict[str, Any]

UNITS = ("days", "weeks", "months", "years")
LONGEST_CELL = 500
MOST_ROWS = 100
SPARE_ROWS = 2
"""How many empty lines a form offers beyond those that are filled."""


@dataclass(frozen=True)
class Column:
    """One thing to fill in. `kind` is text, number, unit or link."""

    code: str
    title: str
    kind: str = "text"


@dataclass(frozen=True)
class AnswerType:
    """A type of answer: whether words are needed, and its columns, if it has any.

    `rows` is one (a single line), free (as many as there are), source (free, begun from the sources of the version's
    data items) or item (a line for each data item of the version).
    """

    title: str
    words: bool = True
    columns: tuple[Column, ...] = ()
    rows: str = "one"
    asked: str = ""


TEXT = AnswerType("Words")

TYPES: dict[str, AnswerType] = {
    "text": TEXT,
    "yes/no": AnswerType("Yes or no", words=False),
    "yes/no + text": AnswerType("Yes or no, and words"),
    # The platform computes these numbers and shows them above the question; nobody types them (R04).
    "numbers + text": AnswerType("Words about numbers the platform computed"),
    "number": AnswerType(
        "A number, and words",
        columns=(Column("number", "Number", "number"), Column("of", "Of what")),
        asked="a number and what it counts",
    ),
    "duration": AnswerType(
        "A period, and words",
        columns=(Column("number", "How many", "number"), Column("unit", "Days, weeks, months or years", "unit")),
        asked="a number and its unit",
    ),
    "name/role": AnswerType(
        "A name and a role",
        words=False,
        columns=(Column("name", "Name"), Column("role", "Role")),
        asked="a name and a role",
    ),
    "parties": AnswerType(
        "Who owns what, line by line",
        words=False,
        columns=(Column("party", "Who"), Column("owns", "What they own"), Column("agreement", "Under what agreement")),
        rows="free",
        asked="who owns what, line by line",
    ),
    "text + links": AnswerType(
        "Words and links",
        columns=(Column("title", "What it is"), Column("link", "Web address", "link")),
        rows="free",
        asked="at least one link",
    ),
    "per data item": AnswerType(
        "A line for each data item",
        words=False,
        columns=(Column("law", "The law that allows it"), Column("deleted", "When it is deleted")),
        rows="item",
        asked="a line for each data item",
    ),
    "per source": AnswerType(
        "A line for each source",
        words=False,
        columns=(
            Column("source", "Source"),
            Column("written", "Who writes it, and for what end"),
            Column("checked", "How anybody could check it"),
        ),
        rows="source",
        asked="a line for each source",
    ),
}
"""Every type of answer under the code that the file of questions uses."""


def cell_name(stem: str, row: int | None, column: Column) -> str:
    """The name of a field: `gra_5_number`, or `law_4_0_law` in the first line of several."""
    return f"{stem}_{column.code}" if row is None else f"{stem}_{row}_{column.code}"


def rows_of(value: Mapping[str, Any] | None) -> list[Mapping[str, str]]:
    """The lines of a kept value."""
    return list((value or {}).get("rows", []))


def count_rows(kind: AnswerType, value: Mapping[str, Any] | None, labels: Sequence[str]) -> int:
    """How many lines a form has."""
    if kind.rows == "item":
        return len(labels)
    return min(max(len(rows_of(value)), len(labels)) + SPARE_ROWS, MOST_ROWS)


def read_value(stem: str, kind: AnswerType, given: Mapping[str, str], labels: Sequence[str]) -> Value:
    """The value in the fields of a form. Lines left empty are left out, numbers become numbers where they are."""
    if not kind.columns:
        return {}
    if kind.rows == "one":
        return _read_row(stem, None, kind, given)
    rows = [_read_row(stem, number, kind, given) for number in range(MOST_ROWS)]
    if kind.rows == "item":
        rows = [{"of": label, **row} if row else {} for label, row in zip(labels, rows, strict=False)]
    kept = [row for row in rows if row]
    return {"rows": kept} if kept else {}


def _read_row(stem: str, row: int | None, kind: AnswerType, given: Mapping[str, str]) -> Value:
    read = {column.code: _clean(given.get(cell_name(stem, row, column))) for column in kind.columns}
    return {c.code: _number(read[c.code]) if c.kind == "number" else read[c.code] for c in kind.columns if read[c.code]}


def _clean(text: str | None) -> str:
    return " ".join((text or "").replace("\x00", "").split())


def _number(text: str) -> int | float | str:
    """The number somebody typed; anything else stays text, and is refused at its field."""
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def find_faults(stem: str, kind: AnswerType, value: Mapping[str, Any]) -> dict[str, str]:
    """What cannot be kept as it is: field to sentence. Half a line may be kept; only submitting needs all of it."""
    if kind.rows == "one" or not kind.columns:
        return _row_faults(stem, None, kind, value)
    if set(value) - {"rows"} or len(rows_of(value)) > MOST_ROWS:
        return {f"{stem}_text": f"Give at most {MOST_ROWS} lines."}
    faults: dict[str, str] = {}
    for number, row in enumerate(rows_of(value)):
        faults |= _row_faults(stem, number, kind, {code: cell for code, cell in row.items() if code != "of"})
    return faults


def _row_faults(stem: str, row: int | None, kind: AnswerType, cells: Mapping[str, Any]) -> dict[str, str]:
    columns = {column.code: column for column in kind.columns}
    if set(cells) - set(columns):
        return {f"{stem}_text": "This question does not ask for that."}
    found = {cell_name(stem, row, columns[code]): _cell_fault(columns[code], cell) for code, cell in cells.items()}
    return {name: sentence for name, sentence in found.items() if sentence}


def _cell_fault(column: Column, cell: Any) -> str:
    if column.kind == "number":
        fits = isinstance(cell, int | float) and not isinstance(cell, bool) and 0 < cell < 1_000_000_000
        return "" if fits else "Enter a number above 0, such as 45."
    if not isinstance(cell, str) or len(cell) > LONGEST_CELL:
        return f"Enter at most {LONGEST_CELL} characters."
    if column.kind == "unit" and cell not in UNITS:
        return "Choose days, weeks, months or years."
    if column.kind == "link" and not is_link(cell):
        return "Enter a web address that starts with https:// or http://"
    return ""


def is_link(text: str) -> bool:
    """Whether a text is an address that leads to http or https and nowhere else."""
    return text.lower().startswith(("http://", "https://")) and len(text) <= 400 and " " not in text


def is_given(kind: AnswerType, value: Mapping[str, Any] | None, labels: Sequence[str]) -> bool:
    """Whether a value has everything its type asks for; for data items, a whole line for each of `labels`."""
    if not kind.columns:
        return True
    needed = {column.code for column in kind.columns}
    if kind.rows == "one":
        return needed <= set(value or {})
    rows = rows_of(value)
    if kind.rows == "item":
        return set(labels) <= {row["of"] for row in rows if needed <= set(row)}
    return bool(rows) and all(needed <= set(row) for row in rows)


def tell_rows(kind: AnswerType, value: Mapping[str, Any] | None) -> list[tuple[str, list[tuple[Column, str]]]]:
    """A value for reading: each line with what it is about (or nothing) and its cells under their columns."""
    rows = [value] if value and kind.rows == "one" else rows_of(value)
    return [
        (
            str(row.get("of", "")) if kind.rows == "item" else "",
            [(c, str(row[c.code])) for c in kind.columns if c.code in row],
        )
        for row in rows
    ]


def tell_value(kind: AnswerType, value: Mapping[str, Any] | None) -> str:
    """A value in one text, a line for each of its lines; empty when there is none."""
    lines = []
    for about, cells in tell_rows(kind, value):
        said = " ".join(cell for _, cell in cells) if kind.rows == "one" else "; ".join(cell for _, cell in cells)
        lines.append(f"{about}: {said}" if about else said)
    return "\n".join(lines)
