"""Putting an advisory score together from the use, its figures, the facts and the engine's answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from model_runtime.engine.values import LINEAR_METHOD, TREE_METHOD, EngineAnswer
from model_runtime.gate.values import MEANWHILE, GateClosed
from model_runtime.scores.parts import Frequency
from model_runtime.scores.reasons import MOSTLY_OTHERS, FactUsed, build_reasons, weigh
from model_runtime.scores.values import FORMAT, HEADLINE, LABEL, AdvisoryScore
from registry.evaluations.values import Figures, Proportion
from registry.models.tables import Approval, Band, Use

METHODS = {
    TREE_METHOD: (
        "SHAP values of the model's trees (path-dependent): how each fact moved this score away from that of the "
        "people the model learned from."
    ),
    LINEAR_METHOD: "The model's own terms: each fact multiplied by its weight. Their sum is the model's output.",
}
"""How the reasons were found, under the code of each method of explanation."""


@dataclass(frozen=True)
class Occasion:
    """Which score this is: its own reference, the person's, and when it is given."""

    reference: str
    person_reference: str
    at: datetime


def build_advisory(
    occasion: Occasion, use: Use, approval: Approval, figures: Figures, facts: Sequence[FactUsed], answer: EngineAnswer
) -> AdvisoryScore:
    """The advisory score of one answered row. Refuses (no_figures) a band of which too few people were measured."""
    version, declared = use.version, use.version.declaration["version"]
    model, contributions = version.model, answer.contributions[0]
    band = version.band_of(answer.scores[0])
    weights = weigh(version.features, contributions)
    return AdvisoryScore(
        format=FORMAT,
        headline=HEADLINE,
        label=LABEL,
        reference=occasion.reference,
        person_reference=occasion.person_reference,
        model=model.name,
        model_slug=model.slug,
        version=version.number,
        outcome=version.outcome_name,
        band_code=band.code,
        band=band.name,
        frequency=_frequency(figures, band, version.outcome_name),
        reasons=build_reasons(version.features, facts, contributions),
        weights=weights,
        weight_warning=MOSTLY_OTHERS if weights.mostly_others else "",
        data_as_of=min(fact.as_of for fact in facts),
        approval_id=approval.id,
        approval_expires_on=approval.expires_on,
        purpose_code=use.code,
        purpose=use.purpose,
        audience=use.audience,
        decision=use.decision,
        excluded_decisions=tuple(use.excluded_decisions),
        limits=tuple(declared["limits"]),
        wrong_before=_wrong_before(figures, version.outcome_name),
        cannot_know=tuple(declared["cannot_know"]),
        challenge_route=declared["challenge_route"],
        method=METHODS[version.method],
        largest_error=repr(answer.largest_error),
        given_at=occasion.at,
    )


def _frequency(figures: Figures, band: Band, outcome: str) -> Frequency:
    measured = figures.band(band.code).outcome
    count, base = measured.out_of_100, figures.overall.base_rate.out_of_100
    if not measured.assessed or count is None or measured.low is None or measured.high is None or base is None:
        raise GateClosed(
            "You cannot be shown a score: too few people in this band were measured to say how often it is right.",
            code="no_figures",
            what_next=["The owner of the model can have it measured on more people.", MEANWHILE],
        )
    low, high = _of_100(measured.low), _of_100(measured.high)
    return Frequency(
        sentence=f"Of 100 people in this band, about {count} ({low} to {high}) {outcome}",
        base_sentence=f"Among everyone the model was checked on it was about {base} in 100.",
        other_sentence=f"About {100 - count} of 100 in this band did not.",
        count=count,
        low=low,
        high=high,
    )


def _wrong_before(figures: Figures, outcome: str) -> tuple[str, ...]:
    return figures.flagged_sentence(outcome), _missed_sentence(figures.overall.miss_rate, outcome)


def _missed_sentence(missed: Proportion, outcome: str) -> str:
    if not missed.assessed:
        return f"Too few people {outcome} to say how many of them it misses."
    return f"Of 100 people who {outcome}, it misses about {missed.frequency}."


def _of_100(share: float) -> int:
    return int(share * 100 + 0.5)
