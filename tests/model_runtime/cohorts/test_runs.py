"""Runs over populations from the first cell to the last hash."""

import io
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, text

from foundation.errors import Refused, Unavailable
from model_runtime.cohorts.jobs import run_cohort
from model_runtime.cohorts.places import count_beside, count_places
from model_runtime.cohorts.queries import find_progress, find_quality, list_results_of_person
from model_runtime.cohorts.results import WRITERS
from model_runtime.cohorts.single import check_proof, find_row, make_proof, open_single
from model_runtime.cohorts.tables import CohortAnswer, CohortChunk, CohortRun, CohortScore
from model_runtime.scores.tables import Refusal
from model_runtime.scores.values import LABEL
from registry.models.service import suspend
from registry.models.tables import Approval
from tests.model_runtime.cohorts.conftest import csv_of, person
from tests.model_runtime.conftest import count, ledger, take


def rows_of(world, run) -> list[CohortScore]:
    with world.database.read() as session:
        chosen = select(CohortScore).where(CohortScore.run_id == run.id).order_by(CohortScore.place)
        return list(session.scalars(chosen))


@pytest.fixture
def small_parts(monkeypatch):
    """Parts of 16 people, so that a few dozen people make a run of several parts."""
    monkeypatch.setattr("model_runtime.cohorts.service.CHUNK_ROWS", 16)
    monkeypatch.setattr("model_runtime.cohorts.reading.CHUNK_ROWS", 16)
    monkeypatch.setattr("model_runtime.cohorts.intake.CHUNK_ROWS", 16)


def test_a_run_scores_as_one_by_one_does(approved, hand_in, finish_run, ask, small_parts) -> None:
    """R01, R02, R20: everybody is in it once, with the score a single request gives, under one entry of the ledger."""
    people = [person(number) for number in range(40)]
    run = finish_run(hand_in(people))
    assert (run.stage, run.problem, run.rows, run.scored, run.chunks) == ("finished", "", 40, 40, 3)
    rows = rows_of(approved, run)
    assert [row.person_reference for row in rows] == [one["reference"] for one in people]
    facts = {name: people[17][name] for name in people[17] if name not in ("reference", "born_on")}
    approved.add(approved.database, "RC-0017", at=approved.clock.now(), **facts)
    single = ask("RC-0017")
    assert (rows[17].band, rows[17].value) == (single.band, pytest.approx(single.value, abs=1e-12))
    entries = [one for one in ledger(approved.database, "stage_changed") if one["facts"].get("root")]
    assert [one["facts"]["root"] for one in entries] == [run.root]
    assert entries[0]["facts"]["people"] == 40
    assert "P-000" not in str(entries)
    with approved.database.read() as session:
        quality = find_quality(session, run)
    assert quality.largest_error <= 1e-6
    assert sum(quality.routes.values()) == 3


def test_who_may_not_be_scored_is_in_the_run_with_code_and_sentence(approved, hand_in, finish_run, cast) -> None:
    """R33, R41, R53: one row a person, scored or not; a person of another agency is nobody's to score."""
    young = (approved.clock.now().date() - timedelta(days=10 * 365)).isoformat()
    old = (approved.clock.now().date() - timedelta(days=400)).isoformat()
    people = [
        person(1, as_of=""),
        person(2, born_on=young, as_of=""),
        person(3, born_on="", as_of=""),
        person(4, as_of=old),
        person(5, months_served="", as_of=""),
        person(6, reference="RC-0002", as_of=""),
    ]
    run = finish_run(hand_in(people))
    assert run.stage == "finished", run.problem
    codes = [row.code for row in rows_of(approved, run)]
    assert codes == ["", "too_young", "age_unknown", "stale_fact", "missing_fact", "other_agency"]
    assert all(row.sentence and row.value is None for row in rows_of(approved, run)[1:])
    assert (run.scored, sum(run.not_scored.values())) == (1, 5)


def test_a_bad_file_refuses_everybody(approved, hand_in, finish_run) -> None:
    """R01: one bad cell, one doubled person, and nobody is in the run; row and column are named."""
    run = finish_run(hand_in([person(1), person(2, months_served="many"), person(1)]))
    assert (run.stage, run.rows) == ("failed", 0)
    assert "row 3, column months_served" in run.problem
    doubled = finish_run(hand_in([person(1), person(2), person(1)]))
    assert "P-00001 stands in row 2 too" in doubled.problem
    assert "row 4" in doubled.problem
    assert count(approved, CohortChunk) == count(approved, CohortScore) == 0


