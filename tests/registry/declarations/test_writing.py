"""The file of a declaration: whatever was declared comes back from its YAML without loss, and short."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from foundation.errors import Invalid
from registry.declarations.reading import parse
from registry.declarations.values import read_any
from registry.declarations.writing import write_yaml

TEXTS = st.text(min_size=1, max_size=30) | st.sampled_from(
    ["yes", "null", "~", "1.0", "2026-11-30", "- a", "a: b", "'", '"', "#", "a\n\nb", "é\u2028ü", "0x1F", "1_000", "*a"]
)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**6), 10**6)
KINDS = ["scikit-learn", "point-score", "supplied", "elsewhere"]


def texts_in(value: Any, path: tuple = ()) -> list[tuple]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if isinstance(value, str | float | int) and not isinstance(value, bool) else []
    for name, one in inner:
        found += texts_in(one, (*path, name))
    return found


def put(data: Any, path: tuple, value: Any) -> None:
    for step in path[:-1]:
        data = data[step]
    data[path[-1]] = value


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_comes_back_from_its_file(kind: str, kinds) -> None:
    found = read_any(kinds[kind], "x")
    text = write_yaml(found.to_dict())
    assert read_any(parse(text.encode(), "x"), "x") == found
    assert "null" not in text
    assert text.startswith("schema: algocare/model/2\n")


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=25)
@given(st.sampled_from(KINDS), st.data())
def test_whatever_is_declared_comes_back_from_its_file(kinds, kind: str, drawn) -> None:
    data = deepcopy(kinds[kind])
    for path in drawn.draw(st.lists(st.sampled_from(texts_in(data)), min_size=1, max_size=6)):
        put(data, path, drawn.draw(TEXTS | NUMBERS))
    try:
        found = read_any(data, "x")
    except Invalid:
        assume(False)
    assert read_any(parse(write_yaml(found.to_dict()).encode(), "x"), "x").to_dict() == found.to_dict()
