"""Two declarations, or two editions of a use, side by side, and where the newer one is wider."""

from copy import deepcopy
from typing import Any

import pytest

from registry.models.comparing import Difference, compare_uses, compare_versions, summarise
from registry.models.widening import find_widenings

USE: dict[str, Any] = {
    "code": "support",
    "purpose": "Offer of support",
    "purpose_kinds": ["offender_management"],
    "audience": "Practitioners",
    "agency": "ASC",
    "decision": "Whom to offer a worker first",
    "decision_kind": "offer_support",
    "excluded_decisions": ["Arrest", "Recall"],
    "regime": "uk_gdpr",
    "lawful_basis": "Public task",
    "special_condition": None,
    "significant": False,
    "told": {"channel": "A leaflet", "text": "It says so.", "from": "2026-11-02"},
    "exemption": None,
    "ages": {"minimum": 18, "maximum": 25},
    "horizon": "A year",
}
DECLARED: dict[str, Any] = {
    "schema": "algocare/model/2",
    "model": {"name": "Return", "outcome": {"caution": "Be careful"}},
    "version": {
        "kind": "scikit-learn",
        "operating_threshold": 0.4,
        "features": [
            {"name": "age", "meaning": "Age", "range": [18, 80], "data_item": {"group": "Crime", "name": "Release"}},
            {"name": "work", "meaning": "Has work", "range": None, "protected": None},
        ],
        "bands": [{"code": "lower", "name": "Lower", "from": 0.0, "to": 0.3}],
        "limits": ["It is often wrong.", "It is for adults."],
    },
    "uses": [USE],
    "watch": {"minimum_rows": 30, "thresholds": [{"measure": "score_drift", "at": 0.2, "action": "refer"}]},
}


def changed(**parts: Any) -> dict[str, Any]:
    """The declaration with some parts of its version exchanged."""
    return deepcopy(DECLARED) | {"version": deepcopy(DECLARED["version"]) | parts}


def test_what_is_the_same_differs_in_nothing():
    assert compare_versions(DECLARED, deepcopy(DECLARED)) == []
    assert summarise([]) == "They say the same."
    # an empty text and one left out say the same
    assert compare_uses(USE, {name: value for name, value in USE.items() if value is not None}) == []


def test_every_part_of_a_version_is_compared_and_the_inputs_come_first():
    after = changed(
        operating_threshold=0.35,
        features=[DECLARED["version"]["features"][0] | {"range": [16, 80]}, {"name": "home", "meaning": "Has a home"}],
        bands=[{"code": "lower", "name": "Low", "from": 0.0, "to": 0.35}],
        limits=["It is often wrong.", "It is for everybody."],
    )
    after["uses"] = [USE | {"audience": "Schools"}, USE | {"code": "other"}]
    after["watch"] = {"minimum_rows": 30, "thresholds": [{"measure": "score_drift", "at": 0.3, "action": "suspend"}]}
    after["model"] = {"name": "Return", "outcome": {"caution": "Take care"}}
    found = compare_versions(DECLARED, after)
    assert [one.section for one in found][:3] == ["Inputs"] * 3
    assert [(one.what, one.change, one.before, one.after) for one in found if one.section == "Inputs"] == [
        ("Age: Range", "Changed", "18 to 80", "16 to 80"),
        ("Home", "Added", "", "Name: home; Meaning: Has a home"),
        ("Work", "Removed", "Name: work; Meaning: Has work", ""),
    ]
    rest = [(one.section, one.what, one.before, one.after) for one in found if one.section != "Inputs"]
    assert ("Bands", "Lower: To", "0.3", "0.35") in rest
    assert ("Flag", "Score from which somebody is flagged", "0.4", "0.35") in rest
    assert ("Limits", "Limits", "It is for adults.", "") in rest
    assert ("Limits", "Limits", "", "It is for everybody.") in rest
    assert ("Uses", "Support: Audience", "Practitioners", "Schools") in rest
    assert ("Uses", "Other") in [(section, what) for section, what, _, _ in rest]
    assert (
        "How it is watched",
        "Thresholds: The scores have moved: Action",
        "The ethics committee is asked to look at it",
        "The model is suspended at once",
    ) in rest
    assert ("The model", "Outcome: Caution", "Be careful", "Take care") in rest
    assert summarise(found).startswith("They differ in inputs (1 changed, 1 added, 1 removed), bands (2 changed), flag")


