"""What a ledger entry is made of: canonical bytes and the hashes that chain them (R20)."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

START = "0" * 64
"""The chain hash before the first entry."""

FORMAT = 1
"""The version of the entry's layout, written into every entry."""


def canonical_bytes(value: Any) -> bytes:
    """JSON with sorted keys, no spaces, UTF-8; the very bytes that are hashed and stored.

    Fractions are refused: two programs may write one number in two ways. They go in as text.
    """
    _refuse_fractions(value)
    return _encode(value)


def _encode(value: Any) -> bytes:
    return ENCODER.encode(value).encode()


ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _refuse_fractions(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("A ledger entry holds no fractions; write them as text.")
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    for child in children:
        _refuse_fractions(child)


def without_fractions(value: Any) -> Any:
    """The same value with every fraction written as text, exactly, so that it can be hashed."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, dict):
        return {key: one if type(one) in WHOLE else without_fractions(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [one if type(one) in WHOLE else without_fractions(one) for one in value]
    return value


WHOLE = frozenset({str, int, bool, type(None)})
"""Kinds of values that hold no fraction: most of what there is."""


def content_digest(value: Any) -> str:
    """SHA-256 of a value's canonical bytes, fractions written as text."""
    return digest(exact_bytes(value))


def exact_bytes(value: Any) -> bytes:
    """A value's canonical bytes, fractions written as text."""
    return _encode(without_fractions(value))


def digest(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def chain(previous: str, entry_hash: str) -> str:
    """The chain hash after an entry: SHA-256 of the 32 bytes before it and the entry's own 32 bytes."""
    return digest(bytes.fromhex(previous) + bytes.fromhex(entry_hash))


@dataclass(frozen=True)
class Verification:
    """What a check of the whole ledger found: `faults` is empty when every byte is as it was written."""

    entries: int
    waiting: int
    head: str
    faults: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether nothing was changed, removed or moved."""
        return not self.faults
