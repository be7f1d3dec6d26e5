"""Putting a training module together: a version's own figures, cases, limits, and questions about them (R39)."""

import hashlib
from collections.abc import Sequence

from model_runtime.training.questions import ask_questions
from model_runtime.training.values import FORMAT, FailureCase, Module
from registry.evaluations.values import Figures, Measures
from registry.models.tables import ModelVersion


def build_module(version: ModelVersion, figures: Figures, cases: Sequence[FailureCase]) -> Module:
    """The module of a version; the same figures and cases always give the same one, its answers in the same order."""
    declared, outcome = version.declaration["version"], version.outcome_name
    seed = hashlib.sha256(f"{version.id}:{version.declaration_sha256}".encode()).hexdigest()
    return Module(
        format=FORMAT,
        title=version.title,
        outcome=outcome,
        people=figures.people,
        figures=_figures(version, figures),
        groups=tuple(_groups(figures, outcome)),
        cases=tuple(cases),
        limits=tuple(declared["limits"]),
        cannot_know=tuple(declared["cannot_know"]),
        challenge_route=declared["challenge_route"],
        questions=ask_questions(version, figures, seed),
    )


def _figures(version: ModelVersion, figures: Figures) -> tuple[str, ...]:
    outcome, overall = version.outcome_name, figures.overall
    highest = version.bands[-1].code
    told = [
        figures.base_sentence(outcome),
        figures.flagged_sentence(outcome),
        figures.found_sentence(outcome),
        figures.band_sentence(highest, outcome),
    ]
    if overall.miss_rate.assessed:
        told.append(f"Of 100 people later recorded as {outcome}, it misses about {overall.miss_rate.frequency}.")
    if overall.false_positive_rate.assessed:
        often = overall.false_positive_rate.frequency
        told.append(f"Of 100 people who were not, it flags about {often} all the same.")
    return tuple(told)


def _groups(figures: Figures, outcome: str) -> list[str]:
    """One sentence for each group that was measured, and one for the groups that were too small."""
    told = [_group(one, outcome) for one in figures.by_group if one.assessed]
    few = [f"{one.value} ({one.group.lower()})" for one in figures.by_group if not one.assessed]
    return [*told, *([f"Too few people to say: {', '.join(few)}."] if few else [])]


def _group(one: Measures, outcome: str) -> str:
    return (
        f"{one.group}, {one.value}: it wrongly flags {one.false_positive_rate.text} who were not {outcome}, "
        f"and misses {one.miss_rate.text} who were."
    )
