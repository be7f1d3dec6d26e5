"""Runs over a population through the API (R01, R02, R54)."""

import csv
import io
from types import SimpleNamespace

from sqlalchemy import select

from model_runtime.cohorts.jobs import run_cohort
from model_runtime.cohorts.pools import LocalPool
from model_runtime.cohorts.tables import CohortRun, CohortViewing
from registry.models.service import suspend
from tests.model_runtime.api.conftest import PURPOSE, Program, problem
from tests.model_runtime.conftest import FACTS, count, take

WHERE = f"/cohorts?purpose={PURPOSE}&as_of=2026-11-14"


def people(*changes: dict) -> str:
    """A file of people."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, ["reference", "born_on", *FACTS])
    writer.writeheader()
    for number, changed in enumerate(changes):
        writer.writerow({"reference": f"P-{number}", "born_on": "1990-03-04", **FACTS, **changed})
    return written.getvalue()


def start(caller: Program, content: str, where: str = WHERE, kind: str = "text/csv", **more):
    """Start a run over a file."""
    return caller.send("POST", where, data=content, content_type=kind, **more)


def test_a_run_is_started_followed_and_its_labelled_results_taken_out(
    approved: SimpleNamespace, program, engine
) -> None:
    """R01, R02: by an analyst, once for each key; nothing is seen before it is finished, and taking is recorded."""
    caller: Program = program(approved.database, "nisha.analyst")
    asked = start(caller, people({}, {"age": 60}), key="k")
    assert asked.status_code == 202, asked.get_data(as_text=True)
    assert asked.json["stage"] == "queued"
    reference = asked.json["reference"]
    assert start(caller, people({}, {"age": 60}), key="k").json["reference"] == reference
    problem(start(caller, people({}), key="k"), 422, "bad_input")
    problem(caller.get(f"/cohorts/{reference}/results"), 409, "cohort_unfinished")
    with approved.database.read() as session:
        run = session.scalars(select(CohortRun)).one()
        assert run.through_id is not None
    run_cohort(approved.database, approved.clock, LocalPool(lambda: engine, 1), run.id)
    followed = caller.get(f"/cohorts/{reference}").json
    assert (followed["stage"], followed["people"], followed["scored"]) == ("finished", 2, 2)
    assert len(followed["root"]) == 64
    taken = caller.get(f"/cohorts/{reference}/results")
    assert taken.content_type.startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(taken.get_data().decode("utf-8-sig"))))
    assert [row["reference"] for row in rows] == ["P-0", "P-1"]
    for column in ("headline", "label", "band", "limits", "challenge_route", "purpose"):
        assert all(row[column] for row in rows), column
    assert count(approved, CohortViewing) == 1
    elsewhere: Program = program(approved.database, "nisha.analyst", purposes=["something-else"])
    problem(elsewhere.get(f"/cohorts/{reference}"), 403, "purpose_not_allowed")
    practitioner = Program(caller.client, caller.token, "pat.practitioner")
    problem(practitioner.get(f"/cohorts/{reference}"), 403, "forbidden")


def test_a_run_that_may_not_be_is_refused_and_recorded(approved: SimpleNamespace, program, engine) -> None:
    """R01: a closed gate, somebody who may not run one, a bad cell, and what is no file of people."""
    caller: Program = program(approved.database, "nisha.analyst")
    practitioner = Program(caller.client, caller.token, "pat.practitioner")
    assert problem(start(practitioner, people({})), 403, "forbidden")["reference"]
    problem(start(caller, people({}), kind="application/json"), 415, "http_415")
    problem(start(caller, ""), 422, "invalid")
    for wrong in ("", f"?purpose={PURPOSE}", f"{WHERE[8:]}&order=score", f"?purpose={PURPOSE}&as_of=tomorrow"):
        problem(start(caller, people({}), f"/cohorts{wrong}"), 422, "bad_input")
    bad = start(caller, people({}, {"age": "NaN"})).json["reference"]
    with approved.database.read() as session:
        run = session.scalars(select(CohortRun)).one()
    run_cohort(approved.database, approved.clock, LocalPool(lambda: engine, 1), run.id)
    followed = caller.get(f"/cohorts/{bad}").json
    assert (followed["stage"], followed["scored"]) == ("failed", 0)
    assert "row 3" in followed["problem"] + "".join(followed["problems"])
    take(approved, suspend, "Complaints.")
    told = problem(start(caller, people({}), key="k"), 403, "suspended")
    assert problem(start(caller, people({}), key="k"), 403, "suspended") == told
    assert told["reference"]
    assert caller.get("/refusals").json["refusals"][0]["reference"] == told["reference"]
