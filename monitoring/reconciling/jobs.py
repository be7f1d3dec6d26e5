"""Holding folders and the answer of a query against the register: what the command line and the worker call."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Invalid
from foundation.ledger.values import digest
from monitoring.reconciling.comparing import Comparison
from monitoring.reconciling.queries import read_register
from monitoring.reconciling.reading import Row, told
from monitoring.reconciling.service import keep
from monitoring.reconciling.tables import Reconciliation
from monitoring.reconciling.values import Report

Query = tuple[str, str]
"""The environment variable that holds a database's address, and one SELECT."""


def compare(database: Database, clock: Clock, paths: Sequence[Path], query: Query | None = None) -> Report:
    """Hold files, folders and a query's answer against the register as it is now; nothing is written (R42).

    Refuses to look nowhere at all. What cannot be read is told in the report and stops nothing else.
    """
    if not paths and query is None:
        raise Invalid("Give at least one file or folder, or a query.", code="nowhere")
    with database.read() as session:
        comparison = Comparison(session, read_register(session), london_date(clock.now()))
        for path in paths:
            comparison.look_through(path)
        if query is not None:
            _look_at_query(comparison, query)
        return comparison.report()


def reconcile(database: Database, clock: Clock, folders: str) -> Reconciliation | None:
    """What the worker does: compare the folders of the setting, and keep what was found; none without a folder."""
    paths = [Path(one) for one in folders.split(os.pathsep) if one.strip()]
    if not paths:
        return None
    report = compare(database, clock, paths)
    with database.write() as session:
        return keep(session, report, "worker", clock.now())


def _look_at_query(comparison: Comparison, query: Query) -> None:
    from model_runtime.cohorts.sources import read_query

    variable, statement = query
    name = f"the query on {variable}"
    try:
        names, tables = read_query(variable, statement)
    except AlgocareError as error:
        comparison.note(name, error)
        return
    comparison.look_at_query(name, digest(statement.encode()), names, _rows(tables))


def _rows(tables: Iterator[Any]) -> Iterator[list[Row]]:
    for table in tables:
        columns = [[told(value) for value in column.to_pylist()] for column in table.columns]
        yield list(zip(*columns, strict=True))
