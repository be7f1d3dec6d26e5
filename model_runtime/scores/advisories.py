"""Putting an advisory score together from the use, its figures, the facts and the engine's answer.

Every part has one line in `PARTS`. A part that cannot be made, or comes out empty, names itself, and there is no score.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from foundation.clock import london_date
from model_runtime.engine.values import LINEAR_METHOD, LOG_ODDS, PROBABILITY, TREE_METHOD, EngineAnswer
from model_runtime.gate.values import MEANWHILE, GateClosed
from model_runtime.scores.parts import Caution, Frequency, ScoreIncomplete, Weights
from model_runtime.scores.reasons import MOSTLY_OTHERS, Concept, Declared, FactUsed, fold, reasons_of, weights_of
from model_runtime.scores.values import FORMAT, HEADLINE, LABEL, NOTHING_UNUSUAL, AdvisoryScore
from model_runtime.scores.warnings import UNWATCHED_DAYS, cautions_sentence, find_cautions
from registry.evaluations.values import Figures, Proportion
from registry.models.tables import Approval, Band, ModelVersion, Use

METHODS = {
    TREE_METHOD: (
        "SHAP values of the model's trees (path-dependent): how each fact moved this score away from that of the "
        "people the model learned from."
    ),
    LINEAR_METHOD: "The model's own terms: each fact multiplied by its weight. Their sum is the model's output.",
    "points": "The points themselves: each fact brings the points that the declared rules give it.",
    "supplied": "As the supplier explains it: what each input added was handed over with the score.",
}
"""How the reasons were found, under the code of each method of explanation."""

EXPLAINED = {
    PROBABILITY: "The model's own output: how many of 100 people like this it reckons with.",
    LOG_ODDS: "The model's own sum, before it is turned into how many of 100 people.",
    "points": "The score itself, in points.",
}
"""What the reasons add up to, by the unit of the engine's answer."""

CALIBRATED = (
    "The log-odds of the calibrated score, which are the model's own output times one number, plus another. The parts "
    "were multiplied by the same number, and so they add up."
)
PREPARED = "What the preparing steps made of one input in several columns was added up for that input."


@dataclass(frozen=True)
class Occasion:
    """Which score this is: its own reference, the person's, and when it is given."""

    reference: str
    person_reference: str
    at: datetime


@dataclass
class Ground:
    """Everything an advisory score is made from, and what follows from it once.

    `inputs` are the version's features as plain values, where somebody has them.
    """

    occasion: Occasion
    use: Use
    approval: Approval
    figures: Figures
    facts: Sequence[FactUsed]
    answer: EngineAnswer
    inputs: Sequence[Declared] = ()

    @property
    def version(self) -> ModelVersion:
        """The version that answered."""
        return self.use.version

    @property
    def declared(self) -> Mapping[str, Any]:
        """What was declared of the version; the gate has held it against its digest."""
        part: Mapping[str, Any] = self.version.declaration["version"]
        return part

    @cached_property
    def band(self) -> Band:
        """The band the score falls in."""
        return self.version.band_of(self.answer.scores[0])

    @cached_property
    def folded(self) -> list[Concept]:
        """What people read as one thing each."""
        return fold(
            self.inputs or self.version.features, self.facts, self.answer.contributions[0], concepts_of(self.declared)
        )

    @cached_property
    def weights(self) -> Weights:
        """Whom the weight is about."""
        return weights_of(self.folded)

    @cached_property
    def measured(self) -> Proportion:
        """How often the outcome came to people in the band. Refuses (no_figures) when too few were measured."""
        measured = self.figures.band(self.band.code).outcome
        if not measured.assessed or not self.figures.overall.base_rate.assessed:
            raise GateClosed(
                "You cannot be shown a score: too few people in this band were measured to say how often it is right.",
                code="no_figures",
                what_next=["The owner of the model can have it measured on more people.", MEANWHILE],
            )
        return measured

    @cached_property
    def cautions(self) -> tuple[Caution, ...]:
        """What is unusual about this score."""
        watch = self.version.declaration.get("watch") or {}
        return find_cautions(
            self.declared["features"],
            self.facts,
            weights=self.weights,
            measured=self.measured,
            stale_after_days=watch.get("stale_after_days", UNWATCHED_DAYS),
            given_on=london_date(self.occasion.at),
        )


def build_advisory(
    occasion: Occasion,
    use: Use,
    approval: Approval,
    figures: Figures,
    facts: Sequence[FactUsed],
    answer: EngineAnswer,
    inputs: Sequence[Declared] = (),
) -> AdvisoryScore:
    """The advisory score of one answered row. Refuses (no_figures) a band of which too few people were measured, and
    (score_incomplete) with the name of the part whatever cannot be said. `inputs` are the version's features as plain
    values, where somebody has them."""
    ground = Ground(occasion, use, approval, figures, facts, answer, inputs)
    return AdvisoryScore(**{name: _make(name, make, ground) for name, make in PARTS.items()})


