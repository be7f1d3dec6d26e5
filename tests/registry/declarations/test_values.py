"""A declaration is refused with every problem at its field, whatever kind of model it describes."""

from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.errors import Invalid, Refused
from registry.declarations.values import Declaration, Elsewhere, read_any, read_declaration
from registry.models.decisions import DECISIONS, check_decision

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
        read_any(data, "model.yaml")
    assert refused.value.sentence.startswith("model.yaml: ")
    return refused.value.problems


def test_every_kind_is_good_and_comes_back_the_same(kinds) -> None:
    for kind, data in kinds.items():
        found = read_any(data, "model.yaml")
        assert isinstance(found, Elsewhere if kind == "elsewhere" else Declaration)
        assert read_any(found.to_dict(), "again").to_dict() == found.to_dict(), kind


FITTED = [
    ("model.summary", MISSING, "model.summary", "this field is missing"),
    ("model.sumary", "x", "model.sumary", "no such field"),
    ("model.name", "  ", "model.name", "this is empty"),
    ("model.name", "x" * 121, "model.name", "longer than 120"),
    ("model.name", 7, "model.name", "expected text"),
    ("model.slug", "Return To Custody", "model.slug", "small letters"),
    ("model.slug", "register", "model.slug", "page of the service"),
    ("model.summary", "a\u0000b", "model.summary", "cannot be printed"),
    ("model.summary", "a\ud800b", "model.summary", "cannot be printed"),
    ("schema", "algocare/model/3", "schema", "expected 'algocare/model/2'"),
    ("schema", "algocare/model/1", "schema", "purpose_kinds, decision_kind, lawful_basis"),
    ("version.kind", "neural", "version.kind", "expected 'scikit-learn', 'point-score', 'supplied'"),
    ("version.kind", MISSING, "version.kind", "this field is missing"),
    ("version.supplier", {"name": "x"}, "version.supplier", "only a score from a supplier has this"),
    ("version.operating_threshold", 1.5, "version.operating_threshold", "1 or less"),
    ("version.operating_threshold", float("nan"), "version.operating_threshold", ""),
    ("version.operating_threshold", "half", "version.operating_threshold", "expected a number"),
    ("version.bands.1.from", 0.35, "version.bands[2].from", "without a gap: the one before ends at 0.3"),
    ("version.bands.1.from", 0.25, "version.bands[2].from", "without a gap"),
    ("version.bands.0.from", 0.1, "version.bands[1].from", "they go from 0 to 1"),
    ("version.bands.0.from", -0.1, "version.bands", "from 0 to 1"),
    ("version.bands.2.to", 0.9, "version.bands[3].to", "they go from 0 to 1"),
    ("version.bands.1.code", "lower", "version.bands[2].code", "lower appears twice"),
    ("version.bands.0.code", "x" * 21, "version.bands[1].code", "longer than 20"),
    ("version.features.1.name", "age", "version.features[2].name", "age appears twice"),
    ("version.features.0.range", [80, 18], "version.features[1].range", "lower number first"),
    ("version.features.0.range", None, "version.features[1].range", "give a range"),
    ("version.features.0.type", "text", "version.features[1].type", "expected 'integer'"),
    ("version.features.3.sentence_no", "", "version.features[4].sentence_no", "how it reads when the answer is no"),
    ("version.features.0.type", "category", "version.features[1].categories", "categories"),
    ("version.features.0.unit", "x" * 41, "version.features[1].unit", "longer than 40"),
    ("version.features", [], "version.features", "at least 1"),
    ("version.features.0.usual", [30, 20], "version.features[1].usual", "the lower one first"),
    ("version.features.0.usual", [10, 20], "version.features[1].usual", "both within its range"),
    ("version.features.3.usual", [0, 1], "version.features[4].usual", "only of a number"),
    ("version.features.0.not_known", 99, "version.features[1].not_known", "no value of this input"),
    ("version.features.0.not_known", "none", "version.features[1].not_known", "no value of this input"),
    ("version.features.3.not_known", 0, "version.features[4].not_known", "no value of this input"),
    ("version.features.0.concept", " ", "version.features[1].concept", "this is empty"),
    ("version.limits", [], "version.limits", "at least 1"),
    ("version.training_data.sha256", "abc", "version.training_data.sha256", "SHA-256"),
    ("version.evaluation_data.rows", 1.5, "version.evaluation_data.rows", "whole number"),
    ("uses", [], "uses", "at least 1"),
    ("watch", MISSING, "watch", "a fitted model is watched"),
    ("watch.minimum_rows", 5, "watch.minimum_rows", "10 or more"),
    ("watch.thresholds.0.measure", "luck", "watch.thresholds[1].measure", "expected"),
    ("watch.thresholds.1.measure", "score_drift", "watch.thresholds[2].measure", "score_drift appears twice"),
]

