"""The base of every entry of the register: an immutable value that checks itself and says which field is wrong."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from foundation.errors import Invalid

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]{1,11}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)]
Days = Annotated[int, Field(ge=1, le=3660)]

SENTENCES = {
    "missing": "this is missing",
    "string_too_short": "this is empty",
    "string_too_long": "this is longer than {max_length} characters",
    "int_parsing": "expected a whole number",
    "int_type": "expected a whole number",
    "greater_than_equal": "this must be {ge} or more",
    "less_than_equal": "this must be {le} or less",
    "enum": "expected {expected}",
    "literal_error": "expected {expected}",
    "date_from_datetime_parsing": "expected a day such as 2026-11-30",
    "date_parsing": "expected a day such as 2026-11-30",
    "date_type": "expected a day such as 2026-11-30",
    "extra_forbidden": "there is no such field",
}
"""How the most frequent mistakes read."""

PATTERNS = {
    "[A-Z]": "use two to twelve capital letters and digits, as in BCC",
    "[a-z0-9]": "use small letters, digits and hyphens, as in early-help-2026",
    "https": "use an address that begins with https://",
}
"""How a text of the wrong shape reads, by what its pattern begins with."""


class Entry(BaseModel):
    """One thing of the register. An ended entry stays readable; nothing rests on it from `ended_on` on."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    ended_on: date | None = None
    ended_reason: Note = ""

    def stands(self, day: date) -> bool:
        """Whether the entry had not ended by a day; the day it ends on is no longer one of its days."""
        return self.ended_on is None or day < self.ended_on

    def plain(self) -> dict[str, Any]:
        """The entry as plain values, as it is stored."""
        return self.model_dump(mode="json")


E = TypeVar("E", bound=Entry)


def read_entry(kind: type[E], values: Mapping[str, Any]) -> E:
    """An entry from plain values; every problem is named by its field."""
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        problems = {_place(one["loc"]): sentence_of(one) for one in error.errors()}
    listed = "; ".join(f"{place}: {sentence}" for place, sentence in problems.items())
    raise Invalid(f"This cannot be kept. {listed}.", problems=problems, code="entry_invalid")


def sentence_of(error: Mapping[str, Any]) -> str:
    """A checking library's error as a person reads it."""
    if error["type"] == "string_pattern_mismatch":
        pattern = error["ctx"]["pattern"].lstrip("^(")
        return next((words for begins, words in PATTERNS.items() if pattern.startswith(begins)), str(error["msg"]))
    words = SENTENCES.get(error["type"])
    return words.format(**error.get("ctx", {})) if words else str(error["msg"]).removeprefix("Value error, ")


def _place(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else "entry"