def test_a_closed_gate_refuses_the_run_and_records_it(approved, hand_in, cast) -> None:
    """R01, R24: role, purpose and stage are asked before a cell is read; each refusal is recorded with its code."""
    answers = [
        hand_in([person(1)], purpose="bail decisions"),
        hand_in([person(1)], actor=approved.cast.practitioner),
    ]
    take(approved, suspend, "A complaint.")
    answers.append(hand_in([person(1)]))
    assert [type(one) for one in answers] == [Refusal] * 3
    assert [one.code for one in answers] == ["unknown_purpose", "forbidden", "suspended"]
    assert count(approved, CohortRun) == 0


def test_the_same_press_is_the_same_run(approved, hand_in) -> None:
    """R01: a request that is sent twice is one run and one job."""
    first, second = (hand_in([person(1)], press="once") for _ in range(2))
    assert first.id == second.id
    assert count(approved, CohortRun) == 1


class Interrupted(Exception):
    """The process was killed, as far as the database can tell."""


class Failing:
    """A pool that dies after some parts."""

    def __init__(self, pool, parts):
        self.pool, self.parts, self.width = pool, parts, 1

    def answer(self, work):
        if not self.parts:
            raise Interrupted
        self.parts -= 1
        return self.pool.answer(work)


def test_a_killed_run_goes_on_where_it_was(approved, hand_in, pool, small_parts) -> None:
    """R20: nothing lost, nothing doubled, and nobody sees a part of a result."""
    run = hand_in([person(number) for number in range(70)])
    with pytest.raises(Interrupted):
        run_cohort(approved.database, approved.clock, Failing(pool, 2), run.id)
    with approved.database.read() as session:
        held = session.get_one(CohortRun, run.id)
        progress = find_progress(session, held, approved.clock.now() + timedelta(seconds=32))
        assert list_results_of_person(session, "P-00001", "ASC") == []
        with pytest.raises(Refused):
            open_single(session, approved.cast.practitioner, held, "P-00001", date(2026, 11, 22))
    assert (held.stage, progress.done, progress.seconds_left) == ("running", 32, 38)
    assert count(approved, CohortAnswer) == 2
    fresh = Failing(pool, 3)
    assert run_cohort(approved.database, approved.clock, fresh, run.id) == "finished"
    assert fresh.parts == 0
    assert [row.place for row in rows_of(approved, run)] == list(range(70))
    assert run_cohort(approved.database, approved.clock, Failing(pool, 0), run.id) == "finished"


class Meanwhile:
    """A pool, and something that happens when it was asked for the first time."""

    def __init__(self, pool, happens):
        self.pool, self.happens, self.width = pool, happens, 1

    def answer(self, work):
        answered = self.pool.answer(work)
        self.happens()
        return answered


def test_a_suspension_meanwhile_withdraws_the_run(approved, hand_in, pool) -> None:
    """R01, R06: suspension commits, and no result of the run is ever visible; it is recorded why."""
    run = hand_in([person(number) for number in range(5)])
    halted = Meanwhile(pool, lambda: take(approved, suspend, "A complaint."))
    assert run_cohort(approved.database, approved.clock, halted, run.id) == "withdrawn"
    with approved.database.read() as session:
        held = session.get_one(CohortRun, run.id)
        assert (held.root, held.finished_at) == (None, None)
        assert "stopped" in held.problem
        with pytest.raises(Refused, match="no results"):
            open_single(session, approved.cast.practitioner, held, "P-00001", date(2026, 11, 22))
    assert count(approved, CohortScore) == 0
    assert any(one["facts"].get("step") == "withdraw" for one in ledger(approved.database, "stage_changed"))


def test_an_approval_that_ends_before_the_last_part_withdraws_the_run(approved, hand_in, pool) -> None:
    """R01: the gate is asked again in the commit that would make the run visible."""
    run = hand_in([person(number) for number in range(5)])
    late = Meanwhile(pool, lambda: approved.clock.advance(days=200))
    assert run_cohort(approved.database, approved.clock, late, run.id) == "withdrawn"
    with approved.database.read() as session:
        assert "ended" in session.get_one(CohortRun, run.id).problem
    assert count(approved, CohortAnswer) == 1


@pytest.fixture
def known(approved, hand_in, finish_run):
    """A finished run over 40 people, of whom the agency's practitioners know one."""
    approved.add(approved.database, "P-00003", at=approved.clock.now())
    return finish_run(hand_in([person(number) for number in range(40)]))


