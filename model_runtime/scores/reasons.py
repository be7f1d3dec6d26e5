"""Reasons for a score, in words: from features, the facts that were used, and what each contributed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import fsum
from typing import Any

from foundation.web.texts import date_text
from model_runtime.people.wording import value_in_words
from model_runtime.scores.parts import Reason, Weights
from registry.models.tables import Feature
from registry.models.values import About

FEWEST_SHOWN, MOST_SHOWN = 3, 5
WORTH_SHOWING = 0.05
"""Beyond the third, a reason is shown at once only with at least this share of the strongest one's weight."""

MOSTLY_OTHERS = (
    "Most of the weight of this score is about other people, not about this person. Take particular care: nobody "
    "answers for what their relatives or contacts did."
)


@dataclass(frozen=True)
class FactUsed:
    """A fact as it went into a score: its value as recorded, its source's name and its day."""

    name: str
    value: Any
    source: str
    as_of: date


def build_reasons(
    features: Sequence[Feature], facts: Sequence[FactUsed], contributions: Sequence[float]
) -> tuple[Reason, ...]:
    """One reason for each feature, the strongest first; all three sequences are in the declared order."""
    largest = max((abs(one) for one in contributions), default=0.0)
    rows = zip(features, facts, contributions, strict=True)
    reasons = [_reason(feature, fact, contribution, largest) for feature, fact, contribution in rows]
    order = sorted(range(len(reasons)), key=lambda place: -abs(contributions[place]))
    return tuple(reasons[place] for place in order)


def weigh(features: Sequence[Feature], contributions: Sequence[float]) -> Weights:
    """Whom the weight is about, in whole percent (R29)."""
    total = fsum(abs(one) for one in contributions)
    if not total:
        return Weights(0, 0, 0)
    rows = list(zip(features, contributions, strict=True))
    relative, linked = (
        round(100 * fsum(abs(one) for feature, one in rows if feature.about == about) / total)
        for about in (About.RELATIVE, About.LINKED)
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


def _reason(feature: Feature, fact: FactUsed, contribution: float, largest: float) -> Reason:
    return Reason(
        feature=feature.name,
        sentence=_sentence(feature, fact.value),
        value_text=value_in_words(feature.type, fact.value),
        source_text=f"{fact.source}, {date_text(fact.as_of)}",
        as_of=fact.as_of,
        about=feature.about,
        protected=feature.protected,
        share=round(abs(contribution) / largest, 3) if largest else 0.0,
        direction="raises" if contribution > 0 else "lowers" if contribution < 0 else "neither",
    )


def _sentence(feature: Feature, value: Any) -> str:
    if feature.type == "yes_no" and not value:
        return feature.sentence_no
    return feature.sentence.replace("{value}", value_in_words(feature.type, value))
