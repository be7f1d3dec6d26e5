"""Frames: bounded, finite, unambiguous."""

import contextlib
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model_runtime.engine import messages
from model_runtime.engine.messages import MessageRefused

NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=40)
@given(st.dictionaries(st.text(), VALUES), st.binary())
def test_what_is_sent_arrives(message, blob):
    stream = io.BytesIO(messages.encode_message(message) + messages.encode_blob(blob))
    kind, body = messages.read_frame(stream)
    assert kind == b"JSON"
    assert messages.parse_message(body) == message
    assert messages.read_frame(stream) == (b"BLOB", blob)
    assert messages.read_frame(stream) is None


@given(st.binary())
def test_any_other_bytes_are_refused_or_an_object(body):
    with contextlib.suppress(MessageRefused):
        assert isinstance(messages.parse_message(body), dict)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"[1]",
        b"1",
        b"",
        b"[" * 200_000,
        b'{"a": ' + b"9" * 5_000 + b"}",
    ],
)
def test_json_that_two_readers_would_read_differently_is_refused(body):
    with pytest.raises(MessageRefused):
        messages.parse_message(body)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_not_sent(number):
    with pytest.raises(MessageRefused):
        messages.encode_message({"a": number})


@pytest.mark.parametrize(("kind", "most"), [(b"JSON", 8 << 20), (b"BLOB", 64 << 20)])
def test_a_frame_above_the_limit_is_refused_by_its_header(kind, most):
    assert messages.parse_header(messages.HEADER.pack(kind, most)) == (kind, most)
    with pytest.raises(MessageRefused):
        messages.parse_header(messages.HEADER.pack(kind, most + 1))


def test_an_unknown_kind_and_a_frame_that_ends_early_are_refused():
    with pytest.raises(MessageRefused):
        messages.parse_header(messages.HEADER.pack(b"PICK", 1))
    whole = messages.encode_message({"a": 1})
    for end in (3, len(whole) - 1):
        with pytest.raises(MessageRefused):
            messages.read_frame(io.BytesIO(whole[:end]))