USES = [
    ("significant", "perhaps", "significant", "yes or no"),
    ("regime", "gdpr", "regime", "expected 'uk_gdpr'"),
    ("purpose_kinds", [], "purpose_kinds", "at least 1"),
    ("purpose_kinds", ["fun"], "purpose_kinds[1]", "expected one of crime_and_disorder"),
    ("decision_kind", "guess", "decision_kind", "expected one of offer_support"),
    ("decision_kind", "", "decision_kind", "this is empty"),
    ("decision_kind", "remove_child", "decision_kind", "no score may inform this decision"),
    ("lawful_basis", "", "lawful_basis", "this is empty"),
    ("human.time", MISSING, "human.time", "this field is missing"),
    ("human", "We look at it", "human", "expected fields with their values"),
    ("told", MISSING, "told", "say how people are told, or in exemption why they are not"),
    ("told.from", "soon", "told.from", "expected a day"),
    ("told.from", 20261130, "told.from", "expected a day"),
    (
        "exemption",
        {"ground": "Danger", "approved_by": "The officer", "review_on": "2027-01-01"},
        "told",
        "give one of the two",
    ),
    ("exemption", {"ground": "Danger", "approved_by": "DPO"}, "exemption.review_on", "this field is missing"),
    ("ages.minimum", -1, "ages.minimum", "0 or more"),
    ("ages.minimum", 17.5, "ages.minimum", "whole number"),
    ("ages.maximum", 17, "ages.maximum", "lies below the lowest"),
    ("ages.minimum", 17, "childrens_rights", "how children's rights were assessed"),
    ("horizon", MISSING, "horizon", "this field is missing"),
]

SUPPLIED = [
    ("version.supplier.audit_rights", "", "version.supplier.audit_rights", "this is empty"),
    ("version.supplier.upgrade_notice_days", MISSING, "version.supplier.upgrade_notice_days", "missing"),
    ("version.scale.high", -1, "version.scale.high", "above the lowest"),
    ("version.operating_threshold", 1001, "version.operating_threshold", "outside the scale"),
    ("version.bands.0.from", 1, "version.bands[1].from", "the scale goes from 0 to 1000"),
    ("version.inputs_not_disclosed", MISSING, "version.inputs_not_disclosed", "list the inputs, or say here"),
    ("version.artefact", {"file": "x"}, "version.artefact", "only a model fitted with scikit-learn has this"),
]

ELSEWHERE = [
    ("elsewhere.reason", MISSING, "elsewhere.reason", "say why it was retired"),
    ("elsewhere.status", "gone", "elsewhere.status", "expected 'in_use'"),
    ("elsewhere.source_link", "javascript:alert(1)", "elsewhere.source_link", "begins with https://"),
    ("elsewhere.checked_on", "2026-13-01", "elsewhere.checked_on", "expected a day"),
    ("elsewhere.ended_on", "last year", "elsewhere.ended_on", "expected a day"),
    ("elsewhere.version", {}, "elsewhere.version", "no such field"),
    ("version", {}, "version", "has only schema and elsewhere"),
]

FAULTS = [
    *(("scikit-learn", *fault) for fault in FITTED),
    *(("scikit-learn", f"uses.0.{path}", value, f"uses[1].{place}", said) for path, value, place, said in USES),
    *(("supplied", *fault) for fault in SUPPLIED),
    *(("elsewhere", *fault) for fault in ELSEWHERE),
]


@pytest.mark.parametrize(("kind", "path", "value", "place", "said"), FAULTS)
def test_each_fault_is_named_at_its_field(kind: str, path: str, value: Any, place: str, said: str, kinds) -> None:
    """R03, R06, R23 (how people are told), R33 (ages, children's rights), R37 (decisions), R48 (suppliers)."""
    change(kinds[kind], path, value)
    problems = problems_of(kinds[kind])
    assert list(problems) == [place]
    assert said in problems[place]


