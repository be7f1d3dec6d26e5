"""People from CSV, Parquet or a read-only query, part by part: what a cell holds is for `checking` to judge.

Machinery: needs pyarrow, which nothing loads before a file is read.
"""

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from foundation.errors import Invalid
from model_runtime.cohorts.values import CHUNK_ROWS, MOST_PROBLEMS

BLOCK = 4 << 20
LONGEST_HEADING = 1 << 20
Content = bytes | Path


def digest_of(content: Content) -> str:
    """SHA-256 of a file, read in pieces."""
    told = hashlib.sha256()
    with _opened(content) as stream:
        while piece := stream.read(BLOCK):
            told.update(piece)
    return told.hexdigest()


def read_parts(content: Content, kind: str, source: str) -> tuple[list[str], Iterator[pa.Table]]:
    """The heading and tables of 4,096 rows. A CSV's cells are all text; those of Parquet have the types of the file.

    Refuses what is no such file, is not UTF-8, or has another number of cells in a row than in its heading.
    """
    try:
        names, batches = _csv(content, source) if kind == "csv" else _parquet(content)
    except (pa.ArrowException, OSError, ValueError, csv.Error) as error:
        raise _unreadable(source, kind, error) from None
    return names, _guarded(regroup(batches), source, kind)


def regroup(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.Table]:
    """The same rows in tables of 4,096; the last one may be shorter."""
    held: list[pa.RecordBatch] = []
    count = 0
    for batch in batches:
        held.append(batch)
        count += batch.num_rows
        while count >= CHUNK_ROWS:
            table = pa.Table.from_batches(held)
            yield table.slice(0, CHUNK_ROWS)
            rest = table.slice(CHUNK_ROWS)
            held, count = rest.to_batches(), rest.num_rows
    if count:
        yield pa.Table.from_batches(held)


def _csv(content: Content, source: str) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    names = _heading(content)
    odd: list[Any] = []

    def keep(row: Any) -> str:
        odd.append(row)
        return "skip" if len(odd) < MOST_PROBLEMS else "error"

    reader = pacsv.open_csv(
        _stream(content),
        read_options=pacsv.ReadOptions(use_threads=False, block_size=BLOCK),
        parse_options=pacsv.ParseOptions(invalid_row_handler=keep, ignore_empty_lines=False),
        convert_options=pacsv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
    return names, _sound(reader, odd, len(names), source)


def _sound(reader: Any, odd: list[Any], width: int, source: str) -> Iterator[pa.RecordBatch]:
    for batch in reader:
        _refuse_ragged(odd, source)
        yield batch
    _refuse_ragged(odd, source)


def _refuse_ragged(odd: list[Any], source: str) -> None:
    if odd:
        problems = {
            f"row {row.number}" if row.number else "a row": (
                f"has {row.actual_columns} cells under {row.expected_columns} headings"
            )
            for row in odd
        }
        sentences = {place: f"{source}, {place}: {what}." for place, what in problems.items()}
        raise Invalid(f"{next(iter(sentences.values()))} Nobody was scored.", problems=sentences, code="cohort_invalid")


def _heading(content: Content) -> list[str]:
    with _opened(content) as stream:
        first = stream.readline(LONGEST_HEADING)
    return next(csv.reader([first.decode("utf-8-sig")], strict=True), [])


def _parquet(content: Content) -> tuple[list[str], Iterator[pa.RecordBatch]]:
    file = pq.ParquetFile(pa.BufferReader(content) if isinstance(content, bytes) else str(content))
    return list(file.schema_arrow.names), file.iter_batches(batch_size=CHUNK_ROWS)


def _guarded(tables: Iterator[pa.Table], source: str, kind: str) -> Iterator[pa.Table]:
    try:
        yield from tables
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise _unreadable(source, kind, error) from None


def _unreadable(source: str, kind: str, error: Exception) -> Invalid:
    why = " ".join(str(error).split())[:200]
    return Invalid(f"{source}: this cannot be read as {KINDS[kind]} ({why}). Nobody was scored.", code="cohort_invalid")


def _opened(content: Content) -> Any:
    return io.BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _stream(content: Content) -> Any:
    return pa.BufferReader(content) if isinstance(content, bytes) else pa.OSFile(str(content))


def from_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> pa.RecordBatch:
    """Rows of a query's answer as a batch; a column of mixed kinds is refused."""
    columns = []
    for place, name in enumerate(names):
        try:
            columns.append(pa.array([row[place] for row in rows]))
        except (pa.ArrowException, TypeError, OverflowError):
            raise Invalid(
                f"The query, column {name[:80]}: it holds values of different kinds. Nobody was scored.",
                code="cohort_invalid",
            ) from None
    return pa.RecordBatch.from_arrays(columns, names=list(names))


KINDS = {"csv": "CSV", "parquet": "Parquet", "query": "a query's answer"}
