"""Faults of the engine and facts that are not as declared end in "not scored", recorded."""

from datetime import date

import pytest

from model_runtime.engine.values import EngineCrashed, EngineMismatch, EngineRefused, EngineTimeout
from model_runtime.gate.values import MEANWHILE
from model_runtime.people.queries import find_person
from model_runtime.people.tables import Fact
from model_runtime.scores.tables import Refusal, Score
from tests.model_runtime.conftest import count, ledger


class Failing:
    """An engine that ends in a fault."""

    def __init__(self, fault: Exception):
        self.fault = fault

    def score(self, *arguments):
        raise self.fault


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (EngineTimeout("The model took too long. There is no score."), "engine_timeout"),
        (EngineTimeout("The model is busy. There is no score; try again.", code="engine_busy"), "engine_busy"),
        (EngineCrashed("The model stopped. There is no score."), "engine_crashed"),
        (EngineMismatch("It does not add up. There is no score.", code="not_additive"), "not_additive"),
        (EngineRefused("The model file is not the approved one.", code="artefact_changed"), "artefact_changed"),
    ],
)
def test_a_fault_of_the_engine_is_a_recorded_refusal(approved, ask, fault: Exception, code: str):
    refusal = ask(engine=Failing(fault))
    assert (refusal.code, refusal.sentence) == (code, fault.sentence)
    assert refusal.what_next[-1] == MEANWHILE
    (entry,) = ledger(approved.database, "score_refused")
    assert entry["facts"]["code"] == code
    assert count(approved, Score) == 0


def test_an_unexpected_fault_is_recorded_and_its_words_are_kept_out_of_log_and_record(approved, ask, caplog):
    refusal = ask(engine=Failing(RuntimeError("age of RC-0001 is 24")))
    assert refusal.code == "fault"
    assert "RC-0001" not in refusal.sentence
    assert "RC-0001" not in caplog.text
    assert "RuntimeError" in caplog.text
    assert refusal.reference in caplog.text
    (entry,) = ledger(approved.database, "score_refused")
    assert entry["facts"]["code"] == "fault"


def test_an_explanation_that_does_not_add_up_is_no_score(approved, ask, engine):
    from dataclasses import replace

    class Loose:
        def score(self, *arguments):
            return replace(engine.score(*arguments), largest_error=1e-5)

    refusal = ask(engine=Loose())
    assert refusal.code == "score_incomplete"
    assert count(approved, Score) == 0


@pytest.mark.parametrize(
    ("name", "value", "code", "words"),
    [
        ("age", 17, "out_of_range", "Age in whole years on the day of release must be from 18 to 80."),
        ("age", "old", "not_a_number", "Age in whole years on the day of release must be a number."),
        ("age", 24.5, "not_whole", "must be a whole number."),
        ("age", [24], "not_a_number", "must be a number."),
        ("age", True, "not_a_number", "must be a number."),
        ("drug_history", 2, "out_of_range", "The records note a history of drug use must be yes or no."),
        ("drug_history", "yes", "not_a_number", "must be yes or no."),
    ],
)
def test_a_fact_that_is_not_as_declared_is_refused_by_name(approved, ask, name, value, code, words):
    with approved.database.write() as session:
        fact = Fact(
            person_id=find_person(session, "RC-0001").id,
            name=name,
            value=value,
            as_of=date(2026, 11, 20),
            source_code="ASC",
            recorded_at=approved.clock.now(),
        )
        session.add(fact)
    refusal = ask()
    assert refusal.code == code
    assert words in refusal.sentence
    assert str(value) not in refusal.sentence.replace(words, "")
    assert count(approved, Score) == 0


def test_every_wrong_fact_is_named(approved, ask, add):
    add(approved.database, "RC-0006", at=approved.clock.now(), age=200, drug_history=7)
    refusal = ask(person="RC-0006")
    assert "Age in whole years" in refusal.sentence
    assert "history of drug use" in refusal.sentence


def test_a_person_nobody_knows_is_a_recorded_refusal(approved, ask):
    for reference in ("RC-9999", "", "../etc", "RC-0001\x00", "x" * 400):
        refusal = ask(person=reference)
        assert refusal.code == "not_found"
        assert refusal.person is None
    assert count(approved, Refusal) == 5


def test_a_long_purpose_with_odd_letters_is_kept_as_a_line(approved, ask):
    refusal = ask(purpose="Recall\x00 \n to  prison" + "x" * 400, use_id=None)
    assert refusal.code == "unknown_purpose"
    assert refusal.purpose.startswith("Recall to prison")
    assert len(refusal.purpose) == 200
