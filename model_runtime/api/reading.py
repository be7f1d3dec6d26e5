"""Reading what a program sent: strict JSON, then a strict schema. Nothing is guessed, turned or left out (R01)."""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from foundation.errors import Invalid

DEEPEST = 8
"""How deep lists and objects may lie in each other; no call needs more than four."""

LONGEST_NUMBER = 32
LONGEST_SHOWN = 80

M = TypeVar("M", bound=BaseModel)


class BadInput(Invalid):
    """What was sent is not as the description says: `problems` holds a sentence and `rules` a rule for each field."""

    code = "bad_input"

    def __init__(self, problems: Mapping[str, tuple[str, str]]) -> None:
        field, (_, sentence) = next(iter(problems.items()))
        said = f"{field}: {sentence}" if field else sentence
        super().__init__(said, problems={name: text for name, (_, text) in problems.items()})
        self.rules = {name: rule for name, (rule, _) in problems.items()}


def refuse(field: str, rule: str, sentence: str) -> NoReturn:
    """Refuse one field by one rule."""
    raise BadInput({field: (rule, sentence)})


def read_json(content: bytes) -> Any:
    """The JSON value in some bytes.

    Refused, with the rule: what is not UTF-8 JSON (not_json), a field twice (doubled_field), NaN, infinity or a number
    beyond what a computer holds (not_finite), what lies too deep (too_deep), and text that no database keeps
    (not_text).
    """
    try:
        text = content.decode("utf-8")
        found = json.loads(text, object_pairs_hook=_object, parse_int=_whole)
    except RecursionError:
        refuse("", "too_deep", f"Lists and objects lie in each other at most {DEEPEST} deep.")
    except ValueError:  # also what is not UTF-8
        refuse("", "not_json", "The body is not JSON in UTF-8.")
    _check(found, "", 1)
    return found


def read_body(content: bytes, schema: type[M]) -> M:
    """A body of the schema; every field that is not as it says is refused with its rule."""
    found = read_json(content)
    if not isinstance(found, dict):
        refuse("", "not_an_object", "The body is one JSON object.")
    return check_schema(schema, found)


def read_query(pairs: list[tuple[str, str]], schema: type[M]) -> M:
    """The parameters after the question mark, each at most once."""
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            refuse(name[:LONGEST_SHOWN], "doubled_field", "It is given twice.")
    _check(dict(pairs), "", 1)
    return check_schema(schema, dict(pairs), lax=True)


def check_schema(schema: type[M], found: Mapping[str, Any], *, lax: bool = False) -> M:
    """The value under its schema; `lax` reads numbers from text, as an address holds them."""
    try:
        return schema.model_validate(found, strict=False if lax else None)
    except ValidationError as error:
        raise BadInput(_problems(error)) from None


def _problems(error: ValidationError) -> dict[str, tuple[str, str]]:
    """Each field once; what was sent is never said again, for it may be about a person."""
    problems: dict[str, tuple[str, str]] = {}
    for one in error.errors(include_url=False, include_context=False, include_input=False):
        place = ".".join(str(part)[:LONGEST_SHOWN] for part in one["loc"])
        problems.setdefault(place, (one["type"], f"{one['msg']}."))
    return problems


class _Doubled:
    """Stands where a field was given twice, until the field's place is known."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        found[name] = _Doubled() if name in found else value
    return found


def _whole(text: str) -> int | float:
    return int(text) if len(text) <= LONGEST_NUMBER else math.inf


def _check(value: Any, field: str, depth: int) -> None:
    if depth > DEEPEST:
        refuse("", "too_deep", f"Lists and objects lie in each other at most {DEEPEST} deep.")
    if isinstance(value, _Doubled):
        refuse(field, "doubled_field", "The field is there twice.")
    if isinstance(value, float) and not math.isfinite(value):
        refuse(field, "not_finite", "This is not a number, or beyond what a number can be.")
    if isinstance(value, str) and not _is_text(value):
        refuse(field, "not_text", "It holds characters that are not text.")
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, child in children:
        _check(name, field, depth)
        _check(child, f"{field}.{_shown(str(name))}".lstrip("."), depth + 1)


def _is_text(value: str) -> bool:
    """Whether both databases keep it: no half of a pair, and no control characters but those of lines."""
    return not any((code < 32 and code not in (9, 10, 13)) or 0xD800 <= code <= 0xDFFF for code in map(ord, value))


def _shown(name: str) -> str:
    """The name of a field as it may be said: short, and text."""
    return name[:LONGEST_SHOWN] if _is_text(name[:LONGEST_SHOWN]) else "?"
