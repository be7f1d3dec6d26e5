"""An advisory score is whole or it does not exist (R02), and holds no decimal score (R41)."""

import json
from dataclasses import fields, replace
from datetime import UTC, date, datetime

import pytest

from model_runtime.scores.earlier import FIRST_FORMAT, NOT_LOOKED_FOR
from model_runtime.scores.earlier import KEYS as FIRST_KEYS
from model_runtime.scores.parts import Caution, Frequency, Reason, ScoreIncomplete, Weights
from model_runtime.scores.values import FORMAT, HEADLINE, KEYS, LABEL, LISTS, NOTHING_UNUSUAL, TEXTS, AdvisoryScore


def a_reason(**changes) -> Reason:
    plain = Reason(
        feature="priors",
        meaning="Earlier convictions",
        sentence="3 earlier convictions",
        value_text="3",
        source_text="Avon and Somerset Constabulary, 14 November 2026",
        source="Niche",
        agency="Avon and Somerset Constabulary",
        as_of=date(2026, 11, 14),
        about="person",
        protected=None,
        weight=100,
        direction="raises",
    )
    return replace(plain, **changes)


def a_score(**changes) -> AdvisoryScore:
    """A complete advisory score with some parts changed."""
    parts = {
        "format": FORMAT,
        "headline": HEADLINE,
        "label": LABEL,
        "reference": "S-4F7K-2M9P",
        "person_reference": "RC-0001",
        "model": "Return to custody",
        "model_slug": "return-to-custody",
        "version": 1,
        "outcome": "returned to custody",
        "band_code": "medium",
        "band": "Medium",
        "frequency": Frequency("Of 100 people about 41 did", "Of all it was 38.", "59 of 100 did not.", 41, 36, 46),
        "uncertainty": "This rests on 243 people in this band.",
        "operating": ("Of 100 it flags, about 54 returned.", "Of 100 who returned, it flags about 63."),
        "reasons": (a_reason(), a_reason(feature="age", protected="age", weight=50, direction="lowers")),
        "warnings": (Caution("few_similar", "It rests on few people."),),
        "warnings_sentence": "1 thing to bear in mind about this score.",
        "weights": Weights(100, 0, 0),
        "weight_warning": "",
        "data_as_of": date(2026, 11, 14),
        "approval_id": 4,
        "approval_expires_on": date(2027, 3, 3),
        "purpose_code": "support",
        "purpose": "Offer of support",
        "audience": "Practitioners",
        "decision": "Whom to offer a worker first",
        "excluded_decisions": ("Recall",),
        "limits": ("Often wrong.",),
        "wrong_before": ("Of 100 it flags, about 54 returned.",),
        "cannot_know": ("What the person wants.",),
        "challenge_route": "Tell your worker.",
        "method": "SHAP values.",
        "explained": "The model's own output.",
        "largest_error": "1.1e-16",
        "record": "Recorded in the ledger as score S-4F7K-2M9P.",
        "given_at": datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    }
    return AdvisoryScore(**{**parts, **changes})


def test_a_whole_score_survives_a_journey_through_json():
    score = a_score()
    assert AdvisoryScore.from_dict(json.loads(json.dumps(score.to_dict()))) == score
    assert set(score.to_dict()) == set(KEYS)


@pytest.mark.parametrize("key", KEYS)
def test_without_any_one_key_there_is_no_score(key: str):
    whole = a_score().to_dict()
    del whole[key]
    with pytest.raises(ScoreIncomplete) as refusal:
        AdvisoryScore.from_dict(whole)
    assert refusal.value.part == key


@pytest.mark.parametrize(
    "key", [key for key in KEYS if key not in ("excluded_decisions", "weight_warning", "warnings")]
)
@pytest.mark.parametrize("nothing", [None, "", "  ", [], {}])
def test_an_empty_part_is_refused(key: str, nothing: object):
    with pytest.raises(ScoreIncomplete):
        AdvisoryScore.from_dict({**a_score().to_dict(), key: nothing})


@pytest.mark.parametrize("key", [*TEXTS, *LISTS, "headline", "label"])
def test_an_empty_part_cannot_be_built_either(key: str):
    with pytest.raises(ScoreIncomplete):
        a_score(**{key: () if key in LISTS else " "})


@pytest.mark.parametrize("part", ["limits", "wrong_before", "cannot_know"])
def test_a_list_of_blanks_is_no_list(part: str):
    with pytest.raises(ScoreIncomplete):
        a_score(**{part: ("  ",)})


@pytest.mark.parametrize("part", ["reasons", "frequency", "weights"])
def test_a_part_is_not_a_text(part: str):
    with pytest.raises(ScoreIncomplete):
        a_score(**{part: "something"})


def test_the_reasons_are_reasons():
    with pytest.raises(ScoreIncomplete):
        a_score(reasons=("because",))


