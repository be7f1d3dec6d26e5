"""Each due time is claimed once; what did not run is a hole that is seen; a clock that is moved doubles nothing."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Forbidden
from foundation.jobs.firings import (
    KEPT,
    MOST_HOLES,
    ask_for_run,
    attach,
    claim_asked,
    claim_due,
    forget_old,
    list_asked,
    list_due,
)
from foundation.jobs.queries import find_by_key, list_lines, say_what_ran
from foundation.jobs.schedules import Every, Schedule, Unit
from foundation.jobs.service import claim, enqueue, finish
from foundation.jobs.tables import Firing
from foundation.ledger.tables import LedgerEntry

NIGHT = Schedule("night", "What is done at night", Every(Unit.NIGHTLY, hour=2), timedelta(hours=6))
HOUR = Schedule("hour", "What is done each hour", Every(Unit.HOURLY, minute=30), timedelta(minutes=30))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
TWO = datetime(2026, 11, 23, 2, tzinfo=UTC)


def tick(database: Database, at: datetime, schedule: Schedule = NIGHT, by: str = "one") -> datetime | None:
    """What a worker claims that looks at a moment."""
    with database.write() as session:
        firing = claim_due(session, schedule, at, by)
        return firing.due_at if firing else None


def states(database: Database, schedule: Schedule = NIGHT) -> list[tuple[datetime, str]]:
    with database.read() as session:
        chosen = select(Firing.due_at, Firing.state).where(Firing.schedule == schedule.name)
        return list(session.execute(chosen.order_by(Firing.due_at)).tuples())


def test_a_due_time_is_claimed_once_and_what_is_too_late_is_a_hole(founded: Database) -> None:
    """R12: at most the last one within the grace is made up; all before it is kept as missed."""
    assert tick(founded, NOON) is None, "nothing is due before the schedule came into force"
    assert tick(founded, TWO - timedelta(seconds=1)) is None
    assert tick(founded, TWO) == TWO
    assert tick(founded, TWO + timedelta(hours=1), by="two") is None
    late = TWO + timedelta(days=3, hours=5)
    assert tick(founded, late) == TWO + timedelta(days=3)
    too_late = TWO + timedelta(days=4, hours=7)
    assert tick(founded, too_late) is None
    missed = [TWO + timedelta(days=days) for days in (1, 2, 4)]
    assert [due_at for due_at, state in states(founded) if state == "missed"] == missed
    with founded.read() as session:
        assert list_due(session, [NIGHT, HOUR], too_late) == [HOUR], "that one never began"


def test_a_clock_put_back_doubles_nothing_and_one_put_forward_shows_what_it_left_out(founded: Database) -> None:
    """R12: also holes that were noted while the clock ran a week ahead are taken back, and those nights run."""
    tick(founded, NOON)
    assert tick(founded, TWO) == TWO
    for minutes in (-60, -30, 0, 5):
        assert tick(founded, TWO + timedelta(minutes=minutes)) is None
    ahead = TWO + timedelta(days=7, hours=12)
    assert tick(founded, ahead) is None
    assert [state for _, state in states(founded)].count("missed") == 7
    back = TWO + timedelta(days=1)
    assert tick(founded, back) == back
    assert [(due_at, state) for due_at, state in states(founded) if state == "missed"] == []
    assert tick(founded, back + timedelta(days=1)) == back + timedelta(days=1)


def test_two_workers_at_once_claim_one(founded: Database) -> None:
    """R12: whoever comes first, each of a hundred due times is claimed by one of four workers, and none is left."""
    tick(founded, NOON, HOUR)
    claimed: list[datetime] = []
    start = threading.Barrier(4)

    def work(name: str) -> None:
        start.wait(10)
        for hours in range(25):
            due_at = tick(founded, NOON + timedelta(hours=hours, minutes=30), HOUR, name)
            claimed.extend([due_at] if due_at else [])

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == [NOON + timedelta(hours=hours, minutes=30) for hours in range(25)]
    assert {state for _, state in states(founded, HOUR)} == {"began", "queued"}


def test_after_years_without_a_worker_the_newest_holes_are_kept_and_the_others_counted(founded: Database) -> None:
    tick(founded, NOON, HOUR)
    tick(founded, NOON + timedelta(days=365), HOUR)
    kept = [due_at for due_at, state in states(founded, HOUR) if state == "missed"]
    assert len(kept) == MOST_HOLES
    with founded.read() as session:
        oldest = select(Firing.problem).where(Firing.state == "missed").order_by(Firing.due_at).limit(1)
        assert session.scalar(oldest) == f"And {365 * 24 - 1 - MOST_HOLES:,} earlier ones since 2026-11-22."


def test_a_due_time_ends_with_its_last_job_and_says_what_failed(founded: Database, clock: StoppedClock) -> None:
    """R12: what is shown as run has run."""
    tick(founded, NOON)
    with founded.write() as session:
        firing = claim_due(session, NIGHT, TWO, "one")
        jobs = [enqueue(session, "test", f"test:{n}", {}, asked_by="worker", at=TWO) for n in range(2)]
        attach(session, firing, jobs)
    for problem in (None, "The file is gone."):
        assert states(founded)[-1] == (TWO, "queued")
        with founded.write() as session:
            job = claim(session, TWO, "one")
            assert not finish(session, job.id, TWO, None, "somebody else"), "who lost the claim changes nothing"
            assert finish(session, job.id, TWO + timedelta(seconds=90), problem, "one")
    with founded.read() as session:
        (line,) = list_lines(session, [NIGHT], TWO + timedelta(hours=1))
        assert (line.last.state, line.last.problem) == ("failed", "1 of 2 failed. The file is gone.")
        assert (line.took, line.holes, line.next_at) == ("90 seconds", (), TWO + timedelta(days=1))
        assert say_what_ran([line]) == "Everything that was due has run. 1 ended with a problem the last time."


def test_what_no_worker_saw_is_a_hole_too(founded: Database) -> None:
    """R12: a night that did not run is visible although nobody was there to note it."""
    tick(founded, NOON)
    with founded.read() as session:
        assert say_what_ran(list_lines(session, [NIGHT], NOON)) == "Nothing was due yet."
        (line,) = list_lines(session, [NIGHT], TWO + timedelta(days=1, hours=9))
        assert say_what_ran([line]) == "2 things that were due did not run."
        (hole,) = line.holes
        assert (hole.first, hole.last, hole.count) == (TWO, TWO + timedelta(days=1), 2)
    tick(founded, TWO + timedelta(days=1, hours=9))
    with founded.read() as session:
        assert list_lines(session, [NIGHT], TWO + timedelta(days=1, hours=9))[0].missed == 2, "noted, they are the same"
        after = TWO + timedelta(days=8, hours=9)
        assert list_lines(session, [NIGHT], after)[0].missed == 7


def test_an_administrator_runs_one_by_hand_and_it_is_recorded(founded: Database, cast) -> None:
    """R12: asked twice it runs once, the night itself still runs, and the ledger says who."""
    actors = cast(founded)
    tick(founded, NOON)
    with founded.write() as session:
        with pytest.raises(Forbidden):
            ask_for_run(session, actors.owner, NIGHT, NOON)
        first = ask_for_run(session, actors.administrator, NIGHT, NOON)
        again = ask_for_run(session, actors.administrator, NIGHT, NOON + timedelta(minutes=1))
        assert first.id == again.id
        assert first.by_hand_by_id == actors.administrator.account_id
        kinds = select(func.count()).select_from(LedgerEntry).where(LedgerEntry.kind == "schedule_run_by_hand")
        assert session.scalar(kinds) == 1
    with founded.write() as session:
        (number,) = list_asked(session)
        firing = claim_asked(session, number, NOON, "one")
        attach(session, firing, [])
        assert firing.state == "done"
    with founded.write() as session:
        assert claim_asked(session, number, NOON, "two") is None
        assert list_asked(session) == []
    assert tick(founded, TWO) == TWO


def test_after_two_years_what_ran_is_forgotten_and_holes_stay(founded: Database, cast) -> None:
    """Retention: a hole and a run by hand are what somebody may be asked about later."""
    actors = cast(founded)
    tick(founded, NOON)
    with founded.write() as session:
        firing = claim_due(session, NIGHT, TWO, "one")
        attach(session, firing, [enqueue(session, "test", "test", {}, asked_by="worker", at=TWO)])
        finish(session, claim(session, TWO).id, TWO)
        by_hand = ask_for_run(session, actors.administrator, NIGHT, NOON + timedelta(days=1))
        attach(session, claim_asked(session, by_hand.id, NOON, "one"), [])
    tick(founded, TWO + timedelta(days=1, hours=12))
    with founded.write() as session:
        forget_old(session, TWO + KEPT)
        assert len(session.scalars(select(Firing)).all()) == 4
        forget_old(session, TWO + KEPT + timedelta(days=9))
        kept = session.scalars(select(Firing.state).order_by(Firing.due_at)).all()
        assert kept == ["began", "done", "missed"]
        assert find_by_key(session, "test").firing_id is None
