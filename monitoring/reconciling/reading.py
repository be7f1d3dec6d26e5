"""Files of folders and archives, and the rows in them, part by part. Machinery: pyarrow is loaded for Parquet only.

Nothing that is read is run, no link is followed, and what cannot be read is said: `Unread` is a sentence, not a crash.
"""

import csv
import hashlib
import json
import os
import stat
import zipfile
from codecs import getincrementaldecoder
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import islice
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from monitoring.reconciling.rules import check_heading

PART = 4096
"""Rows handed on at once."""
BLOCK = 1 << 20
LARGEST_JSON = 64 << 20
LONGEST_LINE = 1 << 20
BINARY = "binary"
MOST_MEMBERS = 10_000
LARGEST_ARCHIVE = 2 << 30
DEEPEST = 8
MOST_PATHS = 50
BOMB_RATIO, BOMB_FROM = 500, 64 << 20
"""A member above 64 MiB that was packed to less than a 500th is taken for an archive bomb."""

Row = tuple[str, ...]
Rows = Iterator[list[Row]]


class Unread(Exception):
    """Something could not be read; the message says why, to go on after "could not be read: "."""


@dataclass(frozen=True)
class Source:
    """A file by name, to be opened for reading bytes; `packed` says that it lies in an archive."""

    name: str
    open: Callable[[], AbstractContextManager[BinaryIO]]
    packed: bool = False


@dataclass(frozen=True)
class Sheet:
    """A heading, and the rows of chosen columns in parts, as texts."""

    names: Sequence[str]
    read: Callable[[Sequence[int]], Rows]


def list_files(path: Path) -> Iterator[Source | tuple[str, str]]:
    """Every file of a folder, or the one file, by name; for what is no ordinary file its name and why not."""
    root = path if path.is_dir() and not path.is_symlink() else path.parent
    for entry in _walk(path):
        if isinstance(entry, tuple):
            yield entry
            continue
        name = f"{root.name}/{entry.relative_to(root)}" if root != path.parent else entry.name
        problem = _find_problem(entry)
        yield (name, problem) if problem else Source(name, _opener(entry))


def _walk(path: Path) -> Iterator[Path | tuple[str, str]]:
    if path.is_symlink() or not path.is_dir():
        yield path
        return
    failed: list[OSError] = []
    for folder, folders, files in os.walk(path, onerror=failed.append):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from (Path(folder, name) for name in sorted([*files, *links]))
    yield from ((Path(str(error.filename)).name, "the folder may not be opened") for error in failed)


def _find_problem(path: Path) -> str | None:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "it is not there"
    if stat.S_ISLNK(mode):
        return "it is a link, and links are not followed"
    return None if stat.S_ISREG(mode) else "it is not an ordinary file"


def _opener(path: Path) -> Callable[[], AbstractContextManager[BinaryIO]]:
    def opened() -> BinaryIO:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")

    return opened


def digest_of(stream: BinaryIO) -> tuple[str, str]:
    """SHA-256 of what is read in pieces, and the encoding of its text; the stream is put back to its beginning."""
    told, decoder, encoding = hashlib.sha256(), getincrementaldecoder("utf-8")(), "utf-8-sig"
    begins, text = stream.read(2), True
    stream.seek(0)
    while piece := stream.read(BLOCK):
        told.update(piece)
        text = text and b"\x00" not in piece
        try:
            decoder.decode(piece)
        except UnicodeDecodeError:
            encoding = "latin-1"
    stream.seek(0)
    if begins in (b"\xff\xfe", b"\xfe\xff"):
        return told.hexdigest(), "utf-16"
    return told.hexdigest(), encoding if text else BINARY


def open_sheets(kind: str, stream: BinaryIO, encoding: str) -> list[Sheet]:
    """The tables of a file: one of a CSV, Parquet or JSON-lines file, any number of a JSON file."""
    return {"csv": _csv, "parquet": _parquet, "lines": _lines, "json": _json}[kind](stream, encoding)


def _csv(stream: BinaryIO, encoding: str) -> list[Sheet]:
    first = _text(stream, encoding).readline(LONGEST_LINE)
    delimiter = max(",;\t|", key=first.count)
    names = next(csv.reader([first], delimiter=delimiter), [])
    problem = check_heading(names)
    if problem:
        raise Unread(problem)
    return [Sheet(names, lambda places: _csv_rows(stream, encoding, delimiter, len(names), places))] if names else []


def _csv_rows(stream: BinaryIO, encoding: str, delimiter: str, width: int, places: Sequence[int]) -> Rows:
    reader = csv.reader(_text(stream, encoding), delimiter=delimiter, strict=True)
    next(reader, None)
    for part in _parts(row for row in reader if row):
        ragged = next((row for row in part if len(row) != width), None)
        if ragged is not None:
            raise Unread(f"near row {reader.line_num:,} a row has {len(ragged)} cells under {width} headings")
        yield [tuple(row[place] for place in places) for row in part]


def _text(stream: BinaryIO, encoding: str) -> TextIOWrapper:
    """The stream as text from its beginning; closing the text leaves the stream open."""
    if encoding == BINARY:
        raise Unread("it holds bytes that are no text")
    stream.seek(0)
    return _Kept(stream, encoding=encoding, newline="")


class _Kept(TextIOWrapper):
    """Text over a stream that somebody else closes."""

    def close(self) -> None:
        """Leave the stream open."""

    def __del__(self) -> None:
        if not self.buffer.closed:
            self.detach()


