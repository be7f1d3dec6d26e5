"""A letter turns amber or red by itself, whatever was written and decided."""

from datetime import date
from types import SimpleNamespace

import pytest

from assessments.questionnaire.tiles import Standing, make_tile
from assessments.questionnaire.values import load_questionnaire
from registry.letters.queries import list_facts
from registry.letters.rules import check_facts
from registry.letters.values import LiveFact

TODAY = date(2026, 11, 22)
LETTERS = load_questionnaire().letters


def standing(*facts: LiveFact, stage: str = "approved", until: date = date(2027, 6, 1), conditions=()) -> Standing:
    """A use at a stage, its approval until a day, and what is known beside its letters."""
    use, approval = SimpleNamespace(stage=stage), SimpleNamespace(expires_on=until)
    return Standing(use, None, approval if stage == "approved" else None, conditions, TODAY, facts)


def fact(state: str, letter: str = "ownership", **more: str) -> LiveFact:
    return LiveFact(letter, f"A {state} fact", "A sentence.", state, **more)


def shown(letter, at: Standing) -> tuple[str, str, bool]:
    tile = make_tile(letter, at)
    return tile["state"], tile["state_text"], tile["live"]


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.code)
def test_each_letter_turns_amber_and_red_by_itself_and_no_other_does(letter) -> None:
    amber, red = fact("amber", letter.code), fact("red", letter.code, brief="Ended")
    fine = [fact(state, letter.code) for state in ("good", "none")]
    assert shown(letter, standing(*fine)) == ("met", "Met", False)
    assert shown(letter, standing(*fine, amber)) == ("attention", "A amber fact", True)
    assert shown(letter, standing(*fine, amber, red)) == ("not_met", "Ended", True)
    for other in LETTERS:
        if other is not letter:
            assert shown(other, standing(amber, red)) == ("met", "Met", False)


def test_a_fact_counts_only_when_it_is_graver_than_the_record() -> None:
    ownership = next(letter for letter in LETTERS if letter.code == "ownership")
    due = SimpleNamespace(duty="ownership", due_on=date(2026, 12, 1))
    late = SimpleNamespace(duty="ownership", due_on=date(2026, 11, 1))
    assert shown(ownership, standing(fact("amber"), conditions=[due]))[:2] == ("attention", "A amber fact")
    assert shown(ownership, standing(fact("red"), conditions=[late]))[1].startswith("1 condition, overdue")
    assert shown(ownership, standing(fact("red"), until=date(2026, 11, 1)))[1] == "Approval ended 1 November 2026"
    assert shown(ownership, standing(fact("good"), stage="registered")) == ("none", "Not answered yet", False)
    assert shown(ownership, standing(fact("amber"), stage="registered"))[0] == "attention"


def test_nothing_is_asked_about_a_use_that_has_ended_and_an_unknown_state_is_a_fault() -> None:
    asked = []
    assert list_facts(None, SimpleNamespace(stage="retired"), None, [lambda *_: asked.append(1)]) == []
    assert not asked
    with pytest.raises(ValueError, match="not green"):
        check_facts([fact("good"), fact("green")])
