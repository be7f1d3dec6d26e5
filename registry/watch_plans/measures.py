"""What a watch measures, in one table of words, and a plan's limits as sentences (R12, R15, R40).

Every place that names a measure takes its words from here: the form and the schema of declarations, what the committee
reads before it approves, reports, facts beside the letters, and compliance packs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measured:
    """A measure as people read it.

    `title` is what is found when its limit is passed, `sentence` when that is, `hint` how the figure is chosen, `kind`
    how a figure is written: an index, a share of people, a percentage, a count or a multiple. `words` follow "the limit
    on", `name` heads a line, `kept` says the limit as it is kept. `letter` is the letter of ALGO-CARE it belongs to. A
    `floor` is breached below its figure, every other limit at or above it.
    """

    title: str
    sentence: str
    hint: str
    kind: str
    words: str
    name: str
    kept: str
    letter: str = "accuracy"
    floor: bool = False

    def write(self, at: float) -> str:
        """A figure of this measure: 0.2, 40 of 100, 30%, 2, 1.5 times."""
        return KINDS[self.kind].format(at=at, hundredths=round(at * 100, 6))

    def breached(self, at: float) -> str:
        """When a limit at this figure is breached, as a sentence without its full stop."""
        return self.sentence.format(at=self.write(at))

    def limit(self, at: float) -> str:
        """A limit at this figure as it is kept: 'at least 40 of 100'."""
        return self.kept.format(at=self.write(at))


KINDS: Mapping[str, str] = {
    "index": "{at:g}",
    "share": "{hundredths:g} of 100",
    "percent": "{hundredths:g}%",
    "count": "{at:g}",
    "times": "{at:g} times",
}
"""How a figure is written, by the kind of the measure."""

RANGES: Mapping[str, tuple[float, float]] = {
    "index": (0.01, 10.0),
    "share": (0.001, 1.0),
    "percent": (0.001, 1.0),
    "count": (1.0, 1000.0),
    "times": (0.1, 10.0),
}
"""Between which figures a limit lies, both included, by the kind of the measure."""

MEASURES: dict[str, Measured] = {
    "score_drift": Measured(
        "The scores have moved",
        "The scores have moved by {at} or more from those of the reference (population stability index)",
        "A population stability index: below 0.1 is steady, from 0.2 the scores have moved.",
        "index",
        "the movement of the scores",
        "Movement of the scores",
        "below {at} (population stability index)",
    ),
    "band_shift": Measured(
        "The bands have moved",
        "The share of people in one band differs by {at} people or more from the reference",
        "A difference between shares, from 0 to 1.",
        "share",
        "the share of people in each band",
        "Share of people in each band",
        "less than {at} people apart in every band",
    ),
    "input_drift_share": Measured(
        "The inputs have moved",
        "{at} of the inputs or more have moved from the reference",
        "A share of the inputs, from 0 to 1.",
        "percent",
        "the share of inputs that moved",
        "Inputs that moved",
        "fewer than {at} of inputs",
        "granularity",
    ),
    "missing_share": Measured(
        "More data is missing",
        "An input is blank for {at} people more than in the reference",
        "A rise in the share of blanks, from 0 to 1.",
        "share",
        "the rise in blanks",
        "Blanks",
        "a rise of less than {at} people",
        "granularity",
    ),
    "unseen_categories": Measured(
        "Values never seen before",
        "{at} or more values appear that the reference never held",
        "A count of values, 1 or more.",
        "count",
        "values never seen before",
        "Values never seen before",
        "fewer than {at} such values",
        "granularity",
    ),
    "out_of_range_share": Measured(
        "Values outside what the model learned from",
        "An input lies outside its declared range for {at} people or more",
        "A share of people, from 0 to 1.",
        "share",
        "values outside the declared range",
        "Values outside their range",
        "fewer than {at} people for every input",
        "granularity",
    ),
    "label_rate_change": Measured(
        "The outcome is recorded more or less often",
        "The share of people recorded with the outcome differs by {at} people or more from the reference",
        "A difference between shares, from 0 to 1.",
        "share",
        "the change in how often the outcome is recorded",
        "How often the outcome is recorded",
        "less than {at} people apart",
    ),
    "precision_floor": Measured(
        "Too few of those flagged had the outcome",
        "Fewer than {at} people flagged go on to have the outcome",
        "A share of the people flagged, from 0 to 1. Choose it from what you know of the evaluation data.",
        "share",
        "the share of flagged people who had the outcome",
        "Right among those flagged",
        "at least {at}",
        floor=True,
    ),
    "recall_floor": Measured(
        "Too few of those with the outcome were flagged",
        "Fewer than {at} people who have the outcome were flagged",
        "A share of the people with the outcome, from 0 to 1.",
        "share",
        "the share of people with the outcome who were flagged",
        "Found among those with the outcome",
        "at least {at}",
        floor=True,
    ),
    "calibration_gap": Measured(
        "Scores say more or less than what happens",
        "In one band the scores and what happened differ by {at} people or more",
        "A difference between shares, from 0 to 1. Point scores say no chance and are not assessed.",
        "share",
        "the gap between scores and what happened",
        "Scores against what happened",
        "less than {at} people apart in every band",
    ),
    "erratic": Measured(
        "The figures swing from watch to watch",
        "Over the last watches, the share of flagged people who had the outcome swings by {at} people or more",
        "A difference between the highest and the lowest share, from 0 to 1, beyond what chance gives.",
        "share",
        "how far the figures swing from watch to watch",
        "Swing from watch to watch",
        "less than {at} people between watches",
    ),
    "miss_rate_gap": Measured(
        "One group is missed more often than another",
        "Between two groups, the share of people missed differs by {at} people or more",
        "A difference between shares, from 0 to 1.",
        "share",
        "the gap between groups in who is missed",
        "Gap between groups in who is missed",
        "less than {at} people apart",
    ),
    "false_alarm_gap": Measured(
        "One group is flagged wrongly more often than another",
        "Between two groups, the share of people flagged wrongly differs by {at} people or more",
        "A difference between shares, from 0 to 1.",
        "share",
        "the gap between groups in who is flagged wrongly",
        "Gap between groups in false alarms",
        "less than {at} people apart",
    ),
    "selection_gap": Measured(
        "One group is flagged more often than another",
        "Between two groups, the share of people flagged differs by {at} people or more",
        "A difference between shares, from 0 to 1. Groups can differ in what they need: refer, rather than suspend.",
        "share",
        "the gap between groups in who is flagged",
        "Gap between groups in who is flagged",
        "less than {at} people apart",
    ),
    "explanation_shift": Measured(
        "The model decides on other grounds than it did",
        "{at} or more of the weight of the reasons rests on other facts than in the reference",
        "A share of the weight of all reasons, from 0 to 1.",
        "percent",
        "the shift of weight between reasons",
        "Shift of weight between reasons",
        "less than {at} of the weight",
        "explainable",
    ),
    "flags_over_capacity": Measured(
        "More people are flagged than can be helped",
        "In a week, the people flagged are {at} or more of those that staff can act on",
        "A multiple of the declared capacity for a week: 1 is as many as can be acted on.",
        "times",
        "people flagged in a week against the capacity to act",
        "Flags in a week against capacity",
        "fewer than {at} the capacity for a week",
        "granularity",
    ),
    "override_rate": Measured(
        "Practitioners often disagree",
        "Practitioners disagree with {at} scores or more of those they judged",
        "A share of the judgements, from 0 to 1.",
        "share",
        "how often practitioners disagree",
        "How often practitioners disagree",
        "fewer than {at} of those judged",
        "advisory",
    ),
    "agreement_ceiling": Measured(
        "Practitioners agree with nearly everything",
        "Practitioners agree with {at} scores or more of those they judged",
        "A share of the judgements, from 0 to 1: near 1 nobody really decides.",
        "share",
        "how often practitioners agree",
        "How often practitioners agree",
        "fewer than {at} of those judged",
        "advisory",
    ),
    "refusal_share": Measured(
        "Many requests for scores are refused",
        "{at} or more of the requests for scores are refused",
        "A share of the requests, from 0 to 1.",
        "percent",
        "the share of requests that are refused",
        "Requests that are refused",
        "fewer than {at} of requests",
        "lawful",
    ),
}
"""Every measure a plan can set a limit for, in the order of the schema. Codes are never renamed."""

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
    return measured.title, measured.breached(limit["at"]), ACTIONS[limit["action"]]
