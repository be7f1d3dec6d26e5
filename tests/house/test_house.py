"""The house holds itself to its plan: floors, drawers, tests for every room, one table of doors."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.paths import ROOT

PACKAGES = ("foundation", "registry", "assessments", "model_runtime", "monitoring", "audit", "algocare")
SOURCES = sorted(
    path.relative_to(ROOT)
    for package in PACKAGES
    for path in (ROOT / package).rglob("*.py")
    if path.name != "__init__.py" and path.relative_to(ROOT).parts[:2] != ("algocare", "static")
)
BANNED = {"utils", "helpers", "common", "core", "models", "misc"}


def module_name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts)


def imported_by_tests() -> set[str]:
    found: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_module_has_a_test() -> None:
    """Views, forms and tables are reached through pages and migrations; everything else is imported by a test."""
    reached = imported_by_tests()
    through_pages = {"views", "forms", "tables"}
    reached |= {"algocare.cli.__main__", "model_runtime.engine.child"}  # run as processes
    untested = [
        str(path)
        for path in SOURCES
        if path.stem not in through_pages and module_name(path) not in reached | covered_by_public_door(reached)
    ]
    assert untested == []


def covered_by_public_door(reached: set[str]) -> set[str]:
    """Machinery is tested through the module that offers it: what a tested sibling imports counts as reached."""
    covered: set[str] = set()
    waiting = [name for name in reached if (ROOT / Path(*name.split("."))).with_suffix(".py").exists()]
    while waiting:
        name = waiting.pop()
        path = (ROOT / Path(*name.split("."))).with_suffix(".py")
        package = name.rpartition(".")[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            if node.module.rpartition(".")[0] == package and node.module not in covered | reached:
                covered.add(node.module)
                waiting.append(node.module)
    return covered


@pytest.mark.parametrize("path", SOURCES, ids=str)
def test_files_are_small_and_say_what_they_are(path: Path) -> None:
    text = (ROOT / path).read_text()
    assert ast.get_docstring(ast.parse(text)), f"{path} says nothing about itself"
    assert len(text.splitlines()) <= 400, f"{path} is longer than one noun needs"
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
    from algocare.reference import stale_pages

    assert stale_pages() == []


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
