"""A part of a run packed into bytes and read again, without any library: the web process reads single people.

Everything is little-endian and row after row, compressed by zlib: references by line, days as ordinal numbers in four
bytes, inputs as float64, contributions as float32 (seven digits, which is more than any page shows).
"""

import hashlib
import json
import struct
import zlib
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

LEVEL = 1
"""Of compression: beyond it most of a run's time goes into compressing."""

DAY, INPUT, CONTRIBUTION = 4, 8, 4
"""Bytes of one number of each kind."""

Closed = Mapping[str, Any]
"""Who is not scored: [code, sentence] by the place in the part, written as text."""


@dataclass(frozen=True)
class Part:
    """A part as it is stored: `people`, `days` and `inputs` compressed, `sha256` over all of it."""

    rows: int
    people: bytes
    days: bytes
    inputs: bytes
    closed: dict[str, list[str]]

    @property
    def sha256(self) -> str:
        """The digest of everything that was handed in for these people."""
        told = hashlib.sha256()
        closed = json.dumps(self.closed, sort_keys=True, separators=(",", ":")).encode()
        for piece in (self.people, self.days, self.inputs, closed):
            told.update(len(piece).to_bytes(8, "big"))
            told.update(piece)
        return told.hexdigest()


@dataclass(frozen=True)
class Unpacked:
    """A part open: references by place, days and inputs as bytes, row after row."""

    people: list[str]
    days: bytes
    inputs: bytes
    closed: Closed

    def day(self, place: int) -> date:
        """The day a person's facts are of."""
        return date.fromordinal(struct.unpack_from("<i", self.days, place * DAY)[0])

    def values(self, place: int, width: int) -> tuple[float, ...]:
        """What the model was given for a person, in the declared order."""
        return struct.unpack_from(f"<{width}d", self.inputs, place * width * INPUT)


def pack(people: Sequence[str], days: bytes, inputs: bytes, closed: dict[str, list[str]]) -> Part:
    """A part from references, days (int32) and inputs (float64) of as many people."""
    return Part(
        len(people),
        zlib.compress("\n".join(people).encode("ascii"), LEVEL),
        zlib.compress(days, LEVEL),
        zlib.compress(inputs, LEVEL),
        closed,
    )


def unpack(people: bytes, days: bytes, inputs: bytes, closed: Closed) -> Unpacked:
    """A stored part open."""
    opened = zlib.decompress(people).decode("ascii").split("\n")
    return Unpacked(opened, zlib.decompress(days), zlib.decompress(inputs), closed)


def pack_contributions(values: bytes) -> bytes:
    """Contributions (float32) of those who were scored."""
    return zlib.compress(values, LEVEL)


def contributions_at(opened: bytes, place: int, width: int) -> tuple[float, ...]:
    """What each input added for the person at a place among those who were scored; `opened` is decompressed."""
    return struct.unpack_from(f"<{width}f", opened, place * width * CONTRIBUTION)


def day_bytes(days: Iterable[date]) -> bytes:
    """Days as they are packed."""
    return array("i", [day.toordinal() for day in days]).tobytes()
