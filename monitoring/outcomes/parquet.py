"""A Parquet file of outcomes as cells of text. Machinery: needs pyarrow, and runs as a child of the worker.

A few bytes can unpack to gigabytes, and what a file says of itself may be a lie. So the child first limits its own
memory and time, then asks for the file's account of itself, and only then reads, one batch of rows after the other.
"""

import json
import math
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from foundation.paths import ROOT
from monitoring.outcomes.values import MOST_ROWS

MEMORY_MIB = 1024
"""The child's address space. What needs more is no file of outcomes."""

SECONDS = 60
"""The longest it may compute, and twice that on the clock."""

MOST_COLUMNS = 100
MOST_GROUPS = 1_000
LARGEST = 256 * 1024 * 1024
"""Bytes that the file itself says it unpacks to."""

LONGEST_CELL = 500
MOST_TEXT = 64 * 1024 * 1024
"""Characters of all cells together."""

AT_ONCE = 4096
FIRST_ROW = 2
"""The heading counts as row 1, as in a spreadsheet."""

TOO_MUCH = "It could not be read within the memory and time that a file of outcomes gets."

Table = tuple[list[str], list[tuple[int, list[str]]]]


class Unreadable(Exception):
    """The file cannot be read as outcomes: `problems` says why by place."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(problems.values()))
        self.problems = dict(problems)


def read_parquet(content: bytes) -> Table:
    """The names of the columns, and each row's number and cells as text, read by a child in bounded memory and time.

    Refused (Unreadable): what is no Parquet file, lists or records inside cells, a column of another type than text,
    number, yes/no or day, more than 200,000 rows, 100 columns or 256 MiB unpacked, a cell longer than 500 characters,
    and whatever the child could not finish within its limits.
    """
    command = [sys.executable, "-m", __name__]
    bare = {"PATH": "/usr/bin:/bin", "ARROW_DEFAULT_MEMORY_POOL": "system", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, nothing of the file is in the command
            command, input=content, capture_output=True, cwd=ROOT, env=bare, timeout=2 * SECONDS, check=False
        )
        answer = json.loads(done.stdout) if done.returncode == 0 else None
    except (subprocess.TimeoutExpired, ValueError):
        answer = None
    if answer is None:
        raise Unreadable({"file": TOO_MUCH})
    if answer["problems"]:
        raise Unreadable(answer["problems"])
    return answer["names"], [(number, cells) for number, cells in enumerate(answer["rows"], FIRST_ROW)]


def main() -> None:
    """The child: a file comes in, its cells go out as JSON."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MIB * 1024 * 1024,) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    try:
        names, rows = unpack(sys.stdin.buffer.read())
        answer: dict[str, Any] = {"names": names, "rows": rows, "problems": {}}
    except Unreadable as refused:
        answer = {"names": [], "rows": [], "problems": refused.problems}
    sys.stdout.write(json.dumps(answer))


def unpack(content: bytes) -> tuple[list[str], list[list[str]]]:
    """The names of the columns and the rows as text; called in the child only."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(pa.BufferReader(content), pre_buffer=False)
        names = check_account(file)
        return names, list(_rows(file, names))
    except MemoryError:
        raise Unreadable({"file": TOO_MUCH}) from None
    except (pa.ArrowException, OSError, ValueError) as fault:
        said = " ".join(str(fault).split())[:200]
        raise Unreadable({"file": f"It cannot be read as Parquet ({said})."}) from None


def check_account(file: Any) -> list[str]:
    """The names of the columns, after what the file says of itself was found acceptable; nothing is unpacked yet."""
    told, schema = file.metadata, file.schema_arrow
    problems: dict[str, str] = {}
    if told.num_rows > MOST_ROWS:
        problems["file"] = f"It says that it has {told.num_rows:,} rows, more than {MOST_ROWS:,}. Hand it in in parts."
    if told.num_columns > MOST_COLUMNS or told.num_row_groups > MOST_GROUPS:
        problems["file"] = f"It has more than {MOST_COLUMNS} columns or {MOST_GROUPS:,} groups of rows."
    elif sum(told.row_group(number).total_byte_size for number in range(told.num_row_groups)) > LARGEST:
        problems["file"] = f"It unpacks to more than {LARGEST // 1024**2} MiB, which no file of outcomes does."
    problems |= {
        f"column {name[:80]}": f"Its type ({str(kind)[:60]}) is none of text, number, yes/no and day."
        for name, kind in zip(schema.names, schema.types, strict=True)
        if not _is_plain(kind)
    }
    if problems:
        raise Unreadable(problems)
    return list(schema.names)


def _is_plain(kind: Any) -> bool:
    from pyarrow import types

    value = kind.value_type if types.is_dictionary(kind) else kind
    checks = (types.is_string, types.is_large_string, types.is_boolean, types.is_integer, types.is_floating)
    return any(check(value) for check in (*checks, types.is_date, types.is_timestamp, types.is_null))


def _rows(file: Any, names: Sequence[str]) -> Iterator[list[str]]:
    length, count = 0, 0
    for batch in file.iter_batches(batch_size=AT_ONCE, use_threads=False):
        columns = [column.to_pylist() for column in batch.columns]
        for values in zip(*columns, strict=True):
            cells = [text_of(value) for value in values]
            length, count = length + sum(map(len, cells)), count + 1
            _check_row(cells, names, count, length)
            yield cells


def _check_row(cells: Sequence[str], names: Sequence[str], count: int, length: int) -> None:
    """Held while reading too: what a file says of itself may not be so."""
    for name, cell in zip(names, cells, strict=True):
        if len(cell) > LONGEST_CELL:
            place = f"row {count + FIRST_ROW - 1}, column {name[:80]}"
            raise Unreadable({place: f"A cell has at most {LONGEST_CELL} characters."})
    if count > MOST_ROWS or length > MOST_TEXT:
        raise Unreadable({"file": f"It has more than {MOST_ROWS:,} rows, or more text than any file of outcomes."})


def text_of(value: Any) -> str:
    """A cell as it would stand in a CSV: days as 2027-03-03, yes/no, whole numbers without a fraction, blanks empty."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() and value.tzinfo is None else value.isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


if __name__ == "__main__":
    main()
