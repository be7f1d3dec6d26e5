"""`algocare register import`: it shows repairs first, refuses whole files, and says what it wrote."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from algocare.cli.importing import register_group
from algocare.cli.output import REFUSED, USAGE
from foundation.database.connection import Database
from registry.catalogue.queries import read_catalogue


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, founded: Database):
    """Hand in a file as the information governance lead."""
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", founded.engine.url.render_as_string(hide_password=False))

    def call(content: str, *options: str, thing: str = "items", name: str = "iris.governance") -> Result:
        file = tmp_path / "items.csv"
        file.write_text(content, encoding="utf-8")
        arguments = ["import", thing, str(file), "--as", name, *options]
        return CliRunner().invoke(register_group, arguments, catch_exceptions=False)

    return call


def test_repairs_are_shown_then_accepted_and_an_identical_file_changes_nothing(run, founded: Database) -> None:
    text = "group,name,sources,gateways\nHealth,Teenage Parent,\u0412\u0421\u0421,1\nHealth,New Item,BCC,1\n"
    shown = run(text)
    assert shown.exit_code == REFUSED
    assert "row 2, column sources: '\u0412\u0421\u0421' is kept as 'BCC'. Typed in Cyrillic" in shown.stdout
    assert "--accept-repairs" in shown.stderr
    no_reason = run(text, "--accept-repairs")
    assert (no_reason.exit_code, "reason: Say why" in no_reason.stderr) == (USAGE, True)
    with founded.read() as session:
        assert read_catalogue(session).find_item("Health", "New Item") is None
    done = run(text, "--accept-repairs", "--reason", "New extract.", "--json")
    told = json.loads(done.stdout)
    assert (done.exit_code, told["written"], told["entered"], told["amended"]) == (0, True, 1, 1)
    assert told["lines"][0]["what"] == "repaired"
    with founded.read() as session:
        assert read_catalogue(session).find_item("Health", "New Item") is not None
    assert "changes nothing" in run(text, "--accept-repairs").stdout
    clean = run("code,name,agency\nLIB,Library records,BCC\n", thing="systems")
    assert (clean.exit_code, "1 new" in clean.stdout) == (0, True)


def test_problems_refuse_the_whole_file(run, founded: Database) -> None:
    bad = run("group,name,sources,gateways\nA,B,BCC,99\nA,C,BCC,1\n", "--accept-repairs")
    assert bad.exit_code == REFUSED
    assert "items.csv, row 2, column gateways: The register has no legal gateway 99." in bad.stderr
    assert "1 of 2 rows are refused" in bad.stderr
    assert run("nonsense\n1\n").exit_code == USAGE
    assert run("group,name,sources\nA,B,BCC\n", name="olivia.owner").exit_code == REFUSED
    with founded.read() as session:
        assert read_catalogue(session).find_item("A", "C") is None