@pytest.mark.parametrize("key", [field.name for field in fields(Reason)])
def test_a_reason_without_any_one_key_is_refused(key: str):
    whole = a_score().to_dict()
    del whole["reasons"][0][key]
    with pytest.raises(ScoreIncomplete):
        AdvisoryScore.from_dict(whole)


def test_an_unknown_key_is_refused():
    with pytest.raises(ScoreIncomplete):
        AdvisoryScore.from_dict({**a_score().to_dict(), "probability": 0.41})


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("label", "You may rely on this score."),
        ("headline", "Decision"),
        ("format", "algocare/advisory-score/1"),
        ("format", "algocare/advisory-score/3"),
        ("warnings", ()),
        ("warnings", ("few",)),
        ("warnings_sentence", NOTHING_UNUSUAL),
        ("excluded_decisions", ("",)),
        ("largest_error", "0.00001"),
        ("largest_error", "nan"),
        ("largest_error", "-1"),
        ("approval_expires_on", date(2026, 11, 21)),
        ("data_as_of", date(2026, 11, 23)),
        ("given_at", datetime(2026, 11, 22, 12, 0)),
        ("version", 0),
        ("version", True),
        ("weights", Weights(40, 60, 0)),
    ],
)
def test_what_must_not_be_said_is_refused(part: str, value: object):
    with pytest.raises(ScoreIncomplete) as refusal:
        a_score(**{part: value})
    assert part in ("weights", "format", "headline", refusal.value.part) or refusal.value.part == "warnings"


def test_weight_that_is_mostly_about_others_needs_its_warning():
    told = a_score(weights=Weights(40, 60, 0), weight_warning="Most of it is about relatives.")
    assert told.weights.sentence == "40% of the weight is about this person, 60% about relatives, none about others."


@pytest.mark.parametrize("numbers", [(41, 42, 46), (41, 36, 40), (101, 36, 101), (41, -1, 46), (41.5, 36, 46)])
def test_a_frequency_that_cannot_be_is_refused(numbers: tuple):
    with pytest.raises(ScoreIncomplete):
        Frequency("a", "b", "c", *numbers)


def test_there_is_no_fraction_in_it():
    """R41: whole numbers and words, wherever one looks."""
    assert "." not in json.dumps([*find_numbers(a_score().to_dict())])


def find_numbers(value):
    if isinstance(value, int | float):
        yield value
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from find_numbers(child)


def test_nothing_unusual_has_to_be_said():
    """R02: no warnings only with the sentence that says so."""
    quiet = a_score(warnings=(), warnings_sentence=NOTHING_UNUSUAL)
    assert AdvisoryScore.from_dict(quiet.to_dict()) == quiet


def of_first_format(**changes) -> dict:
    """A score as the service stored it before the second format."""
    whole = {name: one for name, one in a_score().to_dict().items() if name in FIRST_KEYS}
    kept = ("meaning", "source", "agency", "weight")
    reasons = [{k: v for k, v in each.items() if k not in kept} | {"share": 0.333} for each in whole["reasons"]]
    return {**whole, "format": FIRST_FORMAT, "reasons": reasons, **changes}


def test_a_score_of_the_first_format_is_read_and_given_back_word_for_word():
    """R02, R20: what was given stays readable, and its digest stays true."""
    stored = of_first_format()
    score = AdvisoryScore.from_dict(stored)
    assert score.to_dict() == stored
    assert (score.reasons[0].weight, score.warnings, score.warnings_sentence) == (33, (), NOT_LOOKED_FOR)
    assert "not recorded" in score.uncertainty
    warned = of_first_format(weights={"person": 10, "relative": 90, "linked": 0}, weight_warning="Mostly others.")
    assert AdvisoryScore.from_dict(warned).warnings == (Caution("mostly_others", "Mostly others."),)


@pytest.mark.parametrize("key", sorted(FIRST_KEYS))
def test_nor_does_one_of_the_first_format_lack_a_part(key: str):
    whole = of_first_format()
    del whole[key]
    with pytest.raises(ScoreIncomplete):
        AdvisoryScore.from_dict(whole)


@pytest.mark.parametrize("change", [{"share": 1.5}, {"share": True}, {"weight": 3}, {"sentence": ""}])
def test_nor_is_a_reason_of_the_first_format_anything_else(change: dict):
    whole = of_first_format()
    whole["reasons"][0] |= change
    with pytest.raises(ScoreIncomplete):
        AdvisoryScore.from_dict(whole)


def test_reasons_are_told_apart_by_what_they_do():
    score = a_score()
    assert [reason.feature for reason in score.raising] == ["priors"]
    assert [reason.feature for reason in score.lowering] == ["age"]
    assert [reason.feature for reason in score.protected] == ["age"]
    assert score.title == "Return to custody: medium"
