"""A declaration is refused with every problem at its field."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import Invalid
from registry.declarations.values import read_declaration

MISSING = object()


def change(data: dict[str, Any], path: str, value: Any) -> None:
    """Set, or take away, what stands at a path such as version.bands.0.from."""
    *parents, last = path.split(".")
    here: Any = data
    for parent in parents:
        here = here[int(parent) if parent.isdigit() else parent]
    key = int(last) if last.isdigit() else last
    if value is MISSING:
        del here[key]
    else:
        here[key] = value


def problems_of(data: Any) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        read_declaration(data, "model.yaml")
    assert refused.value.sentence.startswith("model.yaml: ")
    return refused.value.problems


def test_the_demonstrations_own_is_good_and_comes_back_the_same(data) -> None:
    declaration = read_declaration(data, "model.yaml")
    stored = declaration.to_dict()
    assert stored["version"]["bands"][0]["from"] == 0
    assert read_declaration(stored, "again").to_dict() == stored


@pytest.mark.parametrize(
    ("path", "value", "place", "said"),
    [
        ("model.summary", MISSING, "model.summary", "this field is missing"),
        ("model.sumary", "x", "model.sumary", "no such field"),
        ("model.name", "  ", "model.name", "this is empty"),
        ("model.name", "x" * 121, "model.name", "longer than 120"),
        ("model.name", 7, "model.name", "expected text"),
        ("model.slug", "Return To Custody", "model.slug", "small letters"),
        ("model.slug", "register", "model.slug", "page of the service"),
        ("model.summary", "a\u0000b", "model.summary", "cannot be printed"),
        ("model.summary", "a\ud800b", "model.summary", "cannot be printed"),
        ("schema", "algocare/model/2", "schema", "expected 'algocare/model/1'"),
        ("version.operating_threshold", 1.5, "version.operating_threshold", "1 or less"),
        ("version.operating_threshold", float("nan"), "version.operating_threshold", ""),
        ("version.operating_threshold", "half", "version.operating_threshold", "expected a number"),
        ("version.bands.1.from", 0.35, "version", "without a gap"),
        ("version.bands.1.from", 0.25, "version", "without a gap"),
        ("version.bands.0.from", 0.1, "version", "from 0 to 1"),
        ("version.bands.2.to", 0.9, "version", "from 0 to 1"),
        ("version.bands.1.code", "lower", "version", "lower appears twice"),
        ("version.bands.0.code", "x" * 21, "version.bands[1].code", "longer than 20"),
        ("version.features.1.name", "age", "version", "age appears twice"),
        ("version.features.0.range", [80, 18], "version.features[1]", "lower number first"),
        ("version.features.0.range", None, "version.features[1]", "give a range"),
        ("version.features.0.type", "text", "version.features[1].type", "expected 'integer'"),
        ("version.features.3.sentence_no", "", "version.features[4]", "sentence_no"),
        ("version.features.0.type", "category", "version.features[1]", "categories"),
        ("version.features.0.unit", "x" * 41, "version.features[1].unit", "longer than 40"),
        ("version.features", [], "version.features", "at least 1"),
        ("version.limits", [], "version.limits", "at least 1"),
        ("version.training_data.sha256", "abc", "version.training_data.sha256", "SHA-256"),
        ("version.evaluation_data.rows", 1.5, "version.evaluation_data.rows", "whole number"),
        ("uses", [], "uses", "at least 1"),
        ("uses.0.significant", "perhaps", "uses[1].significant", "yes or no"),
        ("uses.0.regime", "gdpr", "uses[1].regime", "expected 'uk_gdpr'"),
        ("watch.minimum_rows", 5, "watch.minimum_rows", "10 or more"),
        ("watch.thresholds.0.measure", "luck", "watch.thresholds[1].measure", "expected"),
        ("watch.thresholds.1.measure", "score_drift", "declaration", "score_drift appears twice"),
    ],
)
def test_each_fault_is_named_at_its_field(path: str, value: Any, place: str, said: str, data) -> None:
    change(data, path, value)
    problems = problems_of(data)
    assert list(problems) == [place]
    assert said in problems[place]


def test_all_faults_are_listed_at_once(data) -> None:
    change(data, "model.name", "")
    change(data, "version.label", MISSING)
    change(data, "watch.thresholds.0.at", "much")
    assert set(problems_of(data)) == {"model.name", "version.label", "watch.thresholds[1].at"}


def test_two_uses_of_one_code_are_refused(data) -> None:
    data["uses"].append(data["uses"][0])
    assert "resettlement-support appears twice" in problems_of(data)["declaration"]


@pytest.mark.parametrize("given_instead", [None, [], "text", 3, [1, 2]])
def test_what_is_no_declaration_at_all_is_refused(given_instead: Any) -> None:
    with pytest.raises(Invalid, match="expected the fields"):
        read_declaration(given_instead, "model.yaml")


PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)
@given(st.sampled_from(["model", "version", "uses", "watch", "schema"]), PLAIN)
def test_nothing_that_can_be_written_in_a_part_makes_the_check_fail(handed_in, part: str, value: Any) -> None:
    with pytest.raises(Invalid):
        read_declaration(handed_in[0] | {part: value}, "model.yaml")
