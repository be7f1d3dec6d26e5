"""The watch plan of a declaration in words: what is measured, at which figure, and what then happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """A measure as people read it: its name, the sentence around its figure, a hint, and how the figure is written."""

    title: str
    sentence: str
    hint: str
    figure: str = "{hundredths:g} of 100"


MEASURES: dict[str, Measured] = {
    "score_drift": Measured(
        "The scores have moved",
        "The scores have moved by {at} or more from those of the reference (population stability index)",
        "A population stability index: below 0.1 is steady, from 0.2 the scores have moved.",
        figure="{at:g}",
    ),
    "input_drift_share": Measured(
        "The inputs have moved",
        "{at} of the inputs or more have moved from the reference",
        "A share of the inputs, from 0 to 1.",
        figure="{hundredths:g}%",
    ),
    "missing_share": Measured(
        "Values are missing",
        "An input is blank for {at} people more than in the reference",
        "A rise in the share of blanks, from 0 to 1.",
    ),
    "unseen_categories": Measured(
        "New values appear",
        "{at} or more values appear that the reference never held",
        "A count of values, 1 or more.",
        figure="{at:g}",
    ),
    "precision_floor": Measured(
        "Flags are wrong more often",
        "Fewer than {at} people flagged go on to have the outcome",
        "A share of the people flagged, from 0 to 1. Choose it from what you know of the evaluation data.",
    ),
    "miss_rate_gap": Measured(
        "Some people are missed more often",
        "Between two groups, the share of people missed differs by {at} or more",
        "A difference between shares, from 0 to 1.",
    ),
}
"""Every measure a declaration can set a limit for, in the order of the schema."""

ACTIONS = {
    "warn": "The owner is told",
    "refer": "The ethics committee is asked to look at it",
    "suspend": "The model is suspended at once",
}
"""What a breach leads to."""


def rules_in_words(plan: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Each limit as (what it watches, when it is breached, what then happens)."""
    return [_rule(limit) for limit in plan["thresholds"]]


def _rule(limit: Mapping[str, Any]) -> tuple[str, str, str]:
    measured = MEASURES[limit["measure"]]
    figure = measured.figure.format(at=limit["at"], hundredths=round(limit["at"] * 100, 6))
    return measured.title, measured.sentence.format(at=figure), ACTIONS[limit["action"]]
