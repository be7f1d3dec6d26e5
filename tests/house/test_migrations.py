"""Migrations: up and down on both databases, no drift from the tables, one pinned head."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from algocare.tables import GROWING, METADATA
from foundation.database.connection import Database
from foundation.database.schema import downgrade, migration_config, upgrade
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.values import Change

HEAD = "0023"


def address_of(database: Database) -> str:
    return database.engine.url.render_as_string(hide_password=False)


def test_there_is_one_head() -> None:
    assert ScriptDirectory.from_config(migration_config("sqlite://")).get_heads() == [HEAD]


def test_migrated_schema_is_the_tables(make_database: Callable[[str], Database]) -> None:
    database = make_database("empty")
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_down_and_up_again(make_database: Callable[[str], Database]) -> None:
    database = make_database("empty")
    downgrade(address_of(database), "base")
    assert set(inspect(database.engine).get_table_names()) <= {"alembic_version"}
    upgrade(address_of(database))
    assert set(GROWING) <= set(inspect(database.engine).get_table_names())


@pytest.mark.parametrize("table", GROWING)
def test_growing_tables_refuse_change_and_removal(make_database: Callable[[str], Database], table: str) -> None:
    """The triggers stand; rows are refused one by one where there are any, and truncation always."""
    database = make_database("founded")
    with database.engine.connect() as connection:
        if database.engine.dialect.name == "postgresql":
            with pytest.raises(DBAPIError, match="only ever grows"):
                connection.execute(text(f"TRUNCATE {table} CASCADE"))
        else:
            triggers = connection.execute(
                text("SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"),
                {"table": table},
            ).scalar()
            assert triggers == 2


FIRST_RELEASE = (
    "INSERT INTO agency (code, name, kind) VALUES ('BCC', 'The council', 'council')",
    "INSERT INTO agency (code, name, kind) VALUES ('DWP', 'Benefits', 'central government')",
    "INSERT INTO source (code, name, kind, agency_code) VALUES "
    "('BCC', 'The council', 'council', 'BCC'), ('EHM', 'Early help', 'system', 'BCC')",
    "INSERT INTO gateway "
    "(number, original, statute, provision, summary, kind, who_may_rely, covers, verification, note) VALUES "
    "(7, 'As typed', 'Criminal Justice Act 2003', 'Section 325', 'x', 'duty', 'any', 'specified offenders', "
    "'unverified', '')",
    "INSERT INTO import_run (id, file_name, sha256, rows, at) VALUES "
    "(1, 'items.csv', 'a', 1, '2026-11-01 12:00:00+00:00')",
    "INSERT INTO data_item (id, group_name, name, original, run_id, row) VALUES "
    "(5, 'Health', 'Concern', 'typed', 1, 2)",
    "INSERT INTO item_gateway (item_id, gateway_number) VALUES (5, 7)",
    "INSERT INTO item_source (item_id, source_code) VALUES (5, 'EHM')",
)


def test_what_the_first_release_held_is_carried_into_revisions(make_database: Callable[[str], Database]) -> None:
    """A register of the first release keeps every entry; what it never asked is not made up (R50)."""
    database = make_database("empty")
    downgrade(address_of(database), "0001")
    with database.write() as session:
        for statement in FIRST_RELEASE:
            session.execute(text(statement))
    upgrade(address_of(database))
    with database.read() as session:
        catalogue = read_catalogue(session)
        assert read_catalogue(session, datetime(2026, 11, 2, tzinfo=UTC)).state == catalogue.state
        assert read_catalogue(session, datetime(2026, 10, 31, tzinfo=UTC)).items == {}
    item, gateway = catalogue.items[5], catalogue.gateways[7]
    assert (item.title, item.sources, item.gateways) == ("Health: Concern", ("EHM",), (7,))
    assert (item.sensitivity.value, item.origin.original if item.origin else "") == ("not_stated", "typed")
    assert (gateway.covers[0].value, gateway.section, gateway.verified) == ("offenders", "", False)
    assert [agency.code for agency in catalogue.suppliers(item)] == ["BCC"]
    assert catalogue.agencies["DWP"].kind_text == "Department of central government"
    with database.write() as session:
        entry = item.model_copy(update={"retention": "Six years"})
        revise(session, None, entry, change=Change.AMENDED, reason="A test.", at=datetime(2026, 11, 22, tzinfo=UTC))
    downgrade(address_of(database), "0001")
    with database.read() as session:
        assert session.scalar(text("SELECT name FROM data_item")) == "Concern"
