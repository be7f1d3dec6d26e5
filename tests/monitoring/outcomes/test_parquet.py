"""Outcomes as Parquet: read by the worker in a child with bounded memory, all of it or nothing (R13)."""

import io
from datetime import date, datetime
from types import SimpleNamespace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import func, select

from algocare.worker import Worker
from foundation.errors import Invalid
from foundation.jobs.queries import find_by_key
from model_runtime.people.tables import Person
from monitoring.outcomes.jobs import import_file
from monitoring.outcomes.parquet import Unreadable, read_parquet, text_of
from monitoring.outcomes.queries import latest_outcomes
from monitoring.outcomes.tables import Outcome, OutcomeUpload
from registry.models.queries import get_model

ADDRESS = "/models/return-to-custody/outcomes"
DAY = date(2026, 11, 20)
GOOD = {"person": ["P-1", "P-2"], "happened": [True, False], "observed_on": [DAY, DAY], "ethnicity": ["Asian", None]}


def made(columns: dict, **how) -> bytes:
    """A Parquet file with these columns."""
    written = io.BytesIO()
    pq.write_table(columns if isinstance(columns, pa.Table) else pa.table(columns), written, **how)
    return written.getvalue()


@pytest.fixture
def known(registered, clock, visit, settings):
    """Two people, the owner signed in, and the worker."""
    with registered.write() as session:
        for reference in ("P-1", "P-2"):
            session.add(Person(reference=reference, agency_code="ASC", added_at=clock.now()))
    worker = Worker(registered, clock, None, settings)
    return SimpleNamespace(database=registered, owner=visit(registered, "model_owner"), worker=worker)


def hand_in(known, content: bytes) -> OutcomeUpload:
    """Hand a file in on the page, let the worker work, and see what came of it."""
    answer = known.owner.send(ADDRESS, {"file": (io.BytesIO(content), "outcomes.parquet")})
    assert answer.status_code == 302, answer.get_data(as_text=True)
    page = known.owner.get(ADDRESS).get_data(as_text=True)
    assert "The worker reads it within a minute" in page
    assert "Waiting" in page
    known.worker.run_waiting()
    with known.database.read() as session:
        return session.scalars(select(OutcomeUpload).order_by(OutcomeUpload.id.desc())).first()


def test_the_worker_records_a_parquet_file(known) -> None:
    """R13: types of the file are taken as they are; the same job again records nothing twice."""
    upload = hand_in(known, made(GOOD))
    assert (upload.rows, upload.problems, upload.source) == (2, {}, "parquet")
    known.worker.kinds["read_outcomes"]({"upload": upload.id})
    with known.database.read() as session:
        latest = latest_outcomes(session, get_model(session, "return-to-custody").id).values()
        assert sorted((one.happened, one.observed_on, len(one.groups)) for one in latest) == [
            (False, DAY, 0),
            (True, DAY, 1),
        ]
        assert {one.recorded_by_id for one in latest} == {upload.handed_in_by_id}
        assert session.scalar(select(func.count()).select_from(Outcome)) == 2
        assert find_by_key(session, f"read_outcomes:{upload.id}").state == "done"


def test_one_bad_cell_leaves_nothing_and_the_page_says_which(known) -> None:
    """R13: all or nothing; the problems stand on the page of the file, by row and column."""
    upload = hand_in(known, made({**GOOD, "person": ["P-1", "P-9"]}))
    assert list(upload.problems) == ["row 3, column person"]
    page = known.owner.get(f"{ADDRESS}/uploads/{upload.id}").get_data(as_text=True)
    assert "Row 3, column person" in page
    assert "P-9 is not known here" in page
    twice = hand_in(known, made({**GOOD, "person": ["P-1", "P-1"], "observed_on": ["2026-11-20", "20/11/2026"]}))
    assert list(twice.problems) == ["row 3, column observed_on"]
    with known.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Outcome)) == 0
    assert known.owner.get(f"{ADDRESS}/uploads/99").status_code == 404


@pytest.mark.one_database
def test_who_lost_the_model_meanwhile_records_nothing(known, cast, clock) -> None:
    """R13: the right is asked again when the file is read."""
    people = cast(known.database)
    answer = known.owner.send(ADDRESS, {"file": (io.BytesIO(made(GOOD)), "outcomes.parquet")})
    assert answer.status_code == 302
    with known.database.write() as session:
        get_model(session, "return-to-custody").owner_id = people.officer.account_id
    known.worker.run_waiting()
    with known.database.read() as session:
        upload = session.scalars(select(OutcomeUpload)).one()
        assert "Only the owner or the deputy" in upload.problems["file"]
        assert upload.rows == 0


@pytest.mark.one_database
def test_the_command_line_takes_both_kinds_of_file(known, cast, clock) -> None:
    """R13: a Parquet file is read at once, and a refusal says what the page says."""
    owner = cast(known.database).owner
    told = (known.database, clock, owner, "return-to-custody")
    assert import_file(*told, made(GOOD), "outcomes.parquet") == 2
    assert import_file(*told, b"person,happened,observed_on\nP-1,yes,2026-11-20\n", "outcomes.csv") == 1
    with pytest.raises(Invalid, match=r"row 2, column person: P-9 is not known here"):
        import_file(*told, made({**GOOD, "person": ["P-9", "P-1"]}), "outcomes.parquet")
    assert known.worker.run_waiting() == 2


LONG = "x" * 1_000_000
REPEATED = pa.DictionaryArray.from_arrays(pa.array([0] * 150_000, pa.int32()), pa.array([LONG]))
HOSTILE = {
    "no Parquet": (b"PAR1 and nothing else", "file", "cannot be read as Parquet"),
    "cut off": (made(GOOD)[:-40], "file", "cannot be read as Parquet"),
    "lists in cells": (made({**GOOD, "happened": [[1], [0]]}), "column happened", "none of text, number"),
    "records in cells": (made({**GOOD, "happened": [{"a": 1}, {"a": 2}]}), "column happened", "none of text"),
    "bytes": (made({**GOOD, "person": [b"a", b"b"]}), "column person", "none of text"),
    "too many rows": (made({"person": pa.nulls(200_001, pa.string())}), "file", "200,001 rows"),
    "too many columns": (made({f"c{n}": [1] for n in range(101)}), "file", "more than 100 columns"),
    "unpacks to gigabytes": (
        made({"person": [LONG] * 300}, compression="zstd", use_dictionary=False),
        "file",
        "more than 256 MiB",
    ),
    "one long word 150,000 times": (
        made({"person": REPEATED}, compression="zstd"),
        "file",
        "within the memory and time",
    ),
    "a cell too long": (made({"person": ["x" * 501]}), "row 2, column person", "at most 500"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_bounded_memory(name: str) -> None:
    """R13: a few kilobytes that claim or unpack to gigabytes end the child, never the worker."""
    content, place, said = HOSTILE[name]
    with pytest.raises(Unreadable) as refused:
        read_parquet(content)
    assert said in refused.value.problems[place]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (True, "yes"),
        (1.0, "1"),
        (0.5, "0.5"),
        (7, "7"),
        (datetime(2026, 11, 20), "2026-11-20"),
        (datetime(2026, 11, 20, 9), "2026-11-20T09:00:00"),
        (DAY, "2026-11-20"),
    ],
)
def test_a_cell_is_as_it_would_stand_in_a_csv(value: object, text: str) -> None:
    """R13: one set of rules judges both kinds of file."""
    assert text_of(value) == text
