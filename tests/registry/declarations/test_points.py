"""Point scores: what they come to, what they can come to, and rules that do not fit their inputs."""

import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import Invalid
from model_runtime.engine.points import answer_points
from registry.declarations.parts import FeaturePart
from registry.declarations.points import PointsPart, add_up, find_reach, part_bytes
from registry.declarations.reading import parse
from registry.declarations.values import read_any

from .conftest import DEMO


def feature(name: str, kind: str, **more: Any) -> FeaturePart:
    words = {"meaning": "m", "sentence": "s", "sentence_no": "n", "data_item": {"group": "g", "name": "n"}}
    return FeaturePart.model_validate({"name": name, "type": kind, **words, **more})


def rule(name: str, points: float, **condition: Any) -> dict[str, Any]:
    return {"feature": name, "points": points, "reason": "r", **condition}


def values_of(one: FeaturePart) -> list[float]:
    return list(one.categories.values()) or [
        float(number) for number in range(int(one.range[0]), int(one.range[1]) + 1)
    ]


@pytest.mark.parametrize(
    ("attendance", "others", "total"),
    [(95, 0, 0), (90.5, 0, 0), (90, 0, 1), (85.1, 0, 1), (85, 0, 2), (0, 0, 2), (95, 1, 16), (50, 1, 18)],
)
def test_the_published_points_of_the_neet_indicator(attendance: float, others: int, total: int) -> None:
    found = read_any(parse((DEMO / "point_scores" / "roni.yaml").read_bytes(), "x"), "x").version
    people = {one.name: others for one in found.features} | {"attendance": attendance}
    assert add_up(found.points, found.features, people) == total
    assert find_reach(found.points, found.features) == (0, 18)


def test_conduct_disorder_is_flagged_from_three_of_five() -> None:
    found = read_any(parse((DEMO / "point_scores" / "conduct_disorder.yaml").read_bytes(), "x"), "x").version
    names = [one.name for one in found.features]
    for met in itertools.product((0, 1), repeat=5):
        flagged = add_up(found.points, found.features, dict(zip(names, met, strict=True))) >= found.operating_threshold
        assert flagged == (sum(met) >= 3)


def test_weights_rules_and_a_constant_add_up() -> None:
    features = [feature("age", "integer", range=[10, 20]), feature("home", "category", categories={"Owner": 1, "7": 2})]
    points = PointsPart.model_validate(
        {
            "rules": [rule("home", 3, equals="Owner"), rule("home", -2, equals=7), rule("age", 5, equals=12)],
            "weights": {"age": 0.5},
            "constant": 1,
        }
    )
    assert add_up(points, features, {"age": 12, "home": 1}) == 1 + 6 + 5 + 3
    assert add_up(points, features, {"age": 20, "home": 2}) == 1 + 10 - 2  # the name 7 comes before the number
    assert find_reach(points, features) == (1 + 5 - 2, 1 + 11 + 3)


def test_no_score_lies_beyond_the_reach_by_its_last_digit() -> None:
    """R04: bands cover the reach, and a score without a band could not be measured."""
    features = [feature(f"n{place}", "yes_no") for place in range(10)]
    rules = [rule(one.name, 0.1, **{"is": True}) for one in features]
    points = PointsPart.model_validate({"rules": rules})
    names = [one.name for one in features]
    most = answer_points(part_bytes(points.model_dump(mode="json", by_alias=True)), names, [dict.fromkeys(names, 1)])
    assert find_reach(points, features) == (0.0, most.scores[0])


