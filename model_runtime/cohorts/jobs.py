"""A run from the first cell to the last hash: for the worker and the command line; opens its own sessions.

Killed at any moment it goes on at the first part that is not done: the people stand in the database, and each part with
its rows is one commit under a unique key. Nothing is visible before the last commit of all.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Forbidden, Invalid
from foundation.files.service import get_content
from model_runtime.cohorts.pools import Pool
from model_runtime.cohorts.service import asker_of, begin, end, finish, keep_part, lock_run, plan_for
from model_runtime.cohorts.tables import CohortRun
from model_runtime.cohorts.working import Job, answer_row, list_missing, read_job, read_part, rows_of, work_of
from model_runtime.gate.clocks import read_moment
from model_runtime.gate.values import GateClosed

Tell = Callable[[int, int], None]
"""Is told people worked through, and of how many."""

UNEXPECTED = (
    "It stopped unexpectedly, and nobody sees a result. Ask for the run again; if it stops again, whoever runs the "
    "service finds the details in the worker's log."
)
"""Why a run failed that met a fault nobody foresaw."""


def run_cohort(database: Database, clock: Clock, pool: Pool, run_id: int, tell: Tell = lambda done, rows: None) -> str:
    """Take a run as far as it goes; its stage at the end: finished, failed or withdrawn.

    What closes the gate withdraws it, a bad cell or a fault of the engine fails it, each with its sentence. Anything
    else, such as a database that is gone, is raised, and the run goes on where it was when it is called again.
    """
    try:
        _take_in_stored(database, clock, run_id)
        work_through(database, clock, pool, run_id, tell)
        with database.write() as session:
            finish(session, run_id, read_moment(session, clock))
    except (GateClosed, Forbidden) as closed:
        _end(database, clock, run_id, "withdraw", closed)
    except AlgocareError as error:
        _end(database, clock, run_id, "fail", error)
    with database.read() as session:
        return session.get_one(CohortRun, run_id).stage


def run_queued(database: Database, clock: Clock, make_pool: Callable[[], Pool], run_id: int) -> str:
    """As `run_cohort`, for the worker, with a pool of its own: a fault nobody foresaw fails the run, and is raised.

    Nobody stands by who would resume it. Where even the failing fails, because the database is gone, the job was never
    finished either, and the worker takes it up again when it next starts.
    """
    try:
        pool = make_pool()
        try:
            return run_cohort(database, clock, pool, run_id)
        finally:
            pool.close()
    except Exception:
        with database.write() as session:
            end(session, run_id, "fail", UNEXPECTED, clock.now())
        raise


def begin_with(database: Database, clock: Clock, run_id: int, names: list[str], tables: Iterable[Any]) -> None:
    """Take in people the caller reads; what is wrong with them ends the run, and is raised."""
    try:
        take_in_tables(database, clock, run_id, names, tables)
    except (GateClosed, Forbidden) as closed:
        _end(database, clock, run_id, "withdraw", closed)
        raise
    except AlgocareError as error:
        _end(database, clock, run_id, "fail", error)
        raise


def take_in_tables(database: Database, clock: Clock, run_id: int, names: list[str], tables: Iterable[Any]) -> None:
    """Check everybody and begin: one bad cell, and nobody is in the run."""
    from model_runtime.cohorts.intake import take_in
    from model_runtime.cohorts.plans import check_heading

    with database.read() as session:
        run = session.get_one(CohortRun, run_id)
        plan = plan_for(session, asker_of(session, run), run.use, run.as_of, clock.now())
    check_heading(names, plan, run.source_name)
    spool = take_in(tables, plan, run.source_name, run.source_kind)
    try:
        with database.write() as session:
            held = lock_run(session, run_id)
            if held.stage == "queued":
                begin(session, held, spool, spool.oldest_on, clock.now())
    finally:
        spool.close()


def work_through(database: Database, clock: Clock, pool: Pool, run_id: int, tell: Tell) -> None:
    """Work through every part that is not done, as many at once as the pool is wide; the first fault ends it."""
    with database.read() as session:
        run = session.get_one(CohortRun, run_id)
        if run.stage != "running":
            return
        job, rows = read_job(session, run), run.rows
        missing = list_missing(session, job)
    done = rows - sum(_size(job, number, rows) for number in missing)
    tell(done, rows)
    with ThreadPoolExecutor(pool.width) as threads:
        under_way: dict[Future[bool], int] = {}
        try:
            for number in missing:
                under_way[threads.submit(_part, database, clock, pool, job, number)] = number
                if len(under_way) >= 2 * pool.width:
                    done += _gather(under_way, job, rows)
                    tell(done, rows)
            while under_way:
                done += _gather(under_way, job, rows)
                tell(done, rows)
        finally:
            for future in under_way:
                future.cancel()


def _take_in_stored(database: Database, clock: Clock, run_id: int) -> None:
    from model_runtime.cohorts.reading import read_parts

    with database.read() as session:
        run = session.get_one(CohortRun, run_id)
        if run.stage != "queued" or run.file_sha256 is None:
            return
        content = get_content(session, run.file_sha256)
    names, tables = read_parts(content, run.source_kind, run.source_name)
    take_in_tables(database, clock, run_id, names, tables)


def _part(database: Database, clock: Clock, pool: Pool, job: Job, number: int) -> bool:
    with database.read() as session:
        part, closed = read_part(session, job, number)
    work = work_of(job, part, closed)
    answered = pool.answer(work) if work is not None else None
    rows = rows_of(job, number, part, closed, answered)
    answer = answer_row(job, number, part, rows, answered, clock.now())
    with database.write() as session:
        return keep_part(session, job.run_id, answer, [vars(row) for row in rows])


def _gather(under_way: dict[Future[bool], int], job: Job, rows: int) -> int:
    """Wait for one part or more; how many people they were. A part's fault is raised here."""
    ready, _ = wait(under_way, return_when=FIRST_COMPLETED)
    numbers = [under_way.pop(future) for future in ready]
    for future in ready:
        future.result()
    return sum(_size(job, number, rows) for number in numbers)


def _size(job: Job, number: int, rows: int) -> int:
    return min(job.chunk_rows, rows - number * job.chunk_rows)


def _end(database: Database, clock: Clock, run_id: int, step: str, error: AlgocareError) -> None:
    problems = [f"{sentence}" for sentence in error.problems.values()] if isinstance(error, Invalid) else []
    with database.write() as session:
        end(session, run_id, step, error.sentence, clock.now(), problems=problems)
