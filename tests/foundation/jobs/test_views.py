"""The administrator's page: whether what was due has run, whether a worker lives, and running something by hand."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from foundation.database.connection import Database
from foundation.jobs import signs
from foundation.jobs.firings import claim_due, list_asked
from foundation.jobs.schedules import Unit
from foundation.ledger.tables import LedgerEntry
from tests.foundation.jobs.test_firings import NOON

RUN = "/jobs/law/run"


@pytest.mark.one_database
def test_the_page_says_first_what_did_not_run_and_whether_a_worker_lives(founded: Database, visit, clock) -> None:
    """R12: words first; a night without a worker is a hole although nobody was there to note it."""
    client = visit(founded, "administrator")
    page = client.get("/jobs").get_data(as_text=True)
    assert "Nothing was due yet. No worker is at work." in page
    with founded.write() as session:
        signs.begin(session, "host:1:abc", clock.now())
        for schedule in client.house.schedules:
            claim_due(session, schedule, NOON, "one")
    clock.advance(minutes=20)
    client = visit(founded, "administrator")  # nobody stays signed in so long
    page = client.get("/jobs").get_data(as_text=True)
    assert "The worker has fallen silent" in page
    clock.advance(days=1)
    client = visit(founded, "administrator")
    nights = sum(schedule.every.unit == Unit.NIGHTLY for schedule in client.house.schedules)
    page = client.get("/jobs").get_data(as_text=True)
    assert f"{nights + 24} things that were due did not run." in page
    assert "Watches of the uses that are due" in page
    with founded.write() as session:
        signs.begin(session, "host:2:abc", clock.now() - timedelta(seconds=3))
    assert "At work" in client.get("/jobs").get_data(as_text=True)


@pytest.mark.one_database
def test_one_press_runs_one_schedule_and_is_recorded(founded: Database, visit, clock) -> None:
    """R12: by whoever may see jobs, through a form with its token."""
    client = visit(founded, "administrator")
    assert client.post(RUN).status_code == 400, "without a token"
    assert client.send(RUN, page="/jobs").status_code == 303
    assert client.send("/jobs/nonsense/run", page="/jobs").status_code == 404
    assert visit(founded, "auditor").send(RUN, page="/home").status_code == 403
    assert "Under way" in client.get("/jobs").get_data(as_text=True)
    with founded.read() as session:
        assert len(list_asked(session)) == 1
        entries = session.scalars(select(LedgerEntry).where(LedgerEntry.kind == "schedule_run_by_hand")).all()
        assert len(entries) == 1
        assert b'"schedule":"law"' in entries[0].body