def test_a_single_result_is_a_whole_advisory_score_and_provable(approved, known) -> None:
    """R02, R20, R41: label, band, reasons and a proof that holds against the ledger's root, and against no other."""
    with approved.database.read() as session:
        run = session.get_one(CohortRun, known.id)
        single = open_single(session, approved.cast.practitioner, run, "P-00003", date(2026, 11, 22))
        proof = make_proof(session, run, find_row(session, run, "P-00003"))
    assert single.advisory.label == LABEL
    assert single.advisory.reasons
    assert single.advisory.band_code == single.row.band
    assert check_proof(proof, run.root, run.rows)["person"] == "P-00003"
    assert str(single.row.value) not in str(proof)
    for name, wrong in (("line", proof["line"].replace("P-00003", "P-00004")), ("place", 4), ("salt", "00" * 16)):
        with pytest.raises(Refused, match="does not hold"):
            check_proof({**proof, name: wrong}, run.root, run.rows)
    with pytest.raises(Refused, match="does not hold"):
        check_proof(proof, "00" * 32, run.rows)


def test_a_result_that_was_changed_is_not_shown(approved, known) -> None:
    """R20: rows changed behind the product's back, past the triggers, no longer lead to the root."""
    with approved.database.write() as session:
        release = (
            "DROP TRIGGER cohort_score_keep_UPDATE"
            if session.get_bind().dialect.name == "sqlite"
            else "ALTER TABLE cohort_score DISABLE TRIGGER ALL"
        )
        session.execute(text(release))
        session.execute(text("UPDATE cohort_score SET band = 'low' || band WHERE place = 5"))
    with approved.database.read() as session:
        run = session.get_one(CohortRun, known.id)
        with pytest.raises(Unavailable, match="changed"):
            open_single(session, approved.cast.practitioner, run, "P-00003", date(2026, 11, 22))


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@pytest.mark.one_database
def test_results_are_labelled_in_the_order_of_the_file(approved, known, ending) -> None:
    """R02, R41: every row says what it is, why, and how to challenge it; no column holds a score to sort by."""
    target = io.BytesIO()
    with approved.database.read() as session:
        WRITERS[ending](session, session.get_one(CohortRun, known.id), "reasons", target)
    held = pa.BufferReader(target.getvalue())
    table = pq.read_table(held) if ending == ".parquet" else pacsv.read_csv(held)
    rows = table.to_pylist()
    assert [row["reference"] for row in rows] == [f"P-{number:05}" for number in range(40)]
    assert {row["label"] for row in rows} == {LABEL}
    assert all(row["frequency"] and row["challenge_route"] and row["purpose"] for row in rows)
    assert all(row["reasons_raising"] or row["reasons_lowering"] for row in rows)
    assert not {"value", "score", "rank"} & set(table.column_names)


def test_parquet_is_read_by_its_types(approved, hand_in, finish_run) -> None:
    """R01: the same people from Parquet give the same rows; a number written as text is refused."""
    rows = pacsv.read_csv(pa.BufferReader(csv_of([person(number) for number in range(20)])))
    written = io.BytesIO()
    pq.write_table(rows, written)
    first = finish_run(hand_in([person(number) for number in range(20)]))
    second = finish_run(hand_in(content=written.getvalue(), name="people.parquet"))
    assert second.stage == "finished", second.problem
    values = [[(row.band, row.value) for row in rows_of(approved, run)] for run in (first, second)]
    assert values[0] == values[1]
    typed = rows.set_column(rows.schema.get_field_index("age"), "age", rows["age"].cast(pa.string()))
    written = io.BytesIO()
    pq.write_table(typed, written)
    refused = finish_run(hand_in(content=written.getvalue(), name="people.parquet"))
    assert refused.stage == "failed"
    assert "column age" in refused.problem


def test_a_pilot_counts_people_of_runs_and_of_single_scores_together(approved, hand_in, finish_run, ask) -> None:
    """R08: somebody scored both ways has one place; whoever was in a run can be asked about in a full pilot."""
    approved.add(approved.database, "P-00003", "P-00050", at=approved.clock.now())
    ask("P-00003")
    run = finish_run(hand_in([person(number) for number in range(5)]))
    with approved.database.read() as session:
        approval = session.get_one(Approval, run.approval_id)
        assert count_beside(session, approval, "P-00002") == (4, True)
        assert count_beside(session, approval, "P-00050") == (4, False)
        assert count_places(session, approval, run) == (5, 0)
