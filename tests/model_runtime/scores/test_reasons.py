"""Reasons in words, and whom the weight is about."""

from datetime import date

import pytest

from model_runtime.people.wording import value_in_words
from model_runtime.scores.reasons import FactUsed, build_reasons, shown_first, weigh
from registry.models.tables import Feature


def a_feature(name: str, about: str = "person", **changes) -> Feature:
    parts = {"meaning": name, "sentence": name + ": {value}", "sentence_no": "", "type": "integer", "protected": None}
    return Feature(name=name, about=about, **{**parts, **changes})


def a_fact(name: str, value=1) -> FactUsed:
    return FactUsed(name, value, "Police", date(2026, 11, 14))


def test_reasons_are_ordered_by_weight_and_keep_their_direction():
    names, contributions = ["a", "b", "c", "d"], [0.1, -0.4, 0.0, 0.2]
    reasons = build_reasons([a_feature(n) for n in names], [a_fact(n) for n in names], contributions)
    assert [(r.feature, r.share, r.direction) for r in reasons] == [
        ("b", 1.0, "lowers"),
        ("d", 0.5, "raises"),
        ("a", 0.25, "raises"),
        ("c", 0.0, "neither"),
    ]


def test_a_model_without_any_weight_has_reasons_that_do_nothing():
    (reason,) = build_reasons([a_feature("a")], [a_fact("a")], [0.0])
    assert (reason.share, reason.direction) == (0.0, "neither")
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
