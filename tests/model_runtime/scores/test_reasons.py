"""Reasons in words, and whom the weight is about."""

from datetime import date

import pytest

from model_runtime.people.wording import value_in_words
from model_runtime.scores.reasons import FactUsed, build_reasons, rounded_in_words, shown_first, weigh
from registry.models.tables import Feature


def a_feature(name: str, about: str = "person", **changes) -> Feature:
    parts = {"meaning": name, "sentence": name + ": {value}", "sentence_no": "", "type": "integer", "protected": None}
    return Feature(name=name, about=about, **{**parts, **changes})


def a_fact(name: str, value=1) -> FactUsed:
    return FactUsed(name, value, "Police", date(2026, 11, 14))


def test_reasons_are_ordered_by_weight_and_keep_their_direction():
    names, contributions = ["a", "b", "c", "d"], [0.1, -0.4, 0.0, 0.2]
    reasons = build_reasons([a_feature(n) for n in names], [a_fact(n) for n in names], contributions)
    assert [(r.feature, r.weight, r.direction) for r in reasons] == [
        ("b", 100, "lowers"),
        ("d", 50, "raises"),
        ("a", 25, "raises"),
        ("c", 0, "neither"),
    ]


def test_a_model_without_any_weight_has_reasons_that_do_nothing():
    (reason,) = build_reasons([a_feature("a")], [a_fact("a")], [0.0])
    assert (reason.weight, reason.direction) == (0, "neither")
    assert weigh([a_feature("a")], [0.0]).sentence.startswith("No fact carried any weight")


@pytest.mark.parametrize(("value", "sentence"), [(1, "Has work"), (0, "Has no work"), (True, "Has work")])
def test_yes_and_no_read_as_sentences(value, sentence):
    feature = a_feature("work", type="yes_no", sentence="Has work", sentence_no="Has no work")
    (reason,) = build_reasons([feature], [a_fact("work", value)], [0.1])
    assert reason.sentence == sentence


def test_other_braces_in_a_sentence_are_left_alone():
    (reason,) = build_reasons([a_feature("a", sentence="{0} {name} {value}")], [a_fact("a", 7)], [0.1])
    assert reason.sentence == "{0} {name} 7"


@pytest.mark.parametrize(
    ("kind", "value", "words"),
    [("integer", 1240, "1,240"), ("number", 0.5, "0.5"), ("number", 1e6, "1,000,000"), ("yes_no", 0, "no")]
    + [("category", "north", "north"), ("", 3, "3"), ("yes_no", 7, "7")],
)
def test_values_are_written_for_people(kind, value, words):
    assert value_in_words(kind, value) == words


@pytest.mark.parametrize(
    ("contributions", "shares"),
    [([0.5, 0.3, 0.2], (50, 30, 20)), ([0.0, -0.4, 0.0], (0, 100, 0)), ([1, 1, 1], (34, 33, 33))],
)
def test_the_weight_is_told_apart_by_whom_it_is_about(contributions, shares):
    features = [a_feature("a"), a_feature("b", "relative"), a_feature("c", "linked")]
    weights = weigh(features, contributions)
    assert (weights.person, weights.relative, weights.linked) == shares
    assert weights.mostly_others == (shares[0] < 50)


def test_three_to_five_reasons_are_shown_first():
    names = "abcdefg"

    def shown(*contributions):
        chosen = names[: len(contributions)]
        reasons = build_reasons([a_feature(n) for n in chosen], [a_fact(n) for n in chosen], contributions)
        return len(shown_first(reasons))

    assert shown(1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4) == 5
    assert shown(1, 0.02, 0.02, 0.02, 0.02) == 3
    assert shown(1, 0.9, 0.8, 0.5, 0.01) == 4
    assert shown(1, 0.5) == 2


HOME = {"rents": "Where the person lives", "owns": "Where the person lives", "moves": "Where the person lives"}


def a_home(rents: int = 1, owns: int = 0):
    yes_no = {"type": "yes_no", "protected": None}
    features = [
        a_feature("rents", sentence="Rents", sentence_no="Does not rent", **yes_no),
        a_feature("age", protected="age"),
        a_feature("owns", sentence="Owns a home", sentence_no="Owns no home", **yes_no),
        a_feature("moves", sentence="Moved {value} times", protected="race"),
    ]
    facts = [
        FactUsed("rents", rents, "Housing", date(2026, 11, 14), "Council"),
        FactUsed("age", 30, "Police", date(2026, 11, 1)),
        FactUsed("owns", owns, "Housing", date(2026, 11, 14), "Council"),
        FactUsed("moves", 2, "Tax", date(2026, 11, 2), "Council"),
    ]
    return features, facts


def test_encoded_columns_are_one_reason():
    """R02: what was encoded in several columns is one thing to people, and its contributions are summed."""
    features, facts = a_home()
    age, home = build_reasons(features, facts, [0.3, 0.2, -0.5, 0.1], HOME)
    assert (age.feature, age.weight, age.agency) == ("age", 100, "Police")
    assert (home.feature, home.meaning) == ("Where the person lives", "Where the person lives")
    assert (home.weight, home.direction) == (50, "lowers")
    assert home.sentence == "Where the person lives: Rents; Moved 2 times"
    assert home.value_text == "rents: yes; owns: no; moves: 2"
    assert home.source_text == "Housing, 14 November 2026; Tax, 2 November 2026"
    assert (home.source, home.agency, home.as_of) == ("Housing and Tax", "Council", date(2026, 11, 2))
    assert home.protected == "race"
    assert weigh(features, [0.3, 0.2, -0.5, 0.1], HOME).person == 100


def test_what_does_not_hold_is_said_when_nothing_does():
    features, facts = a_home(rents=0)
    _, home = build_reasons(features[:3], facts[:3], [0.1, 0.5, 0.1], HOME)
    assert home.sentence == "Where the person lives: Does not rent; Owns no home"


@pytest.mark.parametrize(
    ("value", "shown"), [(0.123456, "0.123"), (123.456, "123"), (98765.4321, "98,765"), (2.0, "2"), (7, "7")]
)
def test_measured_numbers_are_rounded(value, shown):
    """R41: what people read is rounded, never a raw decimal."""
    assert rounded_in_words("number", value) == shown
