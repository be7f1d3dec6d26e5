"""The worker: jobs are done once, a failure says why and stops nothing, and only one worker runs at a time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from algocare.cli.serving import MOST_DEATHS, Restarts
from algocare.locking import hold_lock, is_held, wait_for_lock
from algocare.schedules import list_schedules
from algocare.worker import Worker, make_scheduler
from foundation.database.connection import Database
from foundation.errors import Refused
from foundation.jobs.firings import ask_for_run
from foundation.jobs.queries import find_by_key, find_life, list_recent
from foundation.jobs.service import GIVEN_UP, enqueue
from foundation.jobs.tables import Firing, Job
from foundation.jobs.values import SILENT_BEATS
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
        night_order = ["check_footings", "check_conditions", "check_practices", "run_watch", "check_cases", "tell"]
        assert waiting[::-1] == night_order, "law first, then the watches, then everybody is told"
        assert find_by_key(session, f"run_watch:{use_id}:2026-11-23T02:00").payload["use"] == use_id


def test_the_ledger_is_sequenced(founded: Database, clock, engine) -> None:
    worker = Worker(founded, clock, engine)
    assert worker.sequence() > 0
    with founded.read() as session:
        assert count_waiting(session) == 0
        assert verify(session).good


def test_a_second_worker_refuses_to_start_or_stands_by(founded: Database, settings: Settings) -> None:
    """R12: the one that stands by has the lock as soon as the first one let go of it."""
    held = hold_lock(settings, founded)
    assert is_held(held)
    with pytest.raises(Refused, match="already running"):
        wait_for_lock(settings, founded, threading.Event(), wait=False)
    threading.Timer(0.1, held.close).start()
    taken = wait_for_lock(settings, founded, threading.Event(), wait=True)
    assert is_held(taken)
    told_to_stop = threading.Event()
    told_to_stop.set()
    assert wait_for_lock(settings, founded, told_to_stop, wait=True) is None
    taken.close()


@pytest.mark.one_database
def test_a_lock_whose_file_is_gone_is_no_lock(founded: Database, settings: Settings) -> None:
    """Another worker could hold the same lock on a new file: the first one has to notice and end."""
    held = hold_lock(settings, founded)
    (settings.data_folder / "worker.lock").unlink()
    assert not is_held(held)
    held.close()


def test_what_is_due_is_queued_once_and_runs(founded: Database, settings: Settings, clock, engine, cast) -> None:
    """R12: two workers look at the same night and at what an administrator asked for; each due time is done once."""
    one, two = emptied(founded, clock, engine), Worker(founded, clock, engine)
    one.tick()
    clock.set(datetime(2026, 11, 23, 2, 0, 3, tzinfo=UTC))
    with founded.write() as session:
        law = next(each for each in list_schedules(settings) if each.name == "law")
        ask_for_run(session, cast(founded).administrator, law, clock.now() - timedelta(hours=3))
    for worker in (one, two, one):
        worker.tick()
    with founded.read() as session:
        kinds = [job.kind for job in list_recent(session) if job.state == "queued"]
    nightly = ["check_footings", "check_conditions", "check_practices", "check_cases", "tell"]
    assert sorted(kinds) == sorted([*nightly, "check_footings"])
    assert one.run_waiting() + two.run_waiting() == 6
    with founded.read() as session:
        fired = session.scalars(select(Firing).where(Firing.state != "began")).all()
        schedules = {each.name for each in list_schedules(settings) if each.every.falls_on(clock.now().date())}
        assert {firing.state for firing in fired if firing.schedule != "tell"} == {"done"}
        assert {firing.schedule for firing in fired} == schedules
        assert [firing.state for firing in fired if firing.schedule == "tell"] == ["missed"] * 14


def refuse(*_: object) -> list[Job]:
    raise ZeroDivisionError


def test_what_cannot_be_queued_is_kept_as_failed(founded: Database, clock, engine) -> None:
    """R12: a fault in one schedule stops no other, is seen, and is not tried for ever."""
    worker = emptied(founded, clock, engine)
    worker.tick()
    worker.queues["law"] = refuse
    clock.set(datetime(2026, 11, 23, 2, 0, tzinfo=UTC))
    worker.tick()
    worker.tick()
    with founded.read() as session:
        (law,) = session.scalars(select(Firing).where(Firing.schedule == "law", Firing.state != "began"))
        assert (law.state, law.problem[:36]) == ("failed", "What was due could not be queued; th")
        assert find_by_key(session, "check_conditions:2026-11-23T02:00") is not None


def test_a_worker_that_falls_silent_loses_its_job_and_one_that_lives_does_not(founded, clock, engine) -> None:
    """R12: without a restart, whatever the clock says; who was only slow changes nothing afterwards."""
    slow, other = emptied(founded, clock, engine), Worker(founded, clock, engine)
    with founded.write() as session:
        enqueue(session, "check_footings", "x", {}, asked_by="test", at=clock.now())
    slow.beat()
    job = slow._claim()
    for _ in range(SILENT_BEATS * 2):
        slow.beat()
        assert other.beat() == 0
        clock.advance(hours=-1)
    assert [other.beat() for _ in range(SILENT_BEATS + 1)] == [0] * (SILENT_BEATS - 1) + [1, 0]
    assert other.run_waiting() == 1
    slow.kinds["check_footings"] = refuse
    slow._run(job)
    with founded.read() as session:
        done = session.get_one(Job, job.id)
        assert (done.state, done.problem, done.claimed_by, done.interruptions) == ("done", None, other.name, 1)
        assert find_life(session, clock.now()).alive


def test_what_killed_its_worker_three_times_is_not_begun_again(founded: Database, clock, engine) -> None:
    """R12: but a run over a population is, because it goes on where it stopped."""
    emptied(founded, clock, engine)
    with founded.write() as session:
        for kind in ("check_footings", "run_cohort"):
            enqueue(session, kind, kind, {}, asked_by="test", at=clock.now())
    for _ in range(3):
        dying = Worker(founded, clock, engine)
        assert [dying._claim().kind, dying._claim().kind] == ["check_footings", "run_cohort"]
        assert Worker(founded, clock, engine).beat() == 2, "who never gave a sign of life has none"
    with founded.read() as session:
        first, second = find_by_key(session, "check_footings"), find_by_key(session, "run_cohort")
        assert (first.state, first.problem) == ("failed", GIVEN_UP)
        assert (second.state, second.interruptions) == ("queued", 3)


def test_a_worker_that_is_told_to_stop_hands_back_its_job(founded: Database, clock, engine) -> None:
    worker = emptied(founded, clock, engine)
    worker.beat()
    with founded.write() as session:
        enqueue(session, "slow", "slow", {}, asked_by="test", at=clock.now())
    begun, go_on = threading.Event(), threading.Event()
    worker.kinds["slow"] = lambda payload: (begun.set(), go_on.wait(20))
    thread = threading.Thread(target=worker.run_waiting)
    thread.start()
    assert begun.wait(20)
    assert worker.stop(seconds=0.01) == 1
    go_on.set()
    thread.join()
    with founded.read() as session:
        assert find_by_key(session, "slow").state == "queued"
        assert find_by_key(session, "slow").interruptions == 0
        assert not find_life(session, clock.now()).alive


def test_the_scheduler_in_memory_only_says_when_to_look(founded: Database, settings: Settings, clock, engine) -> None:
    scheduler = make_scheduler(Worker(founded, clock, engine, settings))
    assert {job.id for job in scheduler.get_jobs()} == {"sequence", "jobs", "due", "beat"}
    hours = {each.every.hour for each in list_schedules(settings) if each.name != "tell"}
    assert hours == {settings.nightly_hour}


def test_a_worker_that_dies_is_started_again_and_not_for_ever() -> None:
    """R12: after one, two, four and eight seconds; the fifth death within a minute ends the service."""
    restarts = Restarts()
    assert [restarts.wait_after(float(second)) for second in range(MOST_DEATHS)] == [1, 2, 4, 8, None]
    assert Restarts([0.0, 1.0, 2.0, 3.0]).wait_after(62.5) == 2
