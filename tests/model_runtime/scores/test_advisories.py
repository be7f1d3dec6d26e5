"""Every part of an advisory score is made, or there is none and the record says which part was missing (R02)."""

import pytest
from sqlalchemy import select

from model_runtime.engine.values import LOG_ODDS, PROBABILITY
from model_runtime.scores.advisories import PARTS, explained_by
from model_runtime.scores.tables import Refusal, Score
from model_runtime.scores.values import FORMAT, KEYS, AdvisoryScore
from tests.model_runtime.conftest import count, ledger

LABELLED = ("format", "headline", "label")
"""The three that make up the label: without one of them the label is missing."""


def nothing(ground):
    return None


def not_there(ground):
    raise KeyError("limits")


@pytest.mark.one_database
def test_break_any_part_and_no_score_leaves(approved, ask, monkeypatch):
    """R02: whichever part is broken, there is a recorded refusal that names it, and no score."""
    for name in PARTS:
        with monkeypatch.context() as broken:
            broken.setitem(PARTS, name, nothing)
            refusal = ask(key=name)
        named = "label" if name in LABELLED else name
        assert isinstance(refusal, Refusal), name
        assert (refusal.code, f" {named}: " in refusal.sentence) == ("score_incomplete", True), name
    assert count(approved, Score) == 0
    assert [one["facts"]["code"] for one in ledger(approved.database, "score_refused")] == ["score_incomplete"] * len(
        PARTS
    )
    monkeypatch.setitem(PARTS, "limits", not_there)
    assert ask(key="cannot be made").sentence.endswith("limits: it could not be made.")


def test_every_part_is_made(approved, ask):
    """R02, R29, R41: what a score says beyond its band, from the model's own figures and the facts that were used."""
    assert list(PARTS) == list(KEYS)
    with approved.database.read() as session:
        stored = session.scalars(select(Score).where(Score.id == ask().id)).one().advisory
    score = AdvisoryScore.from_dict(stored)
    assert score.format == FORMAT
    assert score.uncertainty.startswith("This rests on ")
    assert f"between {score.frequency.low} and {score.frequency.high} of 100" in score.uncertainty
    flagged, found, base = score.operating
    assert flagged.startswith("Of 100 people it flags, about")
    assert "later recorded as returned to custody, it flags about" in found
    assert "flagged or not" in base
    assert {(one.source, one.agency) for one in score.reasons} == {("Avon and Somerset Constabulary",) * 2}
    assert {one.meaning for one in score.reasons} >= {"Number of convictions before the one that led to this sentence"}
    assert score.reasons[0].weight == 100
    assert score.explained.startswith("The model's own output")
    assert score.reference in score.record


@pytest.mark.parametrize(
    ("kind", "unit", "words"),
    [
        ("RandomForestClassifier", PROBABILITY, "how many of 100"),
        ("LogisticRegression", LOG_ODDS, "own sum"),
        ("CalibratedClassifierCV of LogisticRegression", LOG_ODDS, "calibrated score"),
        ("Pipeline of CalibratedClassifierCV of LogisticRegression", LOG_ODDS, "added up for that input"),
        ("PointScore", "points", "in points"),
        ("other", "other", "own output"),
    ],
)
def test_it_is_said_what_the_reasons_add_up_to(kind, unit, words):
    """R02: an explanation of an inner model says so."""
    assert words in explained_by(kind, unit)


@pytest.mark.one_database
def test_inputs_of_one_concept_are_one_reason_of_a_score(approved, ask, monkeypatch):
    """R02: the declared concepts reach the score; the weights are those of what people read."""
    from model_runtime.scores import advisories

    declared = {"property_offence": "The offence", "offence_against_person": "The offence"}
    monkeypatch.setattr(advisories, "concepts_of", lambda part: declared)
    score = AdvisoryScore.from_dict(ask().advisory)
    assert len(score.reasons) == 11
    (offence,) = [one for one in score.reasons if one.feature == "The offence"]
    assert offence.sentence == "The offence: Sentenced for an offence against property"


@pytest.mark.one_database
def test_what_is_unusual_is_said_in_the_score(approved, ask, clock):
    """R02: facts that are old although within the limit."""
    assert AdvisoryScore.from_dict(ask().advisory).warnings == ()
    clock.advance(days=20)
    later = AdvisoryScore.from_dict(ask(key="later").advisory)
    assert [one.code for one in later.warnings] == ["old_facts"]
    assert later.warnings_sentence == "1 thing to bear in mind about this score."
