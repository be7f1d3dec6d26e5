"""The worker: jobs are done once, a failure says why and stops nothing, and only one worker runs at a time."""

from datetime import UTC, datetime

import pytest

from algocare.worker import Worker, _hold_lock, make_scheduler
from foundation.database.connection import Database
from foundation.errors import Refused
from foundation.jobs.queries import find_by_key, list_recent
from foundation.jobs.service import enqueue
from foundation.ledger.queries import count_waiting, verify
from foundation.settings import Settings
from registry.evaluations.queries import find_figures
from registry.evaluations.service import ask_for_evaluation
from registry.models.queries import get_version


def emptied(database: Database, clock, engine) -> Worker:
    """A worker that has done what founding the partnership asked for."""
    worker = Worker(database, clock, engine)
    worker.run_waiting()
    return worker


def test_a_queued_evaluation_is_computed(registered: Database, clock, engine) -> None:
    worker = emptied(registered, clock, engine)
    with registered.write() as session:
        version = get_version(session, "return-to-custody", 1)
        ask_for_evaluation(session, version, "account:1", clock.now())
        before = find_figures(session, version.id)
        version_id = version.id
    assert worker.run_waiting() > 0
    with registered.read() as session:
        assert find_figures(session, version_id) == before
        assert {job.state for job in list_recent(session)} == {"done"}


def test_a_job_that_fails_says_why_and_stops_no_other(founded: Database, clock, engine) -> None:
    worker = emptied(founded, clock, engine)
    with founded.write() as session:
        for kind in ("nobody_knows_this", "build_pack"):
            enqueue(session, kind, kind, {"pack": 99}, asked_by="test", at=clock.now())
    assert worker.run_waiting() == 2
    with founded.read() as session:
        for job in list_recent(session)[:2]:
            assert job.state == "failed"
            assert job.problem


def test_one_night_is_queued_once(registered: Database, clock, engine, cast) -> None:
    from datetime import date

    from registry.models.queries import find_use
    from registry.models.service import submit
    from tests.conftest import grant

    actors = cast(registered)
    with registered.write() as session:
        use = find_use(session, "return-to-custody", "resettlement-support")
        submit(session, actors.owner, use, clock.now())
        grant(session, actors.chair, use, expires_on=date(2027, 6, 1), at=clock.now())
        use_id = use.id
    worker, night = emptied(registered, clock, engine), datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    worker.queue_night(night)
    worker.queue_night(night)
    with registered.read() as session:
        waiting = [job.kind for job in list_recent(session) if job.state == "queued"]
        night_order = ["check_footings", "check_conditions", "check_practices", "run_watch", "tell"]
        assert waiting[::-1] == night_order, "law first, then the watches, then everybody is told"
        assert find_by_key(session, f"run_watch:{use_id}:2026-11-23").payload["use"] == use_id


def test_the_ledger_is_sequenced(founded: Database, clock, engine) -> None:
    worker = Worker(founded, clock, engine)
    assert worker.sequence() > 0
    with founded.read() as session:
        assert count_waiting(session) == 0
        assert verify(session).good


def test_a_second_worker_refuses_to_start(founded: Database, settings: Settings) -> None:
    held = _hold_lock(settings, founded)
    with pytest.raises(Refused, match="already running"):
        _hold_lock(settings, founded)
    held.close()


def test_the_schedule_has_its_three_parts(founded: Database, settings: Settings, clock, engine) -> None:
    scheduler = make_scheduler(Worker(founded, clock, engine), settings)
    assert {job.id for job in scheduler.get_jobs()} == {"sequence", "jobs", "hour", "night"}
    night = next(job for job in scheduler.get_jobs() if job.id == "night")
    fires = night.trigger.get_next_fire_time(None, clock.now())
    assert fires.hour == settings.nightly_hour
    assert str(fires.tzinfo) == "Europe/London"
