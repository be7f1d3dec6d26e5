"""Frames between the client and its child: JSON for messages, one binary frame for the artefact.

A frame is an eight-byte header (four letters for the kind, four bytes for the length, big-endian) and the body.
Nothing is ever unpickled: inference servers that did so were taken over through it.
"""

import json
import math
import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, NoReturn

HEADER = struct.Struct(">4sI")
JSON_FRAME = b"JSON"
BLOB_FRAME = b"BLOB"
MIB = 1 << 20
LARGEST_BODY = {JSON_FRAME: 8 * MIB, BLOB_FRAME: 64 * MIB}


class MessageRefused(ValueError):
    """A frame that is too large, of an unknown kind, or whose JSON is not acceptable."""


def encode_message(message: Mapping[str, Any]) -> bytes:
    """One JSON frame; NaN and infinity are refused."""
    try:
        body = json.dumps(message, allow_nan=False, separators=(",", ":")).encode("ascii")
    except ValueError as error:
        raise MessageRefused("A message may hold only finite numbers.") from error
    return _frame(JSON_FRAME, body)


def encode_blob(data: bytes) -> bytes:
    """One binary frame."""
    return _frame(BLOB_FRAME, data)


def parse_header(header: bytes) -> tuple[bytes, int]:
    """Kind and length of the body to come, refused before a byte of the body is read."""
    kind, length = HEADER.unpack(header)
    if kind not in LARGEST_BODY:
        raise MessageRefused("The frame is of an unknown kind.")
    if length > LARGEST_BODY[kind]:
        raise MessageRefused("The frame is larger than allowed.")
    return kind, length


def parse_message(body: bytes) -> dict[str, Any]:
    """The JSON object in a body; duplicate keys, NaN, infinity and numbers beyond a float are refused."""
    try:
        message = json.loads(
            body, object_pairs_hook=refuse_duplicates, parse_constant=_refuse_constant, parse_float=_finite
        )
    except (ValueError, RecursionError) as error:
        raise MessageRefused("The message is not acceptable JSON.") from error
    if not isinstance(message, dict):
        raise MessageRefused("The message is not a JSON object.")
    return message


def read_frame(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    """Kind and body of the next frame of a blocking stream; None when the other side has closed it."""
    header = stream.read(HEADER.size)
    if not header:
        return None
    kind, length = parse_header(_whole(header, HEADER.size))
    return kind, _whole(stream.read(length), length)


def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The object of these pairs: a key that comes twice would be read differently by two readers."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise MessageRefused("A key comes twice in one object.")
    return found


def _frame(kind: bytes, body: bytes) -> bytes:
    if len(body) > LARGEST_BODY[kind]:
        raise MessageRefused("The frame is larger than allowed.")
    return HEADER.pack(kind, len(body)) + body


def _whole(part: bytes, length: int) -> bytes:
    if len(part) != length:
        raise MessageRefused("The frame ends early.")
    return part


def _refuse_constant(name: str) -> NoReturn:
    raise MessageRefused(f"{name} is not a number.")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise MessageRefused("A number is too large.")
    return number
