"""The page of requirements is complete, points only at what exists, and claims nothing without a test."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from foundation.paths import ROOT

PAGE = ROOT / "docs" / "requirements.md"
NUMBERS = [f"R{number:02}" for number in range(1, 56)]
STATUSES = {"met", "partly", "not yet"}
PACKAGES = ("foundation", "registry", "assessments", "model_runtime", "monitoring", "audit", "algocare")
CITED = re.compile(r"\bR\d{2}\b")


@dataclass(frozen=True)
class Row:
    """One requirement as the page has it."""

    number: str
    asked: str
    status: str
    where: str
    missing: str

    @property
    def paths(self) -> list[str]:
        """The files that are named."""
        return re.findall(r"`([^`]+)`", self.where)

    @property
    def tests(self) -> list[str]:
        """The test files among them."""
        return [path for path in self.paths if path.startswith("tests/") and Path(path).name.startswith("test_")]


def rows() -> list[Row]:
    lines = [line for line in PAGE.read_text().splitlines() if re.match(r"\| R\d", line)]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def docstrings(path: Path) -> Iterator[str]:
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, kinds):
            yield ast.get_docstring(node) or ""


def citations() -> dict[str, set[str]]:
    """Every number that a docstring of the product names, with the files that name it."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for number in CITED.findall(" ".join(docstrings(path))):
                found.setdefault(number, set()).add(str(path.relative_to(ROOT)))
    return found


def test_every_requirement_is_there_once_and_in_order() -> None:
    assert [row.number for row in rows()] == NUMBERS


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.number)
def test_a_row_is_whole(row: Row) -> None:
    assert row.status in STATUSES
    anchor = f'<a id="{row.number.lower()}"></a>'
    assert row.asked.startswith(anchor)
    assert row.asked.removeprefix(anchor).endswith("."), "the requirement is a sentence"
    assert [path for path in row.paths if not (ROOT / path).is_file()] == []


@pytest.mark.parametrize("row", [row for row in rows() if row.status == "met"], ids=lambda row: row.number)
def test_what_is_met_has_code_and_a_test(row: Row) -> None:
    assert row.tests, "names no test file"
    assert set(row.paths) - set(row.tests), "names no module"
    assert all("def test_" in (ROOT / path).read_text() for path in row.tests)


@pytest.mark.parametrize("row", [row for row in rows() if row.status == "partly"], ids=lambda row: row.number)
def test_what_is_partly_met_says_where_and_what_is_missing(row: Row) -> None:
    assert row.paths
    assert row.missing


def test_the_index_by_theme_names_every_requirement_once() -> None:
    named = re.findall(r"\[(R\d{2})\]\(#(r\d{2})\)", PAGE.read_text())
    assert sorted(number for number, _ in named) == NUMBERS
    assert all(number.lower() == target for number, target in named)


def test_code_names_only_requirements_that_exist() -> None:
    unknown = {number: files for number, files in citations().items() if number not in NUMBERS}
    assert unknown == {}


def test_what_code_claims_to_serve_is_not_called_missing() -> None:
    """A docstring that names a requirement and a page that says "not yet" cannot both be right."""
    missing = {row.number for row in rows() if row.status == "not yet"}
    assert {number: files for number, files in citations().items() if number in missing} == {}
