"""The demonstration's declaration as plain values, its files, and a count of everything a registration could write."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from foundation.database.base import Base
from foundation.database.connection import Database
from registry.declarations.reading import read_folder


@pytest.fixture(scope="session")
def handed_in(model_folder: Path) -> tuple[Any, dict[str, bytes]]:
    data, files = read_folder(model_folder / "model.yaml")
    return data, dict(files)


@pytest.fixture
def data(handed_in) -> dict[str, Any]:
    """The declaration, free to be spoilt."""
    return deepcopy(handed_in[0])


@pytest.fixture
def files(handed_in) -> dict[str, bytes]:
    """Its files, free to be spoilt."""
    return dict(handed_in[1])


@pytest.fixture
def count_rows():
    """How many rows every table of a database has."""

    def count(database: Database) -> dict[str, int]:
        with database.read() as session:
            tables = Base.metadata.sorted_tables
            return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}

    return count