def _parquet(stream: BinaryIO, encoding: str) -> list[Sheet]:
    import pyarrow.parquet as pq

    file = pq.ParquetFile(stream)
    names = list(file.schema_arrow.names)

    def rows(places: Sequence[int]) -> Rows:
        for batch in file.iter_batches(batch_size=PART, columns=[names[place] for place in places]):
            columns = [[told(value) for value in batch.column(names[place]).to_pylist()] for place in places]
            yield list(zip(*columns, strict=True)) if columns else [()] * batch.num_rows

    return [Sheet(names, rows)]


def _lines(stream: BinaryIO, encoding: str) -> list[Sheet]:
    names: dict[str, None] = {}
    for row in _records(stream, encoding):
        names.update(dict.fromkeys(row))
        if len(names) > MOST_MEMBERS:
            raise Unread("its rows have more than 10,000 different names")
    columns = list(names)

    def rows(places: Sequence[int]) -> Rows:
        records = _records(stream, encoding)
        yield from _parts(tuple(told(row.get(columns[place])) for place in places) for row in records)

    return [Sheet(columns, rows)]


def _records(stream: BinaryIO, encoding: str) -> Iterator[dict[str, Any]]:
    text = _text(stream, encoding)
    for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE), ""), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise Unread(f"line {number:,} is no JSON object")
        yield row


def _json(stream: BinaryIO, encoding: str) -> list[Sheet]:
    if stream.seek(0, os.SEEK_END) > LARGEST_JSON:
        raise Unread("it is above 64 MiB; write it as JSON lines")
    tables: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    _collect(json.loads(_text(stream, encoding).read()), (), tables)
    return [_sheet(rows) for rows in tables.values()]


def _collect(value: Any, path: tuple[str, ...], tables: dict[tuple[str, ...], list[dict[str, Any]]]) -> None:
    """Every object of a document under where it lies, so that rows of one kind become one table."""
    if len(path) > DEEPEST:
        raise Unread("it is nested too deeply")
    if isinstance(value, list):
        for one in value:
            _collect(one, path, tables) if isinstance(one, dict | list) else None
    elif isinstance(value, dict):
        tables.setdefault((*path, ""), []).extend(_columns(value) or [value])
        many = len(value) > MOST_PATHS or all(isinstance(one, dict) for one in value.values())
        for name, one in value.items():
            _collect(one, (*path, "*" if many else name), tables) if isinstance(one, dict | list) else None


def _columns(value: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows of an object that holds columns: names with lists, or with objects by row, all of one length."""
    held = [list(one.values()) if isinstance(one, dict) else one for one in value.values()]
    alike = held and all(isinstance(one, list) and len(one) == len(held[0]) > 1 for one in held)
    if not alike or any(isinstance(cell, list | dict) for one in held for cell in one):
        return []
    return [dict(zip(value, row, strict=True)) for row in zip(*held, strict=True)]


def _sheet(rows: list[dict[str, Any]]) -> Sheet:
    names = list(dict.fromkeys(name for row in rows for name in row))

    def read(places: Sequence[int]) -> Rows:
        yield from _parts(tuple(told(row.get(names[place])) for place in places) for row in rows)

    return Sheet(names, read)


def told(value: Any) -> str:
    """A cell as text; what is not there, and what is no plain value, is empty."""
    return "" if value is None or isinstance(value, list | dict | bytes) else str(value)


def _parts(rows: Iterable[Any]) -> Iterator[list[Any]]:
    rows = iter(rows)
    while part := list(islice(rows, PART)):
        yield part


def list_members(archive: Source, stream: BinaryIO) -> Iterator[Source | tuple[str, str]]:
    """The files of a ZIP, each to be unpacked to a file of its own; for what is refused its name and why."""
    with zipfile.ZipFile(stream) as opened:
        members = [one for one in opened.infolist() if not one.is_dir()]
        if len(members) > MOST_MEMBERS or sum(one.file_size for one in members) > LARGEST_ARCHIVE:
            raise Unread("it holds more than 10,000 files or 2 GiB")
        for member in members:
            name = f"{archive.name}/{member.filename}"
            problem = _find_trap(member)
            yield (name, problem) if problem else Source(name, _unpacker(opened, member), packed=True)


def _find_trap(member: zipfile.ZipInfo) -> str | None:
    if member.flag_bits & 1:
        return "it is locked with a password"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "it is a link, and links are not followed"
    if member.file_size > BOMB_FROM and member.file_size > BOMB_RATIO * max(1, member.compress_size):
        return "it unpacks to more than 500 times its size"
    return None


def _unpacker(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], AbstractContextManager[BinaryIO]]:
    def unpacked() -> BinaryIO:
        spool = SpooledTemporaryFile(max_size=8 * BLOCK)  # noqa: SIM115 - whoever asked closes it
        with opened.open(member) as packed:
            while piece := packed.read(BLOCK):
                spool.write(piece)
                if spool.tell() > member.file_size:
                    raise Unread("it unpacks to more than it says")
        spool.seek(0)
        return cast(BinaryIO, spool)

    return unpacked


def member_names(stream: BinaryIO) -> list[str]:
    """The names in a ZIP, nothing unpacked."""
    with zipfile.ZipFile(stream) as opened:
        return opened.namelist()[:MOST_MEMBERS]
