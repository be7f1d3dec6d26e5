"""Pages of runs: who sees counts, who takes results out, who reads one person's."""

import io

import pytest
from sqlalchemy import select

from algocare.worker import Worker
from foundation.settings import Settings
from model_runtime.cohorts.tables import CohortRun, CohortViewing
from model_runtime.cohorts.values import CHUNK_ROWS
from model_runtime.scores.values import HEADLINE, LABEL
from tests.model_runtime.cohorts.conftest import csv_of, person
from tests.model_runtime.conftest import ledger

pytestmark = pytest.mark.one_database


@pytest.fixture
def known(approved, hand_in, finish_run):
    """A finished run over 30 people, of whom the agency's practitioners know two; one of those is too young."""
    for reference in ("P-00003", "P-00004"):
        approved.add(approved.database, reference, at=approved.clock.now())
    people = [person(number) for number in range(30)]
    people[4]["born_on"] = "2020-01-01"
    return finish_run(hand_in(people))


def viewings(world) -> list[tuple[str, int | None]]:
    with world.database.read() as session:
        return [(one.what, one.place) for one in session.scalars(select(CohortViewing).order_by(CohortViewing.id))]


def test_an_analyst_asks_and_the_worker_runs_it(approved, visit, engine, clock) -> None:
    """R01: the form becomes a run and a job; the page says how far it has come, in counts."""
    analyst = visit(approved.database, "analyst")
    assert "Nobody has asked for a run yet" in analyst.get("/cohorts").get_data(as_text=True)
    told = {"purpose": str(approved.use_id), "as_of": "14/11/2026", "source": "ASC", "pressed": "once"}
    file = (io.BytesIO(csv_of([person(number) for number in range(30)])), "people.csv")
    answer = analyst.send("/cohorts/ask", {**told, "file": file}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.get_data(as_text=True)[-3000:]
    page = analyst.get(answer.location).get_data(as_text=True)
    assert "Waiting" in page
    assert "Stop this run" in page
    Worker(approved.database, clock, engine, Settings(engine_mib=2048)).run_waiting()
    page = analyst.get(answer.location).get_data(as_text=True)
    assert "30 people: 30 scored, 0 not." in page
    assert analyst.get(f"{answer.location}/progress.json").json == {
        "stage": "finished",
        "done": 30,
        "people": 30,
        "seconds_left": None,
    }


def test_a_form_says_what_is_wrong(approved, visit) -> None:
    """R01: a file of another kind, a day to come and nothing at all stand at their fields; no run is asked for."""
    analyst = visit(approved.database, "analyst")
    told = {"purpose": str(approved.use_id), "as_of": "14/11/2030", "source": "ASC", "pressed": "once"}
    late = analyst.send("/cohorts/ask", {**told, "file": (io.BytesIO(b"x"), "people.csv")})
    assert "has not come yet" in late.get_data(as_text=True)
    sheet = analyst.send("/cohorts/ask", {**told, "file": (io.BytesIO(b"x"), "people.xlsx")})
    assert "Choose a file ending in .csv or .parquet" in sheet.get_data(as_text=True)
    assert analyst.send("/cohorts/ask", {}).status_code == 422
    with approved.database.read() as session:
        assert session.scalars(select(CohortRun)).all() == []


def test_oversight_sees_counts_and_nobody(approved, known, visit) -> None:
    """R54: how many, why not, how sound; no reference of a person, no results to take out."""
    auditor = visit(approved.database, "auditor")
    assert known.reference in auditor.get("/cohorts").get_data(as_text=True)
    page = auditor.get(f"/cohorts/{known.reference}").get_data(as_text=True)
    assert "30 people: 29 scored, 1 not." in page
    assert "too_young" in page
    assert known.root in page
    assert "P-0000" not in page
    assert auditor.get(f"/cohorts/{known.reference}/results.csv").status_code == 403
    assert auditor.get(f"/cohorts/{known.reference}/people/P-00003").status_code == 403


def test_results_are_taken_out_by_the_agency_and_recorded(approved, known, visit) -> None:
    """R02, R20: labelled rows for the analyst; each file that leaves is recorded and in the ledger, without names."""
    analyst = visit(approved.database, "analyst")
    taken = analyst.get(f"/cohorts/{known.reference}/results.csv")
    lines = taken.get_data(as_text=True).splitlines()
    assert (len(lines), sum(LABEL in line for line in lines)) == (31, 30)
    assert analyst.get(f"/cohorts/{known.reference}/results.parquet").data[:4] == b"PAR1"
    assert viewings(approved) == [("csv", None), ("parquet", None)]
    assert len(ledger(approved.database, "cohort_taken_out")) == 2
    assert "P-0000" not in str(ledger(approved.database, "cohort_taken_out"))


def test_a_practitioner_reads_one_person(approved, known, visit) -> None:
    """R02, R54: the person's page leads to the whole advisory score; looking is recorded before it is shown."""
    practitioner = visit(approved.database, "practitioner")
    page = practitioner.get("/people/P-00003").get_data(as_text=True)
    assert f"/cohorts/{known.reference}/people/P-00003" in page
    shown = practitioner.get(f"/cohorts/{known.reference}/people/P-00003").get_data(as_text=True)
    assert HEADLINE in shown
    assert LABEL in shown
    assert "What it cannot know" in shown
    left_out = practitioner.get(f"/cohorts/{known.reference}/people/P-00004").get_data(as_text=True)
    assert "There is no score for person P-00004" in left_out
    proof = practitioner.get(f"/cohorts/{known.reference}/people/P-00003/proof.json")
    assert proof.json["root"] == known.root
    assert viewings(approved) == [("person", 3), ("person", 4), ("proof", 3)]
    assert practitioner.get(f"/cohorts/{known.reference}/people/P-00005").status_code == 404
    stranger = visit(approved.database)
    stranger.send("/sign-in/practitioner", {"name": "bea.practitioner"}, page="/sign-in")
    assert stranger.get(f"/cohorts/{known.reference}/people/P-00003").status_code == 404


def test_a_run_is_stopped_by_its_analyst(approved, hand_in, visit) -> None:
    """R06: before it is finished, and with nothing of it visible."""
    run = hand_in([person(number) for number in range(5)])
    analyst = visit(approved.database, "analyst")
    answer = analyst.send(f"/cohorts/{run.reference}/stop", page=f"/cohorts/{run.reference}")
    assert answer.status_code == 303
    assert "Withdrawn" in analyst.get(f"/cohorts/{run.reference}").get_data(as_text=True)
    assert analyst.send(f"/cohorts/{run.reference}/stop", page="/cohorts/ask").status_code == 409


def test_parts_are_a_power_of_two() -> None:
    """R20: otherwise the trees of parts would not be branches of the tree over the run."""
    assert CHUNK_ROWS & (CHUNK_ROWS - 1) == 0
