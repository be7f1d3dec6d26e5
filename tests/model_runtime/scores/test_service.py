"""What is given for a request: one whole advisory score, recorded in the same breath, once."""

import threading
from datetime import date

import pytest
from sqlalchemy import select, text

from foundation.ledger.queries import list_recent
from model_runtime.people.queries import find_person
from model_runtime.people.tables import Fact
from model_runtime.scores.queries import (
    read_advisory,
)
from model_runtime.scores.rules import commit_to
from model_runtime.scores.tables import Refusal, Score
from model_runtime.scores.values import AdvisoryScore
from registry.evaluations.tables import Evaluation
from registry.models.tables import ModelVersion
from tests.model_runtime.conftest import FACTS, change, count, ledger


def test_an_approved_use_gives_a_whole_advisory_score(approved, ask):
    score = ask()
    advisory = AdvisoryScore.from_dict(score.advisory)
    assert (advisory.model, advisory.version, advisory.purpose) == (
        "Return to custody",
        1,
        "Offer of resettlement support",
    )
    assert advisory.data_as_of == date(2026, 11, 14)
    assert advisory.approval_expires_on == date(2027, 3, 3)
    assert advisory.given_at == approved.clock.now()
    assert {reason.feature for reason in advisory.reasons} == set(FACTS)
    shares = [reason.share for reason in advisory.reasons]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)
    assert advisory.weights.person == 100
    assert [reason.feature for reason in advisory.protected] == ["age"]
    by_name = {reason.feature: reason for reason in advisory.reasons}
    assert by_name["earlier_convictions"].sentence == "Earlier convictions: 3"
    assert by_name["felony_sentence"].sentence == "Sentenced for the less serious class of offence"
    assert by_name["age"].source_text == "Avon and Somerset Constabulary, 14 November 2026"


def test_the_frequency_and_the_band_are_those_of_the_measured_model(approved, ask):
    score = ask()
    with approved.database.read() as session:
        figures = session.scalars(select(Evaluation)).one().figures
        version = session.scalars(select(ModelVersion)).one()
    band = version.band_of(score.value)
    measured = next(one["outcome"] for one in figures["bands"] if one["code"] == band.code)
    frequency = AdvisoryScore.from_dict(score.advisory).frequency
    assert score.band == band.code
    assert frequency.count == int(measured["count"] / measured["of"] * 100 + 0.5)
    assert frequency.low <= frequency.count <= frequency.high
    assert frequency.sentence == (
        f"Of 100 people in this band, about {frequency.count} ({frequency.low} to {frequency.high}) returned to custody"
    )


def test_the_reasons_point_the_way_the_engine_says(approved, ask, engine):
    answers = []

    class Listening:
        def score(self, *arguments):
            answers.append(engine.score(*arguments))
            return answers[0]

    advisory = AdvisoryScore.from_dict(ask(engine=Listening()).advisory)
    contributions = dict(zip(FACTS, answers[0].contributions[0], strict=True))
    largest = max(abs(one) for one in contributions.values())
    for reason in advisory.reasons:
        contribution = contributions[reason.feature]
        assert reason.share == round(abs(contribution) / largest, 2)
        assert reason.direction == ("raises" if contribution > 0 else "lowers" if contribution < 0 else "neither")


def test_the_row_keeps_what_watching_needs(approved, ask):
    score = ask()
    assert score.features == FACTS
    assert 0 < score.value < 1
    assert score.as_of == date(2026, 11, 14)
    assert score.largest_error <= 1e-6
    assert repr(score.value) not in str(score.advisory)


def test_the_oldest_fact_dates_the_score(approved, ask, add):
    add(approved.database, "RC-0001", at=approved.clock.now(), as_of=date(2026, 11, 20), age=25)
    add(approved.database, "RC-0005", at=approved.clock.now(), as_of=date(2026, 11, 20))
    assert ask(person="RC-0005").as_of == date(2026, 11, 20)
    with approved.database.write() as session:
        person = find_person(session, "RC-0005")
        old = Fact(
            person_id=person.id,
            name="not_an_input",
            value=1,
            as_of=date(2001, 1, 1),
            source_code="ASC",
            recorded_at=approved.clock.now(),
        )
        session.add(old)
    assert ask(person="RC-0005", key="another press").as_of == date(2026, 11, 20)