def _make(name: str, make: Callable[[Ground], Any], ground: Ground) -> Any:
    try:
        return make(ground)
    except (ScoreIncomplete, GateClosed):
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, StopIteration) as error:
        raise ScoreIncomplete(name, "it could not be made") from error


def concepts_of(declared: Mapping[str, Any]) -> dict[str, str]:
    """The concept of each input that has one, by the input's name."""
    return {one["name"]: one["concept"] for one in declared["features"] if one.get("concept")}


def explained_by(kind: str, unit: str) -> str:
    """What of the model the reasons add up to."""
    told = CALIBRATED if "Calibrated" in kind else EXPLAINED.get(unit, "The model's own output.")
    return f"{told} {PREPARED}" if "Pipeline" in kind else told


def _frequency(ground: Ground) -> Frequency:
    count, low, high = _numbers(ground.measured)
    base, outcome = _numbers(ground.figures.overall.base_rate)[0], ground.version.outcome_name
    return Frequency(
        sentence=f"Of 100 people in this band, about {count} ({low} to {high}) {outcome}",
        base_sentence=f"Among everyone the model was checked on it was about {base} in 100.",
        other_sentence=f"About {100 - count} of 100 in this band did not.",
        count=count,
        low=low,
        high=high,
    )


def _uncertainty(ground: Ground) -> str:
    measured, (_, low, high) = ground.measured, _numbers(ground.measured)
    return (
        f"This rests on {measured.of:,} people in this band on whom the model was checked: {measured.count:,} of them "
        f"{ground.version.outcome_name}. With so many, the true number lies between {low} and {high} of 100 in 19 of "
        "20 such checks. It says nothing certain about one person."
    )


def _operating(ground: Ground) -> tuple[str, ...]:
    figures, outcome = ground.figures, ground.version.outcome_name
    return figures.flagged_sentence(outcome), figures.found_sentence(outcome), figures.base_sentence(outcome)


def _wrong_before(ground: Ground) -> tuple[str, ...]:
    outcome = ground.version.outcome_name
    return ground.figures.flagged_sentence(outcome), _missed_sentence(ground.figures.overall.miss_rate, outcome)


def _missed_sentence(missed: Proportion, outcome: str) -> str:
    if not missed.assessed:
        return f"Too few people {outcome} to say how many of them it misses."
    return f"Of 100 people who {outcome}, it misses about {missed.frequency}."


def _numbers(share: Proportion) -> tuple[int, int, int]:
    """Count, low and high of 100 people; only of a proportion that was assessed."""
    count, low, high = share.out_of_100, share.low, share.high
    if count is None or low is None or high is None:
        raise ScoreIncomplete("frequency", "nobody was counted")
    return count, int(low * 100 + 0.5), int(high * 100 + 0.5)


def _record(ground: Ground) -> str:
    return (
        f"Recorded in the ledger as score {ground.occasion.reference}. The proof is at "
        f"/scores/{ground.occasion.reference}/proof.json."
    )


PARTS: dict[str, Callable[[Ground], Any]] = {
    "format": lambda ground: FORMAT,
    "headline": lambda ground: HEADLINE,
    "label": lambda ground: LABEL,
    "reference": lambda ground: ground.occasion.reference,
    "person_reference": lambda ground: ground.occasion.person_reference,
    "model": lambda ground: ground.version.model.name,
    "model_slug": lambda ground: ground.version.model.slug,
    "version": lambda ground: ground.version.number,
    "outcome": lambda ground: ground.version.outcome_name,
    "band_code": lambda ground: ground.band.code,
    "band": lambda ground: ground.band.name,
    "frequency": _frequency,
    "uncertainty": _uncertainty,
    "operating": _operating,
    "reasons": lambda ground: reasons_of(ground.folded),
    "warnings": lambda ground: ground.cautions,
    "warnings_sentence": lambda ground: cautions_sentence(ground.cautions, NOTHING_UNUSUAL),
    "weights": lambda ground: ground.weights,
    "weight_warning": lambda ground: MOSTLY_OTHERS if ground.weights.mostly_others else "",
    "data_as_of": lambda ground: min(fact.as_of for fact in ground.facts),
    "approval_id": lambda ground: ground.approval.id,
    "approval_expires_on": lambda ground: ground.approval.expires_on,
    "purpose_code": lambda ground: ground.use.code,
    "purpose": lambda ground: ground.use.purpose,
    "audience": lambda ground: ground.use.audience,
    "decision": lambda ground: ground.use.decision,
    "excluded_decisions": lambda ground: tuple(ground.use.excluded_decisions),
    "limits": lambda ground: tuple(ground.declared["limits"]),
    "wrong_before": _wrong_before,
    "cannot_know": lambda ground: tuple(ground.declared["cannot_know"]),
    "challenge_route": lambda ground: ground.declared["challenge_route"],
    "method": lambda ground: METHODS[ground.version.method],
    "explained": lambda ground: explained_by(ground.answer.kind, ground.answer.unit),
    "largest_error": lambda ground: repr(ground.answer.largest_error),
    "record": _record,
    "given_at": lambda ground: ground.occasion.at,
}
"""How every part of an advisory score is made, in the order in which it is stored."""
