"""Scores that are added up from points, declared in full in the file: rules, weights, and what they can come to.

No artefact, no library: a point score is this table, and anybody can check a score with a pencil.
"""

import itertools
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import Field, PlainValidator, ValidationInfo, WithJsonSchema, field_validator, model_validator

from registry.declarations.parts import FeaturePart, Name, Number, Part, Sentence, wrong

CONDITIONS = ("at_least", "at_most", "equals", "is_")
"""The ways a rule can ask about its input, by field."""


def _number_or_name(value: Any) -> float | str | None:
    if isinstance(value, str):
        value = " ".join(value.split())
    if value is None or (isinstance(value, str) and 0 < len(value) <= 200 and not _is_number(value)):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str) or not _is_number(value):
        raise ValueError("expected a number, or one of the listed values")
    return float(value)


def _is_number(value: Any) -> bool:
    try:
        return math.isfinite(float(value))
    except (ValueError, OverflowError):
        return False


Equal = Annotated[
    float | str | None,
    PlainValidator(_number_or_name),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "minLength": 1, "maxLength": 200}]}),
]
"""A number, or the name of a category."""


class RulePart(Part):
    """Points for an input that is at least, at most or equal to something, or a yes or a no.

    Of the rules of one input that say `only_highest`, the one with the most points counts and the others do not.
    """

    feature: Name
    at_least: Number | None = None
    at_most: Number | None = None
    equals: Equal = None
    is_: bool | None = Field(default=None, alias="is")
    points: Number
    reason: Sentence
    only_highest: bool = False

    @model_validator(mode="after")
    def _asks_one_thing(self) -> "RulePart":
        if sum(getattr(self, name) is not None for name in CONDITIONS) != 1:
            raise ValueError("give exactly one of at_least, at_most, equals and is")
        return self

    def holds(self, value: float, categories: Mapping[str, float]) -> bool:
        """Whether the rule's input, encoded as a number, meets the condition."""
        if self.at_least is not None:
            return value >= self.at_least
        if self.at_most is not None:
            return value <= self.at_most
        if self.is_ is not None:
            return value == float(self.is_)
        return value == _encoded(self.equals, categories)


def _encoded(wanted: float | str | None, categories: Mapping[str, float]) -> float | None:
    named = f"{wanted:g}" if isinstance(wanted, float) else wanted
    if named in categories:
        return categories[str(named)]
    return wanted if isinstance(wanted, float) else None


class PointsPart(Part):
    """The whole score: points by rules, and weights for inputs that count in proportion; both may stand."""

    rules: list[RulePart] = []
    weights: dict[Name, Number] = {}
    constant: Number = 0

    @field_validator("rules")
    @classmethod
    def _ladders_are_whole(cls, value: list[RulePart]) -> list[RulePart]:
        ladders = {rule.feature for rule in value if rule.only_highest}
        said = "another rule of this input says only_highest: say it at all of them or at none"
        wrong(
            *(((at, "only_highest"), said) for at, r in enumerate(value) if r.feature in ladders and not r.only_highest)
        )
        return value

    @model_validator(mode="after")
    def _gives_points(self) -> "PointsPart":
        if not self.rules and not self.weights:
            raise ValueError("give rules, weights or both")
        return self

    def of(self, feature: FeaturePart, value: float) -> float:
        """The points that one input brings, given its value encoded as a number."""
        return self.of_input(feature.name, value, feature.categories)

    def of_input(self, name: str, value: float, categories: Mapping[str, float] | None = None) -> float:
        """The same by the input's name; `categories` are needed where a rule names one."""
        return self._by_rules(name, value, categories or {}) + self.weights.get(name, 0) * value

    def encoded(self, features: Sequence[FeaturePart]) -> "PointsPart":
        """The same points with the number of each category in place of its name: they can stand alone (R03)."""
        known = {feature.name: feature.categories for feature in features}
        rules = [
            rule
            if rule.equals is None
            else rule.model_copy(update={"equals": _encoded(rule.equals, known[rule.feature])})
            for rule in self.rules
        ]
        return self.model_copy(update={"rules": rules})

    def _by_rules(self, name: str, value: float, categories: Mapping[str, float]) -> float:
        met = [rule for rule in self.rules if rule.feature == name and rule.holds(value, categories)]
        ladder = [rule.points for rule in met if rule.only_highest]
        return sum(rule.points for rule in met if not rule.only_highest) + max(ladder, default=0)


