"""People from a query on another database, read and never written. Machinery: needs pyarrow.

The address comes from the environment of whoever starts the command and is kept nowhere; the statement is one SELECT;
the connection refuses to write, whatever the statement says.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from foundation.errors import Invalid, Unavailable
from model_runtime.cohorts.reading import from_rows, regroup
from model_runtime.cohorts.rules import check_statement
from model_runtime.cohorts.values import CHUNK_ROWS


def read_query(variable: str, statement: str) -> tuple[list[str], Iterator[Any]]:
    """Heading and tables of 4,096 rows of a statement on the database whose address stands in `variable`.

    Refuses another statement than one SELECT, and a database that is neither SQLite nor PostgreSQL. Nothing of an
    error's words is passed on: a database quotes values and addresses.
    """
    check_statement(statement)
    rows = _rows(_connect(variable), statement)
    names = next(rows)
    return names, regroup(from_rows(names, batch) for batch in rows)


def _connect(variable: str) -> Engine:
    try:
        url = make_url(os.environ.get(variable, ""))
    except ArgumentError:
        raise Invalid(f"The environment has no address of a database in {variable}.", code="cohort_source") from None
    backend = url.get_backend_name()
    if backend not in ("sqlite", "postgresql"):
        raise Invalid("People are read from SQLite or PostgreSQL.", code="cohort_source")
    if backend == "postgresql":
        return create_engine(url, poolclass=NullPool, execution_options={"postgresql_readonly": True})
    # mode=ro: a database that is not there is not made, and SQLite itself refuses to write
    path = url.database or ""
    engine = create_engine(
        "sqlite://", creator=lambda: sqlite3.connect(f"file:{path}?mode=ro", uri=True), poolclass=NullPool
    )
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA query_only=ON"))
    return engine


def _rows(engine: Engine, statement: str) -> Iterator[Any]:
    """The heading first, then lists of rows."""
    try:
        with engine.connect() as connection, closing(_stream(connection, statement)) as answer:
            yield list(answer.keys())
            for batch in answer.partitions(CHUNK_ROWS):
                yield [tuple(row) for row in batch]
    except SQLAlchemyError as error:
        kind = type(getattr(error, "orig", error)).__name__
        raise Unavailable(
            f"The query could not be answered ({kind}). Nobody was scored.", code="cohort_source"
        ) from None
    finally:
        engine.dispose()


def _stream(connection: Any, statement: str) -> Any:
    return connection.execution_options(stream_results=True, max_row_buffer=CHUNK_ROWS).execute(text(statement))
