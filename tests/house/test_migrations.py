"""Migrations: up and down on both databases, no drift from the tables, one pinned head."""

from collections.abc import Callable

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from algocare.tables import GROWING, METADATA
from foundation.database.connection import Database
from foundation.database.schema import downgrade, migration_config, upgrade

HEAD = "0004"


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
