"""What a watch measures, in words."""

from typing import get_args

import pytest

from assessments.questionnaire.values import LETTERS
from monitoring.engine.values import Action, Measure
from registry.declarations.parts import ThresholdPart
from registry.watch_plans.measures import ACTIONS, KINDS, MEASURES, RANGES, rules_in_words


def test_every_measure_and_action_of_the_schema_and_the_engine_has_its_words() -> None:
    fields = ThresholdPart.model_fields
    assert list(get_args(fields["measure"].annotation)) == [one.value for one in Measure]
    assert {one.value for one in Measure} == set(MEASURES)
    assert set(get_args(fields["action"].annotation)) == set(ACTIONS) == {one.value for one in Action}


@pytest.mark.parametrize("code", MEASURES)
def test_a_limit_reads_as_a_sentence_and_belongs_to_a_letter(code: str) -> None:
    """R12: what the committee approves is what a person can read."""
    measured = MEASURES[code]
    low, high = RANGES[measured.kind]
    ((title, when, then),) = rules_in_words({"thresholds": [{"measure": code, "at": low, "action": "refer"}]})
    assert title == measured.title
    assert measured.write(low) in when
    assert measured.write(high) in measured.limit(high)
    assert "{" not in when + measured.limit(low)
    assert then == "The ethics committee is asked to look at it"
    assert measured.kind in KINDS
    assert measured.letter in [letter for letter, _, _ in LETTERS]
    assert measured.floor == ("floor" in code)
