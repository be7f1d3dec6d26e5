"""The command line as somebody at a terminal uses it: what it prints, what it refuses, its exit codes."""

import json
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from algocare.cli.main import main
from algocare.cli.output import REFUSED, UNAVAILABLE, USAGE
from foundation.clock import SystemClock, london_date
from foundation.database.connection import Database
from model_runtime.people.service import add_people, read_people
from registry.models.queries import find_use
from registry.models.service import submit
from tests.conftest import grant
from tests.model_runtime.conftest import people_csv

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command against a database, or against an empty data folder."""

    def call(*arguments: str, database: Database | None = None) -> Result:
        monkeypatch.setenv("ALGOCARE_DATA_FOLDER", str(tmp_path / "data"))
        if database is not None:
            address = database.engine.url.render_as_string(hide_password=False)
            monkeypatch.setenv("ALGOCARE_DATABASE_URL", address)
        return CliRunner().invoke(main, list(arguments), catch_exceptions=False)

    return call


def commands(group, path=()):
    yield path, group
    for name, inner in getattr(group, "commands", {}).items():
        yield from commands(inner, (*path, name))


@pytest.mark.one_database
@pytest.mark.parametrize("path", [path for path, _ in commands(main)], ids=" ".join)
def test_every_command_teaches(path: tuple[str, ...], run: Run) -> None:
    shown = run(*path, "--help")
    assert shown.exit_code == 0
    assert len(shown.output.splitlines()) > 4


@pytest.mark.one_database
def test_register_measures_and_says_what_is_next(founded: Database, model_folder: Path, run: Run) -> None:
    done = run(
        "models", "register", str(model_folder / "model.yaml"), "--as", "olivia.owner", "--json", database=founded
    )
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["registered"] == "Return to custody, version 1"
    assert told["figures"]["people"] == 351


@pytest.mark.one_database
def test_a_pickle_renamed_is_refused_and_nothing_is_written(
    founded: Database, model_folder: Path, run: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(model_folder, folder)
    (folder / "model.skops").write_bytes(b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x02os\x94.")
    done = run("models", "register", str(folder / "model.yaml"), "--as", "olivia.owner", database=founded)
    assert done.exit_code == USAGE
    assert "skops" in done.stderr
    with founded.read() as session:
        assert session.execute(text("SELECT count(*) FROM model_version")).scalar() == 0
        assert session.execute(text("SELECT count(*) FROM stored_file")).scalar() == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("schema: algocare/model/1\nmodel: [", "line"),
        ("schema: algocare/model/1\nschema: algocare/model/1\n", "given twice"),
        ("just words", "expected the fields"),
        ("schema: something/else\n", "schema"),
    ],
)
def test_a_malformed_file_is_named(founded: Database, run: Run, tmp_path: Path, content: str, said: str) -> None:
    file = tmp_path / "model.yaml"
    file.write_text(content)
    done = run("models", "register", str(file), "--as", "olivia.owner", database=founded)
    assert done.exit_code == USAGE
    assert said in done.stderr
    assert "Traceback" not in done.output


@pytest.mark.one_database
def test_who_acts_must_exist_and_may_register(founded: Database, model_folder: Path, run: Run) -> None:
    file = str(model_folder / "model.yaml")
    assert run("models", "register", file, "--as", "nobody.here", database=founded).exit_code == REFUSED
    refused = run("models", "register", file, "--as", "pat.practitioner", database=founded)
    assert refused.exit_code == REFUSED
    assert "Practitioner" in refused.stderr


def test_ledger_verify_finds_a_cut_and_a_change(founded: Database, run: Run, clock, engine) -> None:
    from algocare.worker import Worker

    Worker(founded, clock, engine).sequence()
    whole = run("ledger", "verify", "--json", database=founded)
    assert whole.exit_code == 0, whole.output
    head = json.loads(whole.stdout)["head"]
    assert run("ledger", "verify", "--head", head, database=founded).exit_code == 0
    cut = run("ledger", "verify", "--head", "f" * 64, database=founded)
    assert cut.exit_code == REFUSED
    assert "cut off" in cut.output


def test_scores_are_refused_before_approval_and_say_so(registered: Database, run: Run, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("reference,agency,age\nA00-1000,ASC,31\n")
    added = run("people", "import", str(file), "--as-of", "2026-11-20", "--source", "ASC", database=registered)
    assert added.exit_code == 0, added.output
    refused = run(
        "score",
        "return-to-custody",
        "A00-1000",
        "--use",
        "resettlement-support",
        "--as",
        "pat.practitioner",
        database=registered,
    )
    assert refused.exit_code == REFUSED
    assert "not_approved" in refused.stderr


@pytest.mark.one_database
def test_a_score_in_the_shadow_is_recorded_and_not_printed(registered: Database, run: Run, cast, clock) -> None:
    """R08: nothing of it leaves by the command either, neither on the screen nor in a file."""
    people, today = cast(registered), london_date(SystemClock().now())
    with registered.write() as session:
        rows = read_people(people_csv("RC-0001"), "people.csv")
        add_people(session, rows=rows, as_of=today, source="ASC", at=SystemClock().now())
        use = find_use(session, "return-to-custody", "resettlement-support")
        submit(session, people.owner, use, clock.now())
        until = today + timedelta(days=30)
        grant(session, people.chair, use, expires_on=until, at=clock.now(), permission="shadow")
    asked = ("score", "return-to-custody", "RC-0001", "--use", "resettlement-support", "--as", "pat.practitioner")
    done = run(*asked, database=registered)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == []
    assert "shown to nobody" in done.stderr
    with registered.read() as session:
        assert session.execute(text("SELECT count(*) FROM score WHERE shadow")).scalar() == 1


def test_an_unreachable_database_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALGOCARE_DATABASE_URL", "postgresql+psycopg://nobody@/none?host=/nonexistent")
    done = run("models", "list")
    assert done.exit_code == UNAVAILABLE
    assert "database" in done.stderr


def test_found_sets_up_a_partnership(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ALGOCARE_DATABASE_URL", raising=False)
    words = ("--name", "Test partnership", "--administrator", "ann", "--full-name", "Ann Ames")
    done = run("found", *words, "--password", "three random words")
    assert done.exit_code == 0, done.output
    again = run("found", *words, "--password", "three random words")
    assert again.exit_code == REFUSED
    database = Database(f"sqlite:///{tmp_path / 'data' / 'algocare.db'}")
    with database.read() as session:
        assert session.execute(text("SELECT demonstration FROM partnership")).scalar() is None
        assert session.execute(text("SELECT count(*) FROM data_item")).scalar() == 41
    database.close()
