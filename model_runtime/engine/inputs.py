"""One person's inputs as they were entered, checked against the declaration before anything is scored.

Nothing is turned into a number that is not one already, and nothing is filled in: a value that is missing, or not as
declared, is refused and there is no score.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from foundation.errors import Invalid

EXACT_WHOLE = 2**53
NAME_SHOWN = 80


class Feature(Protocol):
    """What a declared feature has to offer.

    `type` is integer, number, yes_no or category; `low` and `high` are the inclusive range, either may be None.
    `categories` are the numbers the model was fitted with, or a mapping (or pairs) of a code to such a number.
    """

    @property
    def name(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...
    @property
    def categories(self) -> Mapping[Any, Any] | Sequence[Any] | None: ...


class InputRefused(Invalid):
    """A row that cannot be scored: code, field and sentence of its first problem; `problems` holds all of them."""

    def __init__(self, code: str, field: str, sentence: str, problems: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence, problems=problems or {field: sentence}, code=code)
        self.field = field


def check_row(features: Iterable[Feature], row: Mapping[str, Any]) -> dict[str, float]:
    """The row as numbers, by feature name in the declared order.

    Raises InputRefused with the code missing_value, unknown_field, not_a_number (text, nested, true for a number,
    NaN, infinity, minus nought), not_whole, out_of_range, unseen_category or category_not_encoded (the declaration
    gives no number for a category).
    """
    if not isinstance(row, Mapping):
        raise InputRefused("not_a_number", "", "The inputs have to be one value for each feature by name.")
    declared = list(features)
    numbers: dict[str, float] = {}
    refusals: list[InputRefused] = []
    for feature in declared:
        try:
            numbers[feature.name] = _number(feature, row.get(feature.name))
        except InputRefused as refusal:
            refusals.append(refusal)
    names = {feature.name for feature in declared}
    refusals += [_unknown(name) for name in row if name not in names]
    if refusals:
        _refuse_all(refusals)
    return numbers


def _number(feature: Feature, value: Any) -> float:
    if value is None:
        raise _refusal("missing_value", feature, "is missing")
    if feature.type == "category":
        return _category(feature, value)
    if feature.type == "yes_no":
        return _yes_no(feature, value)
    if type(value) not in (int, float) or (type(value) is float and not math.isfinite(value)):
        raise _refusal("not_a_number", feature, "must be a number")
    if value == 0 and math.copysign(1, value) < 0:
        # equal to nought and not the same bits: nobody can enter it, and what computed it went wrong
        raise _refusal("not_a_number", feature, "must be a number, not minus nought")
    if feature.type == "integer" and type(value) is float and not value.is_integer():
        raise _refusal("not_whole", feature, "must be a whole number")
    return _within(feature, value)


def _within(feature: Feature, value: int | float) -> float:
    too_low = feature.low is not None and value < feature.low
    too_high = feature.high is not None and value > feature.high
    # beyond 2^53 a whole number changes when it becomes a float
    if too_low or too_high or (type(value) is int and abs(value) > EXACT_WHOLE):
        raise _refusal("out_of_range", feature, f"must be {_range(feature)}")
    return float(value)


def _range(feature: Feature) -> str:
    if feature.low is not None and feature.high is not None:
        return f"from {feature.low:,.15g} to {feature.high:,.15g}"
    if feature.low is not None:
        return f"{feature.low:,.15g} or more"
    return f"{feature.high:,.15g} or less" if feature.high is not None else "a smaller number"


def _yes_no(feature: Feature, value: Any) -> float:
    if type(value) not in (bool, int):
        raise _refusal("not_a_number", feature, "must be yes or no")
    if value not in (0, 1):
        raise _refusal("out_of_range", feature, "must be yes or no")
    return float(value)


def _category(feature: Feature, value: Any) -> float:
    """The number of a category; codes are compared as they are, without folding case or accents."""
    if type(value) not in (str, int, float):
        raise _refusal("unseen_category", feature, "must be one of the declared categories")
    for code, number in _encoded(feature):
        if type(code) is type(value) and code == value:
            return float(number)
    raise _refusal("unseen_category", feature, "must be one of the declared categories")


def _encoded(feature: Feature) -> list[tuple[Any, int | float]]:
    found = feature.categories or ()
    pairs = found.items() if isinstance(found, Mapping) else [_pair(item) for item in found]
    if not all(type(number) in (int, float) and math.isfinite(number) for _, number in pairs):
        raise _refusal("category_not_encoded", feature, "cannot be used: its categories have no numbers")
    return list(pairs)


def _pair(item: Any) -> tuple[Any, Any]:
    if isinstance(item, (tuple, list)) and len(item) == 2:
        return item[0], item[1]
    return item, item


def _refusal(code: str, feature: Feature, what: str) -> InputRefused:
    return InputRefused(code, feature.name, f"{feature.meaning} {what}.")


def _unknown(name: Any) -> InputRefused:
    shown = str(name)[:NAME_SHOWN]
    return InputRefused("unknown_field", shown, f"{shown!r} is not an input of this model.")


def _refuse_all(refusals: list[InputRefused]) -> None:
    first = refusals[0]
    problems = {refusal.field: refusal.sentence for refusal in refusals}
    raise InputRefused(first.code, first.field, first.sentence, problems)