def test_a_declaration_of_the_first_schema_can_be_compared():
    first = deepcopy(DECLARED) | {"uses": [{**USE, "human_involvement": "A supervisor looks.", "ages": None}]}
    found = compare_versions(first, DECLARED)
    assert Difference("Uses", "Support: Human involvement", "A supervisor looks.", "") in found
    assert Difference("Uses", "Support: Ages", "", "Minimum: 18; Maximum: 25") in found


def test_the_rules_of_a_point_score_are_told_by_what_they_ask():
    rule = {"feature": "work", "at_least": None, "is": True, "points": 2.0, "reason": "Has work", "only_highest": False}
    before, after = changed(points={"rules": [rule]}), changed(points={"rules": [rule | {"points": 3.0}]})
    (found,) = compare_versions(before, after)
    assert (found.section, found.before, found.after) == ("Points", "2", "3")
    assert found.what == "Rules: Work is yes: Points"


WIDER = {
    "audience": ({"audience": "Schools"}, "audience", "“Practitioners” becomes “Schools”"),
    "agency": ({"agency": "BCC"}, "agency", "Another agency would see scores"),
    "purpose": ({"purpose": "Enforcement"}, "purpose", "The purpose would be another"),
    "one purpose more": ({"purpose_kinds": ["offender_management", "early_help"]}, "purpose_kinds", "early help"),
    "decision": ({"decision": "Whom to visit"}, "decision", "influence another decision"),
    "kind of decision": ({"decision_kind": "allocate_worker"}, "decision_kind", "choosing which worker"),
    "significant": ({"significant": True}, "significant", "similarly significant effect"),
    "an exclusion less": ({"excluded_decisions": ["Arrest"]}, "excluded_decisions", "no longer be excluded: recall"),
    "regime": ({"regime": "part_3"}, "regime", "Law-enforcement processing"),
    "children": ({"ages": {"minimum": 16, "maximum": 25}}, "ages", "from 16 instead of 18. They are children."),
    "older people": ({"ages": {"minimum": 18, "maximum": None}}, "ages", "people aged 18 or over"),
    "an exemption": ({"told": None, "exemption": {"ground": "x"}}, "exemption", "no longer be told"),
    "special data": ({"special_condition": "Article 9"}, "special_condition", "Special category"),
}


@pytest.mark.parametrize("case", WIDER)
def test_each_way_of_being_wider_is_said(case: str):
    part, field, words = WIDER[case]
    (found,) = find_widenings(USE, USE | part)
    assert found.field == field
    assert words in found.sentence


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"ages": {"minimum": 20, "maximum": 24}},
        {"excluded_decisions": ["Arrest", "Recall", "Charge"]},
        {"horizon": "Two years"},
        {"told": {"channel": "A letter", "text": "It says so.", "from": "2026-11-02"}},
    ],
)
def test_what_is_narrower_or_only_said_better_is_not_wider(part: dict[str, Any]):
    assert find_widenings(USE, USE | part) == []


def test_inputs_are_data_and_a_use_without_ages_had_none():
    (found,) = find_widenings(USE | {"inputs": ["age"]}, USE | {"inputs": ["age", "free_meals"]})
    assert found.sentence == "1 further input would be used: free meals."
    (found,) = find_widenings(USE | {"ages": None}, USE)
    assert found.sentence == "Nobody had said whom a score may be about. Now: people aged 18 to 25."
