"""The demonstration's declarations as plain values, their files, and a count of what a registration writes."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from foundation.database.base import Base
from foundation.database.connection import Database
from foundation.paths import ROOT
from registry.declarations.reading import parse, read_folder

DEMO = ROOT / "algocare" / "demo"
FILES = {
    "scikit-learn": DEMO / "return_to_custody" / "model.yaml",
    "point-score": DEMO / "point_scores" / "roni.yaml",
    "elsewhere": DEMO / "point_scores" / "elsewhere.yaml",
}


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


@pytest.fixture(scope="session")
def written() -> dict[str, Any]:
    found = {kind: parse(path.read_bytes(), path.name) for kind, path in FILES.items()}
    return found | {"supplied": supplied(found["scikit-learn"])}


@pytest.fixture
def kinds(written) -> dict[str, Any]:
    """A declaration of every kind as plain values, free to be spoilt."""
    return deepcopy(written)


def supplied(like: dict[str, Any]) -> dict[str, Any]:
    """A supplier's score for the use of another declaration."""
    version = {
        "label": "2026.2",
        "kind": "supplied",
        "supplier": {
            "name": "Example Analytics Ltd",
            "product": "Return Gauge",
            "contact": "support@supplier.example",
            "access_to_code": "None. The supplier explains its method in a paper of four pages.",
            "audit_rights": "Once a year, on a test set of our own.",
            "upgrade_notice_days": 30,
            "restrictions": "The weights may not be published.",
            "contract_ends_on": "2028-03-31",
        },
        "scale": {"low": 0, "high": 1000, "unit": "points"},
        "operating_threshold": 640,
        "bands": [
            {"code": "lower", "name": "Lower", "from": 0, "to": 500},
            {"code": "higher", "name": "Higher", "from": 500, "to": 1000},
        ],
        "inputs_not_disclosed": "The supplier names police records and housing, and no more.",
        "limits": ["Nobody here knows how it works."],
        "cannot_know": ["What the person wants."],
        "challenge_route": "Write to the data protection officer of the partnership.",
    }
    return {**{part: like[part] for part in ("schema", "model", "uses")}, "version": version}


@pytest.fixture
def count_rows():
    """How many rows every table of a database has."""

    def count(database: Database) -> dict[str, int]:
        with database.read() as session:
            tables = Base.metadata.sorted_tables
            return {table.name: session.scalar(select(func.count()).select_from(table)) for table in tables}

    return count


@pytest.fixture
def declaration(model_folder) -> bytes:
    return (model_folder / "model.yaml").read_bytes()
