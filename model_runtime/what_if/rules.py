"""Rules of trying other values: who may, and what somebody may type."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from foundation.errors import Invalid, Refused
from model_runtime.engine.inputs import InputRefused, check_row
from model_runtime.gate.values import MEANWHILE
from model_runtime.scores.reading import Seen
from model_runtime.what_if.values import Input
from registry.models.tables import Feature

WHOLE, NUMBER = re.compile(r"-?[0-9]{1,15}"), re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
YES_NO = {"yes": 1, "no": 0}


def check_allowed(seen: Seen) -> None:
    """Refuse (what_if_closed) a use for which the committee has not allowed it, and readers of the band alone (R39)."""
    if not seen.safeguards.what_if or seen.shows != "reasons":
        raise Refused(
            "Other values cannot be tried for this use: the ethics committee has not allowed it.",
            code="what_if_closed",
            what_next=["The chair of the committee can allow it, with a reason.", MEANWHILE],
        )


def read_typed(inputs: Sequence[Input], typed: Mapping[str, str]) -> dict[str, Any]:
    """The values that differ from what is recorded, by name. What is no value of its type is refused at its field."""
    changed: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for one in inputs:
        text = typed.get(one.name, "").strip()
        try:
            value = _value(one, text)
        except ValueError as error:
            problems[one.name] = f"{one.meaning}: {error}"
            continue
        if value != one.recorded:
            changed[one.name] = value
    if problems:
        raise Invalid("Nothing was tried.", problems=problems)
    if not changed:
        raise Invalid("Nothing was tried.", problems={inputs[0].name: "Change at least one value"})
    return changed


def check_values(features: Sequence[Feature], values: Mapping[str, Any]) -> dict[str, float]:
    """The row that the model takes; a value out of its range is refused at its field."""
    try:
        return check_row(features, values)
    except InputRefused as refusal:
        raise Invalid("Nothing was tried.", problems=refusal.problems) from None


def _value(one: Input, text: str) -> Any:
    if one.type == "yes_no":
        if text not in YES_NO:
            raise ValueError("say yes or no")
        return YES_NO[text]
    if one.type == "category":
        if text not in one.choices:
            raise ValueError("choose one of the list")
        return text
    whole = one.type == "integer"
    if not (WHOLE if whole else NUMBER).fullmatch(text):
        raise ValueError("write a whole number" if whole else "write a number, with a point if it needs one")
    return int(text) if whole else float(text)
