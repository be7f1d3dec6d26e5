"""Checking and registering files at a terminal: every problem where an editor can jump to it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from algocare.cli.main import main
from algocare.cli.output import GOOD, REFUSED, USAGE
from foundation.database.connection import Database
from foundation.paths import ROOT

Run = Callable[..., Result]
SCORES = ROOT / "algocare" / "demo" / "point_scores"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    def call(*arguments: str, database: Database | None = None) -> Result:
        monkeypatch.setenv("ALGOCARE_DATA_FOLDER", str(tmp_path / "data"))
        if database is not None:
            monkeypatch.setenv("ALGOCARE_DATABASE_URL", database.engine.url.render_as_string(hide_password=False))
        return CliRunner().invoke(main, list(arguments), catch_exceptions=False)

    return call


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A point score with a wrong name, a wrong number and a wrong word."""
    text = (SCORES / "conduct_disorder.yaml").read_text()
    file = tmp_path / "spoilt.yaml"
    spoilt = text.replace("name: Risk of Conduct Disorder", "name: ''").replace("agency: BCC", "agency: XYZ")
    file.write_text(spoilt.replace("operating_threshold: 3", "operating_threshold: many"))
    return file


def line_of(file: Path, words: str) -> int:
    return next(n for n, line in enumerate(file.read_text().splitlines(), 1) if words in line)


def test_good_files_are_said_to_be_good_without_any_database(run: Run, tmp_path: Path) -> None:
    done = run("models", "check", *map(str, sorted(SCORES.glob("*.yaml"))))
    assert done.exit_code == GOOD, done.output
    assert "3 files are as the schema asks" in done.stdout
    assert "there is no database" in done.stderr
    assert not (tmp_path / "data").exists()


def test_every_problem_stands_with_file_line_and_column(founded: Database, spoilt: Path, run: Run, tmp_path) -> None:
    torn = tmp_path / "torn.yaml"
    torn.write_text("schema: algocare/model/2\nmodel: [\n")
    done = run("models", "check", str(spoilt), str(torn), str(tmp_path / "absent.yaml"), database=founded)
    assert done.exit_code == REFUSED
    for place, words, column, said in (
        ("model.name", "name: ''", 3, "this is empty"),
        ("version.operating_threshold", "operating_threshold", 3, "expected a number"),
        ("uses[1].agency", "agency: XYZ", 5, "the register has no agency XYZ"),
    ):
        assert f"{spoilt}:{line_of(spoilt, words)}:{column}: {place}: {said}\n" in done.stdout
    assert f"{torn}:3:1: file: " in done.stdout
    assert "There is no file" in done.stdout
    plain = json.loads(run("models", "check", str(spoilt), "--json", database=founded).stdout)
    assert plain["names_checked"] is True
    assert [(one["place"], one["line"]) for one in plain["problems"]] == [
        ("model.name", line_of(spoilt, "name: ''")),
        ("version.operating_threshold", line_of(spoilt, "operating_threshold")),
        ("uses[1].agency", line_of(spoilt, "agency: XYZ")),
    ]


def test_registering_lists_the_same_problems_and_keeps_nothing(founded: Database, spoilt: Path, run: Run) -> None:
    done = run("models", "register", str(spoilt), "--as", "olivia.owner", database=founded)
    assert done.exit_code == USAGE
    assert "Nothing was registered" in done.stderr
    assert f"{spoilt}:{line_of(spoilt, 'agency: XYZ')}:5: uses[1].agency: the register has no agency XYZ" in done.stderr
    told = run("models", "register", str(spoilt), "--as", "olivia.owner", "--json", database=founded)
    assert [one["column"] for one in json.loads(told.stdout)["problems"]] == [3, 3, 5]


def test_a_point_score_and_a_model_elsewhere_are_registered(founded: Database, run: Run) -> None:
    who = ("--as", "olivia.owner", "--json")
    score = run("models", "register", str(SCORES / "conduct_disorder.yaml"), *who, database=founded)
    assert json.loads(score.stdout)["registered"] == "Risk of Conduct Disorder, version 1"
    elsewhere = run("models", "register", str(SCORES / "elsewhere.yaml"), *who, database=founded)
    assert "It gives no scores here" in json.loads(elsewhere.stdout)["said"][0]
    listed = {row["slug"]: row["held"] for row in json.loads(run("models", "list", "--json", database=founded).stdout)}
    assert (listed["risk-of-conduct-disorder"], listed["durham-hart"]) == (True, False)
    stranger = run("models", "register", str(SCORES / "elsewhere.yaml"), "--as", "pat.practitioner", database=founded)
    assert stranger.exit_code == REFUSED
