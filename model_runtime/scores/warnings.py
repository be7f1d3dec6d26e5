"""What is unusual about one very score, in sentences: what its reader has to bear in mind besides the model's limits.

A warning never stops a score: what must stop one is a gate.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from foundation.web.texts import count_text, date_text
from model_runtime.scores.earlier import MOSTLY_OTHERS_CODE
from model_runtime.scores.parts import Caution, Weights
from model_runtime.scores.reasons import MOSTLY_OTHERS, FactUsed, rounded_in_words
from registry.evaluations.values import Proportion

FEW = 100
"""Below so many people measured in a band, a natural frequency is worth a warning."""

UNWATCHED_DAYS = 31
"""How old a fact of a version without a declared watch may be, in days, as at the gate."""

NAMED = 3
"""So many inputs are named in one warning; of the others the number is said."""

Declared = Sequence[Mapping[str, Any]]
"""The inputs as the version's declaration has them, in the declared order."""


def find_cautions(
    declared: Declared,
    facts: Sequence[FactUsed],
    *,
    weights: Weights,
    measured: Proportion,
    stale_after_days: int,
    given_on: date,
) -> tuple[Caution, ...]:
    """Every warning of a score (R02, R29), the gravest first: weight, unusual values, gaps, age, few similar people."""
    found = [
        Caution(MOSTLY_OTHERS_CODE, MOSTLY_OTHERS) if weights.mostly_others else None,
        _unusual(declared, facts),
        _gaps(declared, facts),
        _old(declared, facts, stale_after_days, given_on),
        _few(measured),
    ]
    return tuple(one for one in found if one is not None)


def cautions_sentence(cautions: Sequence[Caution], nothing: str) -> str:
    """How many warnings there are; `nothing` when there is none."""
    return f"{count_text(len(cautions), 'thing')} to bear in mind about this score." if cautions else nothing


def _unusual(declared: Declared, facts: Sequence[FactUsed]) -> Caution | None:
    odd = [
        f"{feature['meaning']}: {rounded_in_words(feature['type'], fact.value)} (mostly {_range(feature['usual'])})"
        for feature, fact in zip(declared, facts, strict=True)
        if feature.get("usual") and not feature["usual"][0] <= fact.value <= feature["usual"][1]
    ]
    said = "The model learned from few people like this, so it may be further off than usual. "
    return Caution("outside_usual", f"{said}{_named(odd)}.") if odd else None


def _gaps(declared: Declared, facts: Sequence[FactUsed]) -> Caution | None:
    gaps = [
        feature["meaning"]
        for feature, fact in zip(declared, facts, strict=True)
        if feature.get("not_known") is not None and fact.value == feature["not_known"]
    ]
    said = "Data is missing: the model took the absence of a record for a fact of its own. Not recorded: "
    return Caution("not_recorded", f"{said}{_named(gaps)}.") if gaps else None


def _old(declared: Declared, facts: Sequence[FactUsed], limit: int, given_on: date) -> Caution | None:
    edge = given_on - timedelta(days=limit // 2)
    old = [
        f"{feature['meaning']} ({date_text(fact.as_of)})"
        for feature, fact in zip(declared, facts, strict=True)
        if fact.as_of < edge
    ]
    if len(old) > NAMED and len(old) == len(facts):
        oldest = date_text(min(fact.as_of for fact in facts))
        said = f"All of the data is some time old, the oldest of {oldest}. It is within the {count_text(limit, 'day')}"
        return Caution("old_facts", f"{said} that are allowed, and things may have changed since.")
    said = f"Some of the data is old, though within the {count_text(limit, 'day')} that are allowed. Things may have"
    return Caution("old_facts", f"{said} changed since: {_named(old)}.") if old else None


def _few(measured: Proportion) -> Caution | None:
    if measured.of >= FEW:
        return None
    people = count_text(measured.of, "person", "people")
    return Caution(
        "few_similar", f"How often it is right rests on only {people} in this band. Take it as a rough guide."
    )


def _range(usual: Sequence[float]) -> str:
    return f"{usual[0]:,.10g} to {usual[1]:,.10g}"


def _named(texts: Sequence[str]) -> str:
    rest = len(texts) - NAMED
    return "; ".join(texts[:NAMED]) + (f"; and {count_text(rest, 'other')}" if rest > 0 else "")
