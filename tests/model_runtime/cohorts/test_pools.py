"""The same work on this machine and on Dask workers: the same results bit for bit."""

import os

import pytest
from sqlalchemy import select

from model_runtime.cohorts.jobs import run_cohort
from model_runtime.cohorts.pools import DaskPool, LocalPool
from model_runtime.cohorts.tables import CohortAnswer, CohortRun, CohortScore
from model_runtime.engine.client import EngineClient
from tests.model_runtime.cohorts.conftest import person

pytestmark = pytest.mark.one_database


def told(world, run) -> tuple[list, list]:
    with world.database.read() as session:
        rows = session.scalars(select(CohortScore).where(CohortScore.run_id == run.id).order_by(CohortScore.place))
        answers = session.scalars(select(CohortAnswer).where(CohortAnswer.run_id == run.id))
        kept = [(one.contributions, one.base, one.largest_error, one.layers) for one in answers]
        return [(row.band, row.value) for row in rows], kept


def test_results_are_the_same_bit_for_bit_on_a_cluster(approved, hand_in, pool) -> None:
    """R39: a scheduler on loopback with a worker in this process, which starts an engine child of its own."""
    distributed = pytest.importorskip("distributed")
    people = [person(number) for number in range(60)]
    options = {"seconds": 60.0, "load_seconds": 120.0, "memory_mib": 2048}
    first = hand_in(people)
    assert run_cohort(approved.database, approved.clock, pool, first.id) == "finished"
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None, host="127.0.0.1", protocol="tcp"
    ) as cluster:
        second, workers = hand_in(people), DaskPool(cluster.scheduler_address, options)
        try:
            assert run_cohort(approved.database, approved.clock, workers, second.id) == "finished"
        finally:
            workers.close()
    assert told(approved, first) == told(approved, second)
    with approved.database.read() as session:
        roots = {session.get_one(CohortRun, run.id).root for run in (first, second)}
    assert len(roots) == 2  # the salts of two runs differ: nobody can tell from the ledger that people are the same


def test_a_local_pool_has_as_many_children_as_are_of_use() -> None:
    """R39: an engine of its own for each part that is worked through at once."""
    made: list[EngineClient] = []

    def make() -> EngineClient:
        made.append(EngineClient())
        return made[-1]

    pool = LocalPool(make)
    assert pool.width == len(made) == min(2, os.cpu_count() or 1)
    pool.close()
