"""Taking people in: everything is checked and put aside before anything is stored, so that one bad cell leaves nothing.

Machinery: needs numpy and pyarrow. What is put aside lies in a file without a name that nobody else can open.
"""

import json
import struct
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import numpy as np

from model_runtime.cohorts.checking import Problems, check_part
from model_runtime.cohorts.packing import Part, unpack
from model_runtime.cohorts.plans import Plan, refuse
from model_runtime.cohorts.values import CHUNK_ROWS, MOST_PROBLEMS, MOST_ROWS

HEADER = struct.Struct("<5Q")
FIRST_ROW = {"csv": 2, "parquet": 2, "query": 1}
"""The number of the first person's row: in a file the heading is row 1, as in a spreadsheet."""


class Spool:
    """Parts put aside on disk, in order; closed it is gone."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self.rows = 0
        self.oldest_on: date | None = None

    def add(self, part: Part) -> None:
        """Put a part at the end."""
        pieces = (part.people, part.days, part.inputs, json.dumps(part.closed).encode())
        self._file.write(HEADER.pack(part.rows, *(len(piece) for piece in pieces)))
        for piece in pieces:
            self._file.write(piece)
        self.rows += part.rows
        self._note_oldest(part)

    def __iter__(self) -> Iterator[Part]:
        self._file.seek(0)
        while header := self._file.read(HEADER.size):
            rows, *sizes = HEADER.unpack(header)
            people, days, inputs, closed = (self._file.read(size) for size in sizes)
            yield Part(rows, people, days, inputs, json.loads(closed))

    def close(self) -> None:
        """Give the room back."""
        self._file.close()

    def _note_oldest(self, part: Part) -> None:
        """Remember the oldest day of facts that would be scored."""
        days = np.frombuffer(zlib.decompress(part.days), "<i4")
        days = np.delete(days, [int(place) for place in part.closed])
        if len(days):
            oldest = date.fromordinal(int(days.min()))
            self.oldest_on = min(self.oldest_on or oldest, oldest)


def take_in(tables: Iterable[Any], plan: Plan, source: str, kind: str) -> Spool:
    """Check every cell of every table and put the people aside.

    Refuses (Invalid, cohort_invalid) bad cells with row and column, a person who stands in two rows with both of them,
    a source without anybody and one with more than five million people.
    """
    spool, first, problems = Spool(), FIRST_ROW[kind], Problems()
    seen: list[np.ndarray] = []
    try:
        row = first
        for table in tables:
            part, people, found = check_part(table, row, plan, text=kind == "csv")
            problems |= found
            row += len(table)
            if part is not None and not problems:
                spool.add(part)
                # eight bytes a person: the references themselves would need a hundred
                seen.append(np.fromiter(map(hash, people), np.int64, len(people)))
            if len(problems) >= MOST_PROBLEMS or row - first > MOST_ROWS:
                break
        _refuse(problems, row - first, source)
        refuse(_doubled(seen, spool, first), source)
    except BaseException:
        spool.close()
        raise
    return spool


def _refuse(problems: Problems, rows: int, source: str) -> None:
    if not problems and not rows:
        problems["file"] = "there is nobody in it"
    if rows > MOST_ROWS:
        problems["file"] = f"more than {MOST_ROWS:,} people are more than one run takes"
    refuse(dict(list(problems.items())[:MOST_PROBLEMS]), source)


def _doubled(seen: list[np.ndarray], spool: Spool, first: int) -> Problems:
    """People in more than one row. Two of them may only look alike, so the references themselves decide."""
    hashes = np.concatenate(seen) if seen else np.empty(0, np.int64)
    order = np.argsort(hashes, kind="stable")
    alike = np.flatnonzero(hashes[order][1:] == hashes[order][:-1])
    if not len(alike):
        return {}
    places = sorted({int(order[one + step]) for one in alike[:MOST_PROBLEMS] for step in (0, 1)})
    held, problems = _references(spool, places), Problems()
    rows: dict[str, int] = {}
    for place in places:
        reference = held[place]
        if reference in rows:
            problems[f"row {first + place}, column reference"] = (
                f"{reference} stands in row {first + rows[reference]} too, and nobody is scored twice in one run"
            )
        rows.setdefault(reference, place)
    return problems


def _references(spool: Spool, places: list[int]) -> dict[int, str]:
    wanted: dict[int, list[int]] = {}
    for place in places:
        wanted.setdefault(place // CHUNK_ROWS, []).append(place)
    found: dict[int, str] = {}
    for number, part in enumerate(spool):
        if number in wanted:
            people = unpack(part.people, part.days, part.inputs, part.closed).people
            found |= {place: people[place % CHUNK_ROWS] for place in wanted[number]}
    return found
