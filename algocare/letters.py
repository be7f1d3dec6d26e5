"""Where the live facts beside the letters of ALGO-CARE come from, gathered from every floor."""

from functools import partial

from assessments.attestations.facts import list_facts as attestation_facts
from assessments.benefits.facts import list_facts as benefit_facts
from assessments.impact.facts import list_facts as impact_facts
from assessments.validation.facts import list_facts as validation_facts
from audit.public_register.facts import list_facts as public_facts
from foundation.settings import Settings
from model_runtime.challenges.facts import list_facts as challenge_facts
from model_runtime.concerns.facts import list_facts as concern_facts
from model_runtime.judgements.facts import list_facts as judgement_facts
from model_runtime.objections.facts import list_facts as objection_facts
from model_runtime.scores.facts import list_facts as score_facts
from monitoring.cases.facts import list_facts as case_facts
from monitoring.outcomes.facts import list_facts as outcome_facts
from monitoring.watches.facts import list_facts as watch_facts
from registry.footing.facts import list_facts as footing_facts
from registry.letters.facts import list_facts as register_facts
from registry.letters.values import FactSource

SOURCES: tuple[FactSource, ...] = (
    judgement_facts,
    challenge_facts,
    objection_facts,
    concern_facts,
    score_facts,
    case_facts,
    footing_facts,
    register_facts,
    validation_facts,
    outcome_facts,
    impact_facts,
    benefit_facts,
)
"""Every room that knows facts about a use, in the order in which they are read."""


def gather_sources(settings: Settings) -> tuple[FactSource, ...]:
    """Every source: those above, and those that go by how the partnership has set up the product."""
    return (
        *SOURCES,
        partial(watch_facts, hour=settings.nightly_hour),
        partial(attestation_facts, days=settings.attestation_days),
        partial(public_facts, published=settings.public_register),
    )
