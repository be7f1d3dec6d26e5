"""The tree over a run, held against a plain reading of RFC 6962 and RFC 9162."""

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st

from model_runtime.cohorts.trees import includes, leaf_of, path_of, root_of, salts_of


def plain_root(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1, as it is written there."""
    if len(leaves) == 1:
        return leaves[0]
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return hashlib.sha256(b"\x01" + plain_root(leaves[:half]) + plain_root(leaves[half:])).digest()


@settings(max_examples=60, deadline=None)
@given(size=st.integers(1, 140), data=st.data())
def test_every_leaf_is_proved_and_nothing_else(size: int, data: st.DataObject) -> None:
    """R20: root as in RFC 6962; a path proves one leaf at one place in a tree of one size."""
    leaves = [leaf_of(b"salt", str(number).encode()) for number in range(size)]
    root, index = root_of(leaves), data.draw(st.integers(0, size - 1))
    path = path_of(leaves, index)
    assert root == plain_root(leaves)
    assert includes(root, size, index, leaves[index], path)
    assert not includes(root, size, index, leaf_of(b"salt", b"other"), path)
    assert not includes(root, size, index, leaves[index], [*path, b"\0" * 32])
    assert not includes(root, size, size, leaves[index], path)
    if path:
        assert not includes(root, size, index, leaves[index], path[:-1])
        assert not includes(root, size, (index + 1) % size, leaves[index], path)


@settings(max_examples=30, deadline=None)
@given(size=st.integers(1, 200), part=st.sampled_from([1, 2, 16, 64]))
def test_the_trees_of_parts_are_branches_of_the_whole(size: int, part: int) -> None:
    """R20: parts of a power of two give the root and the paths of the whole tree, without the whole tree."""
    leaves = [leaf_of(b"salt", str(number).encode()) for number in range(size)]
    parts = [leaves[start : start + part] for start in range(0, size, part)]
    roots = [root_of(one) for one in parts]
    assert root_of(roots) == root_of(leaves)
    index = size // 2
    path = path_of(parts[index // part], index % part) + path_of(roots, index // part)
    assert includes(root_of(leaves), size, index, leaves[index], path)


def test_salts_are_each_persons_own() -> None:
    """R20: the salts of a part differ, and those of another part or run too."""
    one = salts_of(b"a", 0, 100)
    assert len({one[place * 16 : place * 16 + 16] for place in range(100)}) == 100
    assert len({one, salts_of(b"a", 1, 100), salts_of(b"b", 0, 100)}) == 3