def test_all_faults_are_listed_at_once_contradictions_too(kinds) -> None:
    data = kinds["scikit-learn"]
    change(data, "model.name", "")
    change(data, "version.label", MISSING)
    change(data, "version.bands.1.from", 0.35)
    change(data, "version.features.0.range", [80, 18])
    change(data, "uses.0.told", MISSING)
    change(data, "uses.0.ages.minimum", 12)
    change(data, "watch.thresholds.0.at", "much")
    assert set(problems_of(data)) == {
        "model.name",
        "version.label",
        "version.bands[2].from",
        "version.features[1].range",
        "uses[1].told",
        "uses[1].childrens_rights",
        "watch.thresholds[1].at",
    }


def test_two_uses_of_one_code_are_refused(kinds) -> None:
    data = kinds["scikit-learn"]
    data["uses"].append(data["uses"][0])
    assert "resettlement-support appears twice" in problems_of(data)["uses[2].code"]


def test_a_file_about_a_model_elsewhere_is_not_taken_for_a_model(kinds) -> None:
    with pytest.raises(Invalid, match="about a model elsewhere"):
        read_declaration(kinds["elsewhere"], "model.yaml")
    for kind in ("in_use", "unknown"):  # only an end needs a reason
        change(kinds["elsewhere"], "elsewhere.status", kind)
        assert read_any({**kinds["elsewhere"], "elsewhere": without(kinds["elsewhere"]["elsewhere"], "reason")}, "x")


def without(part: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != name}


def test_texts_keep_their_paragraphs_and_lines_have_none(kinds) -> None:
    data = kinds["scikit-learn"]
    change(data, "model.purpose", " One.\r\n\r\nTwo. ")
    change(data, "model.name", "Return\n to  custody")
    found = read_declaration(data, "x")
    assert (found.model.purpose, found.model.name) == ("One.\n\nTwo.", "Return to custody")


@pytest.mark.parametrize("kind", DECISIONS.values(), ids=lambda kind: kind.code)
def test_every_excluded_decision_says_why_and_is_refused(kind) -> None:
    if kind.excluded:
        with pytest.raises(Refused, match="no score may inform"):
            check_decision(kind.code)
    else:
        check_decision(kind.code)


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
@given(st.sampled_from(["model", "version", "uses", "schema", "elsewhere"]), PLAIN)
def test_nothing_that_can_be_written_in_a_part_makes_the_check_fail(kinds, part: str, value: Any) -> None:
    with pytest.raises(Invalid):
        read_any(kinds["scikit-learn"] | {part: value}, "model.yaml")


@settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=100)
@given(st.sampled_from(["scikit-learn", "point-score", "supplied", "elsewhere"]), st.data())
def test_nothing_that_can_be_written_at_any_place_makes_the_check_fail(kinds, kind: str, drawn) -> None:
    data = deepcopy(kinds[kind])
    change(data, drawn.draw(st.sampled_from(sorted(leaves(data)))), drawn.draw(PLAIN))
    assert not [said for said in said_of(data) if not said or "Input should" in said]


def said_of(data: Any) -> list[str]:
    try:
        read_any(data, "model.yaml")
    except Invalid as refused:
        return list(refused.problems.values())
    return []


def leaves(value: Any, path: str = "") -> list[str]:
    """The path of everything in plain values, as `change` takes it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for name, one in inner:
        found += leaves(one, f"{path}.{name}".lstrip("."))
    return found


def test_inputs_of_one_concept_are_about_the_same_one(data) -> None:
    """R02, R29: a reason is about the person, a relative or somebody linked, and not about two of them."""
    features = data["version"]["features"]
    features[1]["concept"] = features[2]["concept"] = "Earlier offending"
    features[1] |= {"usual": [0, 8], "not_known": 30}
    read = read_declaration(data, "model.yaml").version.features
    assert [feature.concept for feature in read[:3]] == [None, "Earlier offending", "Earlier offending"]
    assert (read[1].usual, read[1].not_known) == ((0.0, 8.0), 30.0)
    features[2]["about"] = "relative"
    with pytest.raises(Invalid) as refusal:
        read_declaration(data, "model.yaml")
    assert list(refusal.value.problems) == ["version.features[3].concept"]


def test_a_category_can_stand_for_what_is_not_recorded(data) -> None:
    """R02: a score that used it says that data is missing."""
    feature = data["version"]["features"][0]
    feature |= {"type": "category", "range": None, "categories": {"Owner": 1, "Not recorded": 0}}
    feature["not_known"] = "Not recorded"
    assert read_declaration(data, "model.yaml").version.features[0].not_known == "Not recorded"
    feature["not_known"] = "Nobody asked"
    with pytest.raises(Invalid, match="no value of this input"):
        read_declaration(data, "model.yaml")
