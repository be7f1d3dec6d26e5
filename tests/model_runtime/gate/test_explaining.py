"""The gate explained: every check with its sentence, and nothing about the person."""

import json
from dataclasses import replace
from datetime import date

import pytest
from click.testing import CliRunner

from algocare.cli.main import main
from foundation.clock import SystemClock
from model_runtime.gate.explaining import explain_gate
from model_runtime.gate.rules import CHECKS, check_gate, explain
from model_runtime.gate.values import GateClosed
from registry.models.queries import get_use
from registry.models.service import suspend
from tests.model_runtime.conftest import ledger, take
from tests.model_runtime.gate.test_rules import CLOSED, OPEN


def test_an_open_gate_passes_every_check():
    """R01: each check has its own name and says what holds."""
    lines = explain(OPEN)
    assert [line.code for line in lines] == [check.name for check in CHECKS]
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    assert all(line.passes and line.sentence for line in lines)


@pytest.mark.parametrize("case", CLOSED)
def test_the_first_check_that_fails_is_what_somebody_who_asks_is_told(case: str):
    """R01: what is explained and what is done are one list."""
    facts = CLOSED[case][0]
    with pytest.raises(GateClosed) as refusal:
        check_gate(facts)
    first = next(line for line in explain(facts) if not line.passes)
    assert first.code == refusal.value.code


def test_nothing_is_said_of_the_person():
    """R54: an age, a fact or an objection is not told to whoever looks at the gate."""
    told = [line for line in explain(replace(OPEN, age=12, person_agency="BCC")) if not line.passes]
    assert [line.code for line in told] == ["other_agency", "too_young"]
    assert "12" not in told[1].sentence
    without = explain(replace(OPEN, named=False))
    assert {"age", "known", "fresh", "objection", "person", "places"}.isdisjoint({line.code for line in without})


def test_without_a_use_what_comes_before_it_is_explained():
    lines = explain(replace(OPEN, use=None))
    assert [line.code for line in lines] == ["role", "unknown_purpose", "person", "agency", "clock"]


def test_who_looks_is_recorded_and_the_person_is_not(approved):
    """R01, R54: one ledger entry with reader and use, and no reference of a person."""
    take(approved, suspend, "Its figures got worse.")
    with approved.database.write() as session:
        found = explain_gate(
            session,
            approved.clock,
            "account:9",
            approved.cast.practitioner,
            use=get_use(session, approved.use_id),
            purpose="resettlement-support",
            person_reference="RC-0001",
        )
    assert not found.open
    assert [line.code for line in found.lines if not line.passes] == ["suspended", "not_approved"]
    (entry,) = ledger(approved.database, "gate_explained")
    reader = approved.cast.practitioner.reference
    assert entry["facts"] == {"account": reader, "use": approved.use_id, "open": False}
    assert entry["actor"] == "account:9"


@pytest.mark.one_database
def test_the_page_is_for_those_who_watch_over_refusals(approved, visit):
    auditor = visit(approved.database, "auditor")
    page = auditor.get("/gate")
    assert page.status_code == 200
    asked = {"reader": str(approved.cast.practitioner.account_id), "use": str(approved.use_id), "person": "RC-0001"}
    answer = auditor.send("/gate", asked)
    assert answer.status_code == 200
    assert "Every check passes." in answer.text
    unknown = auditor.send("/gate", asked | {"person": "RC-9999"})
    assert unknown.status_code == 404
    assert "There is no person with this reference." in unknown.text
    assert auditor.send("/gate", asked | {"reader": "x"}).status_code == 422
    assert visit(approved.database, "practitioner").get("/gate").status_code == 403


@pytest.mark.one_database
def test_the_command_exits_1_while_the_gate_is_closed(approved, monkeypatch):
    """R01: `algocare gate explain`, in words and for a machine; the machine's day is not that of this story."""
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", approved.database.engine.url.render_as_string(hide_password=False))
    told = ["gate", "explain", "--user", "bea.practitioner", "--model", "return-to-custody"]
    closed = CliRunner().invoke(main, [*told, "--purpose", "resettlement-support", "--json"])
    assert closed.exit_code == 1, closed.output
    said = json.loads(closed.output)
    assert (said["open"], said["person"]) == (False, False)
    agency = next(one for one in said["checks"] if one["title"] == "Agency of the use")
    assert (agency["code"], agency["passes"]) == ("other_agency", False)
    words = CliRunner().invoke(main, [*told, "--purpose", "Recall to prison"])
    assert words.exit_code == 1
    assert "unknown_purpose" in words.output
    assert SystemClock().now().date() > date(2026, 1, 1)
