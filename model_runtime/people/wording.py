"""Facts in words that people read."""

from collections.abc import Iterable, Sequence
from typing import Any

from model_runtime.people.tables import Fact
from model_runtime.people.values import FactLine
from registry.models.tables import Feature


def value_in_words(kind: str, value: Any) -> str:
    """A value as people read it, by the type of its feature: yes, no, 1,240 or 0.5."""
    if kind == "yes_no" and value in (0, 1):
        return "yes" if value else "no"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


def describe(facts: Iterable[Fact], features: Sequence[Feature]) -> list[FactLine]:
    """Facts with what they mean, in the order of the features; those no model knows come last, by name."""
    meant = {feature.name: feature for feature in reversed(features)}
    order = {feature.name: place for place, feature in reversed(list(enumerate(features)))}
    ordered = sorted(facts, key=lambda fact: (order.get(fact.name, len(order)), fact.name))
    return [_line(fact, meant.get(fact.name)) for fact in ordered]


def _line(fact: Fact, feature: Feature | None) -> FactLine:
    return FactLine(
        meaning=feature.meaning if feature else fact.name.replace("_", " ").capitalize(),
        value=value_in_words(feature.type if feature else "", fact.value),
        source=fact.source.name,
        as_of=fact.as_of,
    )