def test_the_newest_fact_counts(approved, ask, add):
    add(approved.database, "RC-0001", at=approved.clock.now(), as_of=date(2026, 11, 20), age=40)
    score = ask()
    assert score.features["age"] == 40


def test_the_ledger_holds_a_commitment_and_nothing_about_the_person(approved, ask):
    score = ask()
    (entry,) = ledger(approved.database, "score_given")
    assert entry["facts"] == {
        "score": score.reference,
        "use": approved.use_id,
        "version": 1,
        "approval": score.approval_id,
        "artefact": score.artefact_sha256,
        "commitment": score.commitment,
    }
    assert entry["actor"] == approved.cast.practitioner.reference
    assert score.commitment == commit_to(score.advisory, score.salt)
    assert score.commitment != commit_to(score.advisory, bytes(32))
    assert len(score.salt) == 32


def test_nothing_in_the_whole_ledger_names_a_person_or_says_a_value(approved, ask, add):
    ask()
    ask(person="RC-0002", key="2")
    ask(purpose="About RC-0001, who is 24", use_id=None, key="3")
    add(approved.database, "RC-0009", at=approved.clock.now(), age=200)
    ask(person="RC-0009", key="4")
    with approved.database.read() as session:
        bodies = b"".join(entry.body for entry in list_recent(session, 1000))
    for told in (b"RC-0001", b"RC-0002", b"RC-0009", b"convictions", b"Earlier", b"edium", b'"age"', b"who is"):
        assert told not in bodies


def test_a_score_that_was_changed_afterwards_is_not_shown(approved, ask):
    score = ask()
    assert read_advisory(score).reference == score.reference
    score.advisory = {**score.advisory, "band": "Lower"}
    with pytest.raises(Exception, match="changed after it was given"):
        read_advisory(score)


def test_scores_and_refusals_only_grow(approved, ask):
    ask()
    ask(purpose="Recall", use_id=None)
    for table in ("score", "refusal"):
        with pytest.raises(Exception, match="only ever grows"):
            change(approved, text(f"DELETE FROM {table}"))


def test_the_same_press_gives_the_same_score(approved, ask):
    assert ask().reference == ask().reference
    assert count(approved, Score) == 1
    assert len(ledger(approved.database, "score_given")) == 1


def test_the_same_press_gives_the_same_refusal(approved, ask):
    first, second = ask(purpose="Recall", use_id=None), ask(purpose="Recall", use_id=None)
    assert first.reference == second.reference
    assert count(approved, Refusal) == 1


def test_another_press_gives_another_score(approved, ask):
    assert ask(key="one").reference != ask(key="two").reference


def test_a_key_fetches_nothing_for_another_person_purpose_or_practitioner(approved, ask, add):
    add(approved.database, "RC-0003", at=approved.clock.now())
    score = ask()
    assert ask(person="RC-0003").person.reference == "RC-0003"
    assert isinstance(ask(purpose="Recall"), Refusal)
    assert isinstance(ask(actor=approved.cast.stranger), Refusal)
    assert ask().reference == score.reference


def test_eight_presses_at_once_give_one_score(approved, ask):
    start, answers, faults = threading.Barrier(8), [], []

    def press():
        try:
            start.wait(30)
            answers.append(ask().reference)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faults
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert (count(approved, Score), count(approved, Refusal)) == (1, 0)
    assert len(ledger(approved.database, "score_given")) == 1


def test_eight_presses_about_nobody_give_one_refusal(approved, ask):
    start, answers, faults = threading.Barrier(8), [], []

    def press():
        try:
            start.wait(30)
            answers.append(ask(person="RC-9999").reference)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=press) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faults
    assert len(set(answers)) == 1
    assert count(approved, Refusal) == 1
