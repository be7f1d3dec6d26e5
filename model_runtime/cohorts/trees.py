"""A tree of hashes over the rows of a run, as in RFC 6962, and the proof that one row is in it (RFC 9162).

Leaves and nodes begin with another byte each, so that neither can be passed off as the other. A leaf also takes a salt
that is known for this row alone: whoever is shown the proof of one row can guess nothing about its neighbours.
"""

import hashlib
from collections.abc import Sequence

LEAF, NODE = b"\x00", b"\x01"
SALT_BYTES = 16


def salts_of(run_salt: bytes, number: int, rows: int) -> bytes:
    """The salts of a part's rows, one after the other: one of them says nothing about another or about the run's."""
    return hashlib.shake_256(run_salt + number.to_bytes(4, "big")).digest(SALT_BYTES * rows)


def leaf_of(salt: bytes, row: bytes) -> bytes:
    """The hash of one row."""
    return hashlib.sha256(LEAF + salt + row).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over leaves, or over the roots of parts that are all of one power of two but the last."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = _above(level)
    return level[0]


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from a leaf to the root, from below."""
    level, path = list(leaves), []
    while len(level) > 1:
        if (index ^ 1) < len(level):
            path.append(level[index ^ 1])
        level, index = _above(level), index >> 1
    return path


def includes(root: bytes, size: int, index: int, leaf: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path leads from a leaf at `index` to the root of a tree of `size` leaves (RFC 9162, 2.1.3.2).

    Index and size come from whoever checks, never from the proof; hashes to spare or too few are no proof.
    """
    if not 0 <= index < size or any(len(one) != 32 for one in (root, leaf, *path)):
        return False
    place, last, found = index, size - 1, leaf
    for beside in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = _node(beside, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = _node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def _above(level: list[bytes]) -> list[bytes]:
    paired = [_node(left, right) for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*paired, level[-1]] if len(level) % 2 else paired


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(NODE + left + right).digest()
