"""People from a query: read, never written; and the rules of what may be asked for."""

import sqlite3
from types import SimpleNamespace

import pytest

from foundation.errors import Invalid, Unavailable
from model_runtime.cohorts.rules import check_places, check_scheduler, check_statement, kind_of
from model_runtime.cohorts.sources import read_query
from model_runtime.gate.values import GateClosed


@pytest.fixture
def case_system(tmp_path, monkeypatch):
    """Somebody's case system, with three people."""
    path = tmp_path / "cases.db"
    with sqlite3.connect(path) as held:
        held.execute("CREATE TABLE person (reference TEXT, months INTEGER)")
        held.executemany("INSERT INTO person VALUES (?, ?)", [("A-1", 3), ("A-2", None), ("A-3", 5)])
    monkeypatch.setenv("CASES", f"sqlite:///{path}")
    return path


def test_a_query_is_read_in_tables(case_system) -> None:
    """R01: heading and rows with their types."""
    names, tables = read_query("CASES", "SELECT reference, months FROM person ORDER BY reference")
    (table,) = tables
    assert names == ["reference", "months"]
    assert table.to_pylist() == [{"reference": f"A-{n}", "months": m} for n, m in ((1, 3), (2, None), (3, 5))]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM person",
        "SELECT 1; DELETE FROM person",
        "SELECT 1 -- and more",
        "SELECT 1 /* and more */",
        "PRAGMA writable_schema=ON",
        "",
    ],
)
def test_another_statement_than_one_select_is_refused(statement: str) -> None:
    """R01: in clear words, before the database is asked."""
    with pytest.raises(Invalid, match="one SELECT"):
        check_statement(statement)


def test_the_connection_refuses_to_write(case_system) -> None:
    """R01: what the words let through, the connection does not; and the database's own words are not passed on."""
    with pytest.raises(Unavailable, match="could not be answered") as refused:
        read_query("CASES", "WITH gone AS (SELECT 1) DELETE FROM person RETURNING reference, months")
    assert "person" not in refused.value.sentence
    with sqlite3.connect(case_system) as held:
        assert held.execute("SELECT count(*) FROM person").fetchone() == (3,)


@pytest.mark.parametrize("address", ["", "mysql://a/b", "not an address"])
def test_other_databases_are_refused(address: str, monkeypatch) -> None:
    monkeypatch.setenv("CASES", address)
    with pytest.raises(Invalid):
        read_query("CASES", "SELECT 1")


def test_a_select_may_hold_what_only_looks_like_more() -> None:
    check_statement("select ';--/*' as reference from person;")


@pytest.mark.parametrize("address", ["tcp://10.0.0.5:8786", "http://localhost:1", "localhost:8786"])
def test_people_cross_no_network_in_the_clear(address: str) -> None:
    """R39: a scheduler on another machine is reached over TLS or not at all."""
    check_scheduler("tls://10.0.0.5:8786")
    check_scheduler("tcp://127.0.0.1:8786")
    with pytest.raises(Invalid):
        check_scheduler(address)


@pytest.mark.parametrize("name", ["people.xlsx", "people", "people.csv.exe", ""])
def test_other_files_are_refused_by_their_name(name: str) -> None:
    assert (kind_of("P.CSV"), kind_of("a.parquet")) == ("csv", "parquet")
    with pytest.raises(Invalid):
        kind_of(name)


def test_a_pilot_takes_no_run_larger_than_its_places() -> None:
    """R08: all of a run fits or none of it."""
    pilot = SimpleNamespace(people=400)
    check_places(pilot, 300, 100)
    check_places(None, 9_999, 9_999)
    with pytest.raises(GateClosed) as closed:
        check_places(pilot, 301, 100)
    assert closed.value.code == "pilot_full"