CONDITIONS = st.sampled_from(["at_least", "at_most", "equals"])
NUMBER = st.integers(0, 6)
RULES = st.lists(st.tuples(CONDITIONS, NUMBER, st.integers(-4, 4)), min_size=1, max_size=4)


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)
@given(RULES, st.booleans(), st.integers(-3, 3))
def test_the_reach_of_whole_numbers_is_that_of_every_value_tried(rules, ladder: bool, weight: int) -> None:
    listed = [rule("n", points, only_highest=ladder, **{asked: at}) for asked, at, points in rules]
    points = PointsPart.model_validate({"rules": listed, "weights": {"n": weight}})
    one = feature("n", "integer", range=[0, 6])
    tried = [add_up(points, [one], {"n": value}) for value in values_of(one)]
    assert find_reach(points, [one]) == (min(tried), max(tried))


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)
@given(RULES, st.booleans(), st.integers(-3, 3), st.floats(0, 6))
def test_no_number_comes_to_more_or_less_than_the_reach(rules, ladder: bool, weight: int, value: float) -> None:
    listed = [rule("n", points, only_highest=ladder, **{asked: at}) for asked, at, points in rules]
    points = PointsPart.model_validate({"rules": listed, "weights": {"n": weight}})
    one = feature("n", "number", range=[0, 6])
    low, high = find_reach(points, [one])
    assert low - 1e-9 <= add_up(points, [one], {"n": value}) <= high + 1e-9


WRONG = [
    ("rules.0.feature", "absent", "version.points.rules[1].feature", "there is no input absent"),
    ("rules.0.at_most", 101, "version.points.rules[1].at_most", "outside the range of attendance, 0 to 100"),
    ("rules.0.only_highest", False, "version.points.rules[1].only_highest", "at all of them or at none"),
    ("rules.0.is", True, "version.points.rules[1]", "exactly one of at_least, at_most, equals and is"),
    ("rules.0", rule("attendance", 1, **{"is": True}), "version.points.rules[1].only_highest", "at all of them"),
    ("rules.2", rule("carer", 1, at_least=1), "version.points.rules[3].at_least", "is a yes or no: ask with is"),
    ("rules.10", rule("carer", 1, **{"is": True}), "version.points", "gives points for youth_offending_team"),
    ("rules.2.reason", "", "version.points.rules[3].reason", "this is empty"),
    ("weights", {"absent": 1}, "version.points.weights.absent", "there is no input absent"),
    ("weights", {"not a name": 1}, "version.points.weights.not a name", "letters, digits"),
    ("rules", [], "version.points", "give rules, weights or both"),
    ("rules.0.equals", [], "version.points.rules[1].equals", "expected a number, or one of"),
]


@pytest.mark.parametrize(("path", "value", "place", "said"), WRONG)
def test_points_that_do_not_fit_are_refused_where_they_stand(path: str, value, place: str, said: str, kinds) -> None:
    *parents, last = path.split(".")
    here = kinds["point-score"]["version"]["points"]
    for parent in parents:
        here = here[int(parent) if parent.isdigit() else parent]
    here[int(last) if last.isdigit() else last] = value
    with pytest.raises(Invalid) as refused:
        read_any(kinds["point-score"], "x")
    assert said in refused.value.problems[place], refused.value.problems


@pytest.mark.parametrize(
    ("path", "value", "place", "said"),
    [
        ("bands.2.to", 17, "bands[3].to", "the points add up to 0 at least and 18 at most"),
        ("bands.0.from", 1, "bands[1].from", "the points add up to 0"),
        ("operating_threshold", 19, "operating_threshold", "nobody or everybody is flagged"),
        ("operating_threshold", 0, "operating_threshold", "nobody or everybody is flagged"),
    ],
)
def test_bands_and_threshold_answer_to_the_points(path: str, value, place: str, said: str, kinds) -> None:
    *parents, last = path.split(".")
    here = kinds["point-score"]["version"]
    for parent in parents:
        here = here[int(parent) if parent.isdigit() else parent]
    here[last] = value
    with pytest.raises(Invalid) as refused:
        read_any(kinds["point-score"], "x")
    assert list(refused.value.problems) == [f"version.{place}"]
    assert said in refused.value.problems[f"version.{place}"]


def test_the_same_points_are_the_same_file(kinds) -> None:
    declared = read_any(kinds["point-score"], "x")
    turned = dict(reversed(kinds["point-score"]["version"]["points"].items()))
    kinds["point-score"]["version"]["points"] = turned
    assert part_bytes(declared.own_part) == part_bytes(read_any(kinds["point-score"], "x").own_part)
    assert b" " not in part_bytes({"a": [1.5, {"b": None}]})
