"""The commands of runs, as somebody types them."""

import json
import sqlite3

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from algocare.cli.main import main
from foundation.clock import SystemClock, london_date
from model_runtime.cohorts.single import find_row, make_proof
from model_runtime.cohorts.tables import CohortRun
from model_runtime.scores.values import LABEL
from tests.model_runtime.cohorts.conftest import csv_of, person
from tests.model_runtime.conftest import a_world, approve_use

pytestmark = pytest.mark.one_database


@pytest.fixture
def typed(registered, cast, clock, add, monkeypatch):
    """A function that types a command as the analyst, over a database with an approved use on today's real day."""
    clock.set(SystemClock().now())
    world = a_world(registered, cast, clock, add)
    approve_use(world, expires_on=london_date(clock.now()).replace(year=london_date(clock.now()).year + 1, day=1))
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", registered.engine.url.render_as_string(hide_password=False))

    def call(*words: str, code: int = 0) -> str:
        answer = CliRunner().invoke(main, ["cohort", *words])
        assert answer.exit_code == code, answer.output
        return answer.output

    call.world = world
    return call


def test_a_run_from_a_file_to_a_proof(typed, tmp_path, clock) -> None:
    """R01, R02, R20: run, list, show, results and an offline check of one person's proof."""
    path, day = tmp_path / "people.csv", london_date(clock.now()).isoformat()
    path.write_bytes(csv_of([person(number) for number in range(25)]))
    asked = ["--model", "return-to-custody", "--purpose", "resettlement-support", "--as-of", day]
    output = typed("run", str(path), *asked, "--as", "nisha.analyst")
    assert "25 of 25 people were scored" in output
    with typed.world.database.read() as session:
        run = session.scalars(select(CohortRun)).one()
        proof = make_proof(session, run, find_row(session, run, "P-00007"))
    assert run.reference in typed("list", "--as", "anna.auditor")
    told = json.loads(typed("show", run.reference, "--json", "--as", "nisha.analyst"))
    assert (told["stage"], told["scored"], told["root"]) == ("finished", 25, run.root)
    typed("results", run.reference, "--out", str(tmp_path / "out.csv"), "--as", "nisha.analyst")
    assert (tmp_path / "out.csv").read_text("utf-8-sig").count(LABEL) == 25
    typed("results", run.reference, "--out", str(tmp_path / "x.csv"), "--as", "anna.auditor", code=1)
    assert "finished" in typed("resume", run.reference, "--as", "nisha.analyst")
    held = tmp_path / "proof.json"
    held.write_text(json.dumps(proof))
    assert "person 8 of run" in typed("check", str(held), "--root", run.root, "--people", "25")
    typed("check", str(held), "--root", "00" * 32, "--people", "25", code=1)


def test_a_query_that_holds_a_bad_value_scores_nobody(typed, tmp_path, clock, monkeypatch) -> None:
    """R01: people from another database, read only; what is wrong is named by row and column."""
    people = [person(1), person(2, months_served=2.5)]
    with sqlite3.connect(tmp_path / "cases.db") as cases:
        cases.execute(f"CREATE TABLE person ({', '.join(people[0])})")
        marks = ", ".join("?" for _ in people[0])
        cases.executemany(f"INSERT INTO person VALUES ({marks})", [tuple(one.values()) for one in people])
    monkeypatch.setenv("CASES", f"sqlite:///{tmp_path / 'cases.db'}")
    day = london_date(clock.now()).isoformat()
    asked = ["--model", "return-to-custody", "--purpose", "resettlement-support", "--as-of", day]
    chosen = ["--query", "SELECT * FROM person", "--database", "CASES", "--as", "nisha.analyst"]
    assert "row 2, column months_served" in typed("run", *asked, *chosen, code=2)
    with typed.world.database.read() as session:
        assert session.scalars(select(CohortRun)).one().stage == "failed"
    typed("run", *asked, "--as", "nisha.analyst", code=2)
