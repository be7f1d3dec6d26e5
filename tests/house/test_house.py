"""The house holds itself to its plan: floors, drawers, tests for every room, one table of doors."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from algocare import reference
from algocare.tables import GROWING
from foundation.paths import ROOT

PACKAGES = ("foundation", "registry", "assessments", "model_runtime", "monitoring", "audit", "algocare")
SOURCES = sorted(
    path.relative_to(ROOT)
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py" and path.relative_to(ROOT).parts[:2] != ("algocare", "static")
)
BANNED = {"utils", "helpers", "common", "core", "models", "misc"}


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def imported_by_tests() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


AS_PROCESSES = {"algocare.cli.__main__", "model_runtime.engine.forkserver", "audit.verifier.verify_pack"}
"""Run by tests as processes of their own, never imported."""

THROUGH_PAGES = {"views", "public", "forms", "tables", "api"}
"""Reached through pages and calls, which the walk and the matrix of doors open, and through migrations."""


def test_every_module_has_a_test() -> None:
    """A module is imported by a test, or used inside its package by one that is."""
    reached = imported_by_tests() | AS_PROCESSES
    reached |= {module_name(path) for path in SOURCES if path.stem in THROUGH_PAGES}
    untested = sorted({module_name(path) for path in SOURCES} - with_what_they_use(reached))
    assert untested == []


def with_what_they_use(reached: set[str]) -> set[str]:
    """Machinery is tested through the module that offers it: what a reached module uses in its package is reached."""
    covered, waiting = set(reached), list(reached)
    while waiting:
        name = waiting.pop()
        path = (ROOT / Path(*name.split("."))).with_suffix(".py")
        if not path.exists():
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == name.split(".")[0]:
                used = {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} - covered
                covered |= used
                waiting += used
    return covered


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_are_small_and_say_what_they_are(path: Path) -> None:
    text = (ROOT / path).read_text()
    assert ast.get_docstring(parsed(ROOT / path)), f"{path} says nothing about itself"
    stands_alone = path.name == "verify_pack.py"  # goes into every pack as one file that needs nothing else
    assert stands_alone or len(text.splitlines()) <= 400, f"{path} is longer than one noun needs"
    assert path.stem not in BANNED
    assert not BANNED & set(path.parent.parts) - {"models"}


def test_tables_live_in_tables() -> None:
    outside = [str(p) for p in SOURCES if p.stem != "tables" and "__tablename__" in (ROOT / p).read_text()]
    assert outside == []


def test_floors_and_contracts_hold() -> None:
    """import-linter says so; run here too, so that `make test` alone finds a breach."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_documents_are_current() -> None:
    """As `make check` asks: in a process of its own, where no test has changed how anything prints."""
    command = [sys.executable, "-m", reference.__name__, "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_rights_of_the_application_name_every_table_that_only_grows() -> None:
    """Whoever sets up PostgreSQL copies this list: a table that is missing could be changed by the application."""
    page = (ROOT / "docs" / "running.md").read_text()
    listed = page.split("REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER")[1].split("FROM")[0]
    assert set(re.findall(r"[a-z_]+", listed)) == {*GROWING, "stored_file"}


def test_nothing_private_is_committed() -> None:
    """No address of a package registry, no path of a development machine."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    hosts = ("py" + "pi.org", "python" + "hosted.org", "registry." + "npmjs", "deb." + "debian")
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix in {".png", ".pdf"} or not path.is_file():
            continue
        text = path.read_text(errors="replace")
        assert not [host for host in hosts if host in text], f"{name} names a package registry"