def add_up(points: PointsPart, features: Sequence[FeaturePart], values: Mapping[str, float]) -> float:
    """The score of somebody: `values` holds every input by name, encoded as numbers (yes is 1, no is 0)."""
    return points.constant + sum(points.of(feature, values[feature.name]) for feature in features)


def find_reach(points: PointsPart, features: Sequence[FeaturePart]) -> tuple[float, float]:
    """The lowest and the highest total that the declared ranges of the inputs allow."""
    reaches = [list(_contributions(points, feature)) for feature in features]
    # Summed as scores are, rounded once: so no score lies beyond what this says, not even by its last digit.
    return math.fsum((points.constant, *map(min, reaches))), math.fsum((points.constant, *map(max, reaches)))


def _contributions(points: PointsPart, feature: FeaturePart) -> Iterator[float]:
    if feature.range is None:
        values = [0.0, 1.0] if feature.type == "yes_no" else list(feature.categories.values())
        yield from (points.of(feature, value) for value in values)
        return
    low, high = feature.range
    edges = [edge for rule in points.rules if rule.feature == feature.name for edge in _edges(rule)]
    if feature.type == "integer":
        near = {math.floor(edge) + step for edge in edges for step in (-1, 0, 1)} | {math.ceil(low), math.floor(high)}
        yield from (points.of(feature, float(value)) for value in near if low <= value <= high)
        return
    stops = sorted({low, high, *(edge for edge in edges if low <= edge <= high)})
    yield from (points.of(feature, stop) for stop in stops)
    weight = points.weights.get(feature.name, 0)
    for one, other in itertools.pairwise(stops):  # between two stops only the weight moves the points
        middle = (one + other) / 2
        yield from (points.of(feature, middle) + weight * (end - middle) for end in (one, other))


def _edges(rule: RulePart) -> list[float]:
    return [edge for edge in (rule.at_least, rule.at_most, rule.equals) if isinstance(edge, float)]


def check_points(points: PointsPart, features: Sequence[FeaturePart]) -> None:
    """Refuse rules and weights that do not fit the inputs: unknown names, wrong questions, inputs without points."""
    known = {feature.name: feature for feature in features}
    problems: list[tuple[tuple[str | int, ...], str]] = []
    for at, rule in enumerate(points.rules):
        said = _misfit(rule, known[rule.feature]) if rule.feature in known else _unknown(rule.feature)
        problems += [(("rules", at, *step), sentence) for step, sentence in said]
    problems += [(("weights", name), f"there is no input {name}") for name in points.weights if name not in known]
    used = {rule.feature for rule in points.rules} | set(points.weights)
    unused = ", ".join(name for name in known if name not in used)
    if unused:
        problems.append(((), f"no rule and no weight gives points for {unused}; take the input out or give it points"))
    wrong(*problems)


def _unknown(name: str) -> list[tuple[tuple[str, ...], str]]:
    return [(("feature",), f"there is no input {name}")]


def _misfit(rule: RulePart, feature: FeaturePart) -> list[tuple[tuple[str, ...], str]]:
    asked = next(name for name in CONDITIONS if getattr(rule, name) is not None)
    word = asked.removesuffix("_")
    if (word == "is") != (feature.type == "yes_no"):
        return [((word,), f"{feature.name} is a yes or no: ask with is" if word != "is" else _no_yes(feature))]
    if feature.type == "category":
        if asked != "equals" or not _is_listed(rule.equals, feature.categories):
            return [((word,), f"ask with equals for one of {', '.join(feature.categories)}")]
    elif feature.range is not None and not _inside(getattr(rule, asked), feature.range):
        return [((word,), f"this lies outside the range of {feature.name}, {_range(feature.range)}")]
    return []


def _no_yes(feature: FeaturePart) -> str:
    return f"{feature.name} is not a yes or no: ask with at_least, at_most or equals"


def _is_listed(wanted: float | str | None, categories: Mapping[str, float]) -> bool:
    return _encoded(wanted, categories) in categories.values()


def _inside(value: float | str, limits: tuple[float, float]) -> bool:
    return isinstance(value, float) and limits[0] <= value <= limits[1]


def _range(limits: tuple[float, float]) -> str:
    return f"{limits[0]:g} to {limits[1]:g}"


def check_against_features(points: PointsPart, info: ValidationInfo) -> PointsPart:
    """`check_points` for a field of a version whose inputs were read before it."""
    if "features" in info.data:
        check_points(points, info.data["features"])
    return points


def part_bytes(part: Mapping[str, Any]) -> bytes:
    """A part of a declaration as the file that is stored and hashed for it: JSON, sorted keys, no spaces, UTF-8."""
    text = json.dumps(part, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()
