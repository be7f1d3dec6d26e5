"""Reasons for a score, in words: from features, the facts that were used, and what each contributed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import fsum
from typing import Any, NamedTuple, Protocol

from foundation.web.texts import date_text, list_text
from model_runtime.people.wording import value_in_words
from model_runtime.scores.parts import Reason, Weights
from registry.models.values import About

FEWEST_SHOWN, MOST_SHOWN = 3, 5
WORTH_SHOWING = 0.05
"""Beyond the third, a reason is shown at once only with at least this share of the strongest one's weight."""

DIGITS = 3
"""A measured number is shown with so many digits: what people read is rounded, never a raw decimal (R41)."""

MOSTLY_OTHERS = (
    "Most of the weight of this score is about other people, not about this person. Take particular care: nobody "
    "answers for what their relatives or contacts did."
)


class Declared(Protocol):
    """What a declared input has to offer: the version's feature, or the same as plain values."""

    @property
    def name(self) -> str: ...
    @property
    def meaning(self) -> str: ...
    @property
    def sentence(self) -> str: ...
    @property
    def sentence_no(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def about(self) -> str: ...
    @property
    def protected(self) -> str | None: ...


class FactUsed(NamedTuple):
    """A fact as it went into a score: its value as recorded, the names of its source and of the source's agency,
    and its day. Without an agency the source itself is named as one."""

    name: str
    value: Any
    source: str
    as_of: date
    agency: str = ""


@dataclass
class Concept:
    """What people read as one thing: an input, or all the inputs that encode it, and what they contributed in all."""

    name: str
    features: list[Declared] = field(default_factory=list)
    facts: list[FactUsed] = field(default_factory=list)
    parts: list[float] = field(default_factory=list)

    @property
    def contribution(self) -> float:
        """The sum of its inputs' contributions."""
        return fsum(self.parts)

    @property
    def about(self) -> str:
        """Whom it is about; inputs of one concept are declared about the same one."""
        return self.features[0].about


def fold(
    features: Sequence[Declared],
    facts: Sequence[FactUsed],
    contributions: Sequence[float],
    concepts: Mapping[str, str] | None = None,
) -> list[Concept]:
    """Inputs with the same declared concept as one, each other input alone; all sequences in the declared order."""
    found: dict[tuple[str, str], Concept] = {}
    for feature, fact, contribution in zip(features, facts, contributions, strict=True):
        named = (concepts or {}).get(feature.name)
        key = ("concept", named) if named else ("input", feature.name)
        one = found.setdefault(key, Concept(key[1]))
        one.features.append(feature)
        one.facts.append(fact)
        one.parts.append(contribution)
    return list(found.values())


def build_reasons(
    features: Sequence[Declared],
    facts: Sequence[FactUsed],
    contributions: Sequence[float],
    concepts: Mapping[str, str] | None = None,
) -> tuple[Reason, ...]:
    """One reason for each concept, the strongest first (R02). `concepts` names the concept of an input, if any."""
    return reasons_of(fold(features, facts, contributions, concepts))


def reasons_of(folded: Sequence[Concept]) -> tuple[Reason, ...]:
    """The reasons of what was folded already, the strongest first."""
    sizes = [one.contribution for one in folded]
    largest = max((abs(size) for size in sizes), default=0.0)
    order = sorted(range(len(folded)), key=lambda place: -abs(sizes[place]))
    return tuple(_reason(folded[place], sizes[place], largest) for place in order)


def weigh(
    features: Sequence[Declared], contributions: Sequence[float], concepts: Mapping[str, str] | None = None
) -> Weights:
    """Whom the weight is about, in whole percent (R29)."""
    nothing = [FactUsed(feature.name, None, "", date.min) for feature in features]
    return weights_of(fold(features, nothing, contributions, concepts))


def weights_of(folded: Sequence[Concept]) -> Weights:
    """Whom the weight of what was folded already is about, in whole percent."""
    sizes = [(one.about, abs(one.contribution)) for one in folded]
    total = fsum(size for _, size in sizes)
    if not total:
        return Weights(0, 0, 0)
    relative, linked = (
        round(100 * fsum(size for about, size in sizes if about == wanted) / total)
        for wanted in (About.RELATIVE, About.LINKED)
    )
    linked = min(linked, 100 - relative)
    return Weights(100 - relative - linked, relative, linked)


def shown_first(reasons: Sequence[Reason]) -> list[Reason]:
    """The three to five reasons that a page shows at once; the others are there on request."""
    return [
        reason
        for place, reason in enumerate(reasons[:MOST_SHOWN])
        if place < FEWEST_SHOWN or reason.share >= WORTH_SHOWING
    ]


def rounded_in_words(kind: str, value: Any) -> str:
    """A value as a reason shows it: a measured number rounded to three digits, everything else as recorded."""
    if isinstance(value, float) and not value.is_integer():
        value = float(f"{value:.{DIGITS}g}") if abs(value) < 10**DIGITS else round(value)
    return value_in_words(kind, value)


def _reason(concept: Concept, contribution: float, largest: float) -> Reason:
    told = _of_one(concept) if len(concept.facts) == 1 else _of_many(concept)
    return Reason(
        feature=concept.name,
        **told,
        about=concept.about,
        weight=int(100 * abs(contribution) / largest + 0.5) if largest else 0,
        direction="raises" if contribution > 0 else "lowers" if contribution < 0 else "neither",
    )


def _of_one(concept: Concept) -> dict[str, Any]:
    """What is said of a concept that is one input, as most are."""
    (feature,), (fact,) = concept.features, concept.facts
    words = rounded_in_words(feature.type, fact.value)
    return {
        "meaning": feature.meaning,
        "sentence": _said(feature, fact, words),
        "value_text": words,
        "source_text": f"{fact.source}, {date_text(fact.as_of)}",
        "source": fact.source,
        "agency": fact.agency or fact.source,
        "as_of": fact.as_of,
        "protected": feature.protected or None,
    }


def _of_many(concept: Concept) -> dict[str, Any]:
    """What is said of several inputs that encode one concept: what holds, and everything where nothing does."""
    rows = [
        (feature, fact, rounded_in_words(feature.type, fact.value))
        for feature, fact in zip(concept.features, concept.facts, strict=True)
    ]
    holding = [_said(*row) for row in rows if row[0].type != "yes_no" or row[1].value]
    protected = _once(feature.protected for feature in concept.features if feature.protected)
    return {
        "meaning": concept.name,
        "sentence": f"{concept.name}: {'; '.join(holding or [_said(*row) for row in rows])}",
        "value_text": "; ".join(f"{feature.meaning}: {words}" for feature, _, words in rows),
        "source_text": "; ".join(_once(f"{fact.source}, {date_text(fact.as_of)}" for _, fact, _ in rows)),
        "source": list_text(_once(fact.source for _, fact, _ in rows)),
        "agency": list_text(_once(fact.agency or fact.source for _, fact, _ in rows)),
        "as_of": min(fact.as_of for _, fact, _ in rows),
        "protected": list_text(protected) if protected else None,
    }


def _once(texts: Any) -> list[str]:
    return list(dict.fromkeys(texts))


def _said(feature: Declared, fact: FactUsed, words: str) -> str:
    if feature.type == "yes_no" and not fact.value:
        return feature.sentence_no
    return feature.sentence.replace("{value}", words)
