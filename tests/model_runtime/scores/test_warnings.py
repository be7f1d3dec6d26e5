"""What is unusual about one score, in sentences (R02, R29)."""

from datetime import date

import pytest

from model_runtime.scores.parts import Weights
from model_runtime.scores.reasons import FactUsed
from model_runtime.scores.warnings import cautions_sentence, find_cautions
from registry.evaluations.values import Proportion

DAY, OWN = date(2026, 11, 22), Weights(100, 0, 0)


def an_input(name: str, **more) -> dict:
    return {"name": name, "meaning": f"Count of {name}", "type": "integer", "usual": None, "not_known": None, **more}


def found(*rows: tuple[dict, object, date], weights: Weights = OWN, of: int = 243, limit: int = 45):
    facts = [FactUsed(declared["name"], value, "Police", day) for declared, value, day in rows]
    return find_cautions(
        [declared for declared, _, _ in rows],
        facts,
        weights=weights,
        measured=Proportion(9, of),
        stale_after_days=limit,
        given_on=DAY,
    )


@pytest.mark.parametrize(
    ("row", "more", "code", "words"),
    [
        ((an_input("a"), 3, DAY), {"weights": Weights(40, 60, 0)}, "mostly_others", "about other people"),
        ((an_input("a", usual=[0, 2]), 3, DAY), {}, "outside_usual", "Count of a: 3 (mostly 0 to 2)"),
        ((an_input("a", usual=[4, 9]), 3, DAY), {}, "outside_usual", "few people like this"),
        ((an_input("a", not_known=-1), -1, DAY), {}, "not_recorded", "Not recorded: Count of a."),
        ((an_input("a", type="category", not_known="none"), "none", DAY), {}, "not_recorded", "Data is missing"),
        ((an_input("a"), 3, date(2026, 10, 30)), {}, "old_facts", "Count of a (30 October 2026)"),
        ((an_input("a"), 3, DAY), {"of": 43}, "few_similar", "only 43 people"),
    ],
)
def test_each_warning_names_what_it_is_about(row, more, code, words):
    (caution,) = found(row, **more)
    assert caution.code == code
    assert words in caution.sentence


@pytest.mark.parametrize("value", [0, 2])
def test_what_is_usual_known_and_fresh_is_no_warning(value):
    row = an_input("a", usual=[0, 2], not_known=9), value, date(2026, 10, 31)
    assert found(row, of=100) == ()
    assert cautions_sentence((), "Nothing.") == "Nothing."


def test_many_inputs_are_counted_and_a_declaration_of_earlier_days_has_none():
    plain = {"meaning": "M", "type": "integer"}
    old = [({**plain, "name": name}, 1, date(2026, 10, 20)) for name in "abcde"]
    (caution,) = found(*old, ({**plain, "name": "f"}, 1, DAY))
    assert caution.sentence.endswith("; and 2 others.")
    (all_of_it,) = found(*old)
    assert all_of_it.sentence.startswith("All of the data is some time old, the oldest of 20 October 2026.")
