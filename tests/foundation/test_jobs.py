"""A job is done once, whoever asks and however many workers there are."""

import threading

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.jobs.queries import find_by_key, list_recent
from foundation.jobs.service import claim, enqueue, finish, requeue_interrupted


def queue(database: Database, clock: StoppedClock, number: int) -> None:
    with database.write() as session:
        for n in range(number):
            enqueue(session, "test_job", f"test:{n}", {"n": n}, asked_by="worker", at=clock.now())


def test_asked_for_twice_it_is_queued_once(founded: Database, clock: StoppedClock) -> None:
    queue(founded, clock, 1)
    queue(founded, clock, 1)
    with founded.read() as session:
        assert [job.key for job in list_recent(session)] == ["test:0"]


def test_workers_at_once_never_get_the_same_job(founded: Database, clock: StoppedClock) -> None:
    queue(founded, clock, 12)
    claimed: list[str] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait(10)
        while True:
            with founded.write() as session:
                job = claim(session, clock.now())
                key = job.key if job else None
            if key is None:
                return
            claimed.append(key)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(f"test:{n}" for n in range(12))


def test_the_oldest_job_comes_first(founded: Database, clock: StoppedClock) -> None:
    queue(founded, clock, 3)
    with founded.write() as session:
        assert claim(session, clock.now()).key == "test:0"
    with founded.write() as session:
        assert claim(session, clock.now()).key == "test:1"


def test_a_job_ends_done_or_with_its_problem(founded: Database, clock: StoppedClock) -> None:
    queue(founded, clock, 2)
    with founded.write() as session:
        one, other = claim(session, clock.now()), claim(session, clock.now())
        clock.advance(seconds=5)
        finish(session, one.id, clock.now())
        finish(session, other.id, clock.now(), "The file is gone.")
    with founded.read() as session:
        done, failed = find_by_key(session, "test:0"), find_by_key(session, "test:1")
        assert (done.state, done.problem, done.finished_at) == ("done", None, clock.now())
        assert (failed.state, failed.problem) == ("failed", "The file is gone.")
        assert claim(session, clock.now()) is None


def test_what_a_killed_worker_had_begun_is_done_again(founded: Database, clock: StoppedClock) -> None:
    queue(founded, clock, 2)
    with founded.write() as session:
        finish(session, claim(session, clock.now()).id, clock.now())
        claim(session, clock.now())
    with founded.write() as session:
        assert requeue_interrupted(session) == 1
    with founded.write() as session:
        assert claim(session, clock.now()).key == "test:1"
        assert claim(session, clock.now()) is None


def test_a_job_rolled_back_stays_queued(founded: Database, clock: StoppedClock) -> None:
    queue(founded, clock, 1)
    try:
        with founded.write() as session:
            claim(session, clock.now())
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    with founded.write() as session:
        assert claim(session, clock.now()).key == "test:0"


def test_the_page_says_what_failed(founded: Database, visit, clock: StoppedClock) -> None:
    client = visit(founded, "administrator")
    assert "nothing to do yet" in client.get("/jobs").get_data(as_text=True)
    queue(founded, clock, 1)
    with founded.write() as session:
        finish(session, claim(session, clock.now()).id, clock.now(), "The file <b> is gone.")
    page = client.get("/jobs").get_data(as_text=True)
    assert "1 of the last 1 job failed" in page
    assert "The file &lt;b&gt; is gone." in page
    assert visit(founded, "auditor").get("/jobs").status_code == 403
