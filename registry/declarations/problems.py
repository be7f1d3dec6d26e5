"""What is wrong with a declaration, in words and at its place: `version.bands[2].from: expected a number`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from registry.declarations.parts import CODE, DIGEST, LINK, NAME
from registry.declarations.versions import KIND_TITLES, KINDS

Problems = dict[str, str]

UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters and half characters: no database stores them, no page shows them."""

LAST_STEP = re.compile(r"(^|\.)[^.\[\]]*$|\[\d*\]$")
"""The last step of a place: `.name` or `[3]`."""

SENTENCES = {
    "missing": "this field is missing",
    "extra_forbidden": "the schema has no such field; check its spelling",
    "string_type": "expected text",
    "string_unicode": "expected text",
    "string_too_short": "this is empty",
    "string_too_long": "this is longer than {max_length} characters",
    "float_type": "expected a number",
    "float_parsing": "expected a number",
    "finite_number": "expected a number",
    "int_type": "expected a whole number",
    "int_parsing": "expected a whole number",
    "int_parsing_size": "this number is too large",
    "int_from_float": "expected a whole number",
    "bool_type": "expected yes or no",
    "bool_parsing": "expected yes or no",
    "date_type": "expected a day, as in 2026-11-30",
    "date_parsing": "expected a day, as in 2026-11-30",
    "date_from_datetime_parsing": "expected a day, as in 2026-11-30",
    "date_from_datetime_inexact": "expected a day without a time, as in 2026-11-30",
    "list_type": "expected a list",
    "tuple_type": "expected a list of two numbers",
    "dict_type": "expected fields with their values",
    "model_type": "expected fields with their values",
    "model_attributes_type": "expected fields with their values",
    "literal_error": "expected {expected}",
    "union_tag_not_found": "this field is missing",
    "union_tag_invalid": "expected {expected_tags}",
    "too_short": "give at least {min_length}",
    "too_long": "give at most {max_length}",
    "greater_than": "this must be more than {gt:g}",
    "greater_than_equal": "this must be {ge:g} or more",
    "less_than_equal": "this must be {le:g} or less",
}
"""How the most frequent mistakes read; the others keep the words of the checking library."""

PATTERNS = {
    CODE: "use small letters, digits and hyphens, as in return-to-custody",
    NAME: "use letters, digits and underscores, as in earlier_convictions",
    DIGEST: "expected a SHA-256, 64 digits from 0 to f",
    LINK: "expected an address that begins with https://",
}
"""How a code, a column's name, a digest and an address are written."""


def place_of(error: ErrorDetails) -> str:
    """Where a problem stands, with positions counted from 1: `uses[1].ages.minimum`."""
    location = error["loc"]
    if location[:1] == ("version",):  # the checking library names the kind it chose; the file does not
        location = location[:1] + location[2:] if location[1:2] and location[1] in KINDS else location
        if error["type"].startswith("union_tag"):
            location = ("version", "kind")
    return as_place(location)


def as_place(location: tuple[int | str, ...]) -> str:
    """A place from its steps; the whole file is called `declaration`."""
    steps = [part for part in location if part != "[key]"]  # said of a name in a mapping, not of its value
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in steps)
    return text.lstrip(".").removeprefix("schema_") or "declaration"


def parent_of(place: str) -> str:
    """The place that a place stands in; empty at the top."""
    return LAST_STEP.sub("", place)


def sentence_of(error: ErrorDetails, data: Mapping[str, Any]) -> str:
    """What is wrong, for a person. `data` is the file, to say of a foreign field which kind of model has it."""
    if error["type"] == "string_pattern_mismatch":
        return PATTERNS[error["ctx"]["pattern"]]
    if error["type"] == "extra_forbidden" and (foreign := _foreign(error["loc"], data)):
        return foreign
    words = SENTENCES.get(error["type"], error["msg"].removeprefix("Value error, "))
    return words.format(**error["ctx"]) if error["type"] in SENTENCES and "ctx" in error else words


def _foreign(location: tuple[int | str, ...], data: Mapping[str, Any]) -> str:
    if len(location) == 1 and "elsewhere" in data and location[0] in ("model", "version", "uses", "watch"):
        return "a file about a model elsewhere has only schema and elsewhere"
    if len(location) != 3 or location[0] != "version" or location[1] not in KINDS:
        return ""
    owners = [KIND_TITLES[kind] for kind, version in KINDS.items() if location[2] in version.model_fields]
    return f"only {' and '.join(owners)} has this, and this is {KIND_TITLES[str(location[1])]}" if owners else ""


def find_unprintable(value: Any) -> Iterator[str]:
    """The places of texts that hold a character nobody can print."""
    yield from (as_place(at) for at in _unprintable(value))


def _unprintable(value: Any, at: tuple[int | str, ...] = ()) -> Iterator[tuple[int | str, ...]]:
    if isinstance(value, str) and UNPRINTABLE.search(value):
        yield at
    elif isinstance(value, list):
        for position, one in enumerate(value):
            yield from _unprintable(one, (*at, position))
    elif isinstance(value, dict):
        for name, one in value.items():
            if UNPRINTABLE.search(name):
                yield (*at, ascii(name))
            else:
                yield from _unprintable(one, (*at, name))
