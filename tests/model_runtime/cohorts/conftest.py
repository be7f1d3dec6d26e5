"""What the tests of runs share: files of people, and a function that takes a run to its end."""

import csv
import io
import itertools
from datetime import date

import pytest

from model_runtime.cohorts.jobs import run_cohort
from model_runtime.cohorts.pools import LocalPool
from model_runtime.cohorts.service import CohortRequest, request_cohort, request_file
from model_runtime.cohorts.tables import CohortRun
from tests.model_runtime.conftest import AS_OF, FACTS

PRESSES = itertools.count()


def person(number: int, **changes: object) -> dict[str, object]:
    """A person of a file: facts that differ from one to the next."""
    varied = {"age": 20 + number % 40, "earlier_convictions": number % 9, "months_served": 1 + number % 60}
    row = {"reference": f"P-{number:05}", "born_on": "1990-03-04", **FACTS, **varied}
    return {**row, **changes}


def csv_of(rows: list[dict[str, object]]) -> bytes:
    """People as a CSV file."""
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue().encode()


@pytest.fixture
def hand_in(approved):
    """A function that asks for a run over rows or a file: hand_in(rows), hand_in(content=..., name=...)."""

    def call(rows=None, content=None, name="people.csv", actor=None, press=None, as_of: date = AS_OF, **more):
        content = content if content is not None else csv_of(rows)
        asked = CohortRequest(
            actor or approved.cast.analyst,
            more.pop("purpose", "resettlement-support"),
            more.pop("use_id", approved.use_id),
            as_of,
            request_file(name, content),
            press or f"press {next(PRESSES)}",
            content,
            **more,
        )
        return request_cohort(approved.database, approved.clock, asked)

    return call


@pytest.fixture
def pool(engine):
    """One engine child for all parts: the warm one of the whole run of tests."""
    return LocalPool(lambda: engine, 1)


@pytest.fixture
def finish_run(approved, pool):
    """A function that takes a run to its end and reads it again."""

    def call(run, pool=pool):
        run_cohort(approved.database, approved.clock, pool, run.id)
        with approved.database.read() as session:
            return session.get_one(CohortRun, run.id)

    return call
