"""Reading what a trial begins with: the inputs of a score's version, and what is recorded about the person now."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from model_runtime.people.queries import latest_facts
from model_runtime.scores.reasons import FactUsed, rounded_in_words
from model_runtime.scores.tables import Score
from model_runtime.what_if.tables import WhatIf
from model_runtime.what_if.values import Input
from registry.models.tables import Feature


def list_recorded(score: Score) -> dict[str, FactUsed]:
    """The newest fact of each input of the score's version, by name; what is not known is not there."""
    known = latest_facts(score.person, {feature.name for feature in score.use.version.features})
    return {name: FactUsed(name, one.value, one.source.name, one.as_of) for name, one in known.items()}


def list_inputs(score: Score) -> list[Input]:
    """The inputs of the score's version as a form offers them, in the declared order."""
    known = list_recorded(score)
    return [
        _input(feature, known[feature.name].value) for feature in score.use.version.features if feature.name in known
    ]


def count_trials(session: Session, score_id: int) -> int:
    """How often other values were tried beside a score."""
    return session.scalar(select(func.count(WhatIf.id)).where(WhatIf.score_id == score_id)) or 0


def _input(feature: Feature, recorded: object) -> Input:
    listed = tuple(str(name) for name in feature.categories) if feature.type == "category" else ()
    limits = f"From {feature.low:,.10g} to {feature.high:,.10g}" if feature.low is not None else ""
    unit = f" {feature.unit}" if limits and feature.unit else ""
    words = rounded_in_words(feature.type, recorded)
    return Input(
        position=feature.position,
        name=feature.name,
        meaning=feature.meaning,
        type=feature.type,
        hint=f"{limits}{unit}. " * bool(limits) + f"On record: {words}.",
        choices=listed or (("yes", "no") if feature.type == "yes_no" else ()),
        recorded=recorded,
        words=words,
    )
