"""Commands about models."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from algocare.app import make_engine
from algocare.cli.output import REFUSED, USAGE, acting_as, as_json, get_actor, open_database, show_json, speaks
from foundation.accounts.values import Actor
from foundation.clock import SystemClock
from foundation.database.connection import Database
from foundation.errors import Invalid, NotFound
from foundation.settings import Settings
from model_runtime.training.jobs import build_training
from registry.declarations.elsewhere import enter_elsewhere
from registry.declarations.reading import NotYaml, Written, read_marked_folder
from registry.declarations.service import find_problems, register
from registry.declarations.values import Declaration, Elsewhere, read_any
from registry.evaluations.jobs import evaluate
from registry.explanations.jobs import explain_version
from registry.models.queries import list_models


@click.group("models")
def models_group() -> None:
    """Check the files of models, register models and list them."""


@dataclass(frozen=True)
class Located:
    """A problem where an editor can jump to it."""

    file: str
    line: int
    column: int
    place: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.place}: {self.sentence}"


def locate(path: Path, written: Written, problems: Mapping[str, str]) -> list[Located]:
    """Problems in the order of the file, each with its line and column."""
    found = [Located(str(path), *written.mark_of(place), place, sentence) for place, sentence in problems.items()]
    return sorted(found, key=lambda one: (one.line, one.column))


@models_group.command("check")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@as_json
@speaks
def check_command(files: Sequence[Path], json_wanted: bool) -> None:
    """Check every FILE (model.yaml) and list all that is wrong, each with its line and column.

    Checks the shape, the data files beside it and, when a database is there, the names it uses in the register.
    Writes nothing. Exit code 1 when anything is wrong.
    """
    with _register_if_there() as (settings, session):
        problems = [one for path in files for one in _check_file(path, settings, session)]
    if json_wanted:
        show_json({"names_checked": session is not None, "problems": [asdict(one) for one in problems]})
    else:
        _say_what_was_checked(files, problems, names_checked=session is not None)
    sys.exit(REFUSED if problems else 0)


def _check_file(path: Path, settings: Settings, session: Session | None) -> list[Located]:
    try:
        written, files = read_marked_folder(path)
    except (Invalid, NotFound) as refused:
        mark = refused.mark if isinstance(refused, NotYaml) else (1, 1)
        return [Located(str(path), *mark, "file", refused.sentence)]
    now = SystemClock().now()
    found = find_problems(written.data, written.file, files, session=session, upload_mib=settings.upload_mib, at=now)
    return locate(path, written, found)


def _say_what_was_checked(files: Sequence[Path], problems: Sequence[Located], *, names_checked: bool) -> None:
    for one in problems:
        click.echo(str(one))
    if not names_checked:
        click.echo("Names of agencies, data items and people were not checked: there is no database.", err=True)
    if not problems:
        click.echo(f"{len(files)} {'file is' if len(files) == 1 else 'files are'} as the schema asks.")


@contextmanager
def _register_if_there() -> Iterator[tuple[Settings, Session | None]]:
    settings = Settings()
    database = _reach(settings)
    if database is None:
        yield settings, None
        return
    try:
        with database.read() as session:
            yield settings, session
    finally:
        database.close()


def _reach(settings: Settings) -> Database | None:
    """The database if there is one with a register in it; none is made."""
    if settings.address.startswith("sqlite:///") and not Path(settings.address.removeprefix("sqlite:///")).is_file():
        return None
    database = Database(settings.address)
    try:
        with database.read() as session:
            list_models(session)
    except SQLAlchemyError:
        database.close()
        return None
    return database


@models_group.command("register")
@click.argument("file", type=click.Path(path_type=Path))
@acting_as
@as_json
@speaks
def register_command(file: Path, sign_in_name: str, json_wanted: bool) -> None:
    """Register the model that FILE (model.yaml) describes, with the artefact and data files beside it.

    An artefact is loaded in a process of its own, then its figures are computed from the evaluation file. Everything
    is checked first; after any refusal nothing is written. A slug that exists gets a further version. A file about a
    model elsewhere enters or renews what is known of it.
    """
    settings, database = open_database()
    actor = get_actor(database, sign_in_name)
    written, files = read_marked_folder(file)
    with database.read() as session:
        found = find_problems(
            written.data,
            written.file,
            files,
            session=session,
            upload_mib=settings.upload_mib,
            at=SystemClock().now(),
        )
    if found:
        _refuse(locate(file, written, found), json_wanted)
    declared = read_any(written.data, written.file)
    if isinstance(declared, Elsewhere):
        told = _enter(database, actor, declared)
    else:
        told = _register(settings, database, actor, declared, files)
    if json_wanted:
        show_json(told)
        return
    for sentence in told["said"]:
        click.echo(sentence)


def _refuse(problems: Sequence[Located], json_wanted: bool) -> None:
    if json_wanted:
        show_json({"error": "declaration_invalid", "problems": [asdict(one) for one in problems]})
    else:
        click.echo("Nothing was registered:", err=True)
        for one in problems:
            click.echo(f"  {one}", err=True)
    sys.exit(USAGE)


def _enter(database: Database, actor: Actor, declared: Elsewhere) -> dict[str, Any]:
    with database.write() as session:
        model = enter_elsewhere(session, actor, declared, at=SystemClock().now())
        return {"registered": model.name, "said": [f"Entered what is known of {model.name}. It gives no scores here."]}


def _register(
    settings: Settings, database: Database, actor: Actor, declaration: Declaration, files: Mapping[str, bytes]
) -> dict[str, Any]:
    engine, clock = make_engine(settings), SystemClock()
    try:
        with database.write() as session:
            version = register(
                session, actor, declaration, files, engine, upload_mib=settings.upload_mib, at=clock.now()
            )
            told: dict[str, Any] = {"registered": version.title, "version_id": version.id}
        told["said"] = [f"Registered {told['registered']}."]
        if declaration.evaluation is not None:
            rows = declaration.evaluation.rows
            with click.progressbar(length=rows, label="Measuring", file=sys.stderr) as bar:
                figures = evaluate(database, clock, engine, told["version_id"], bar.update)
            explain_version(database, clock, engine, told["version_id"])
            build_training(database, clock, engine, told["version_id"])
            outcome = declaration.model.outcome.name
            told["figures"] = figures.to_dict()
            told["said"] += [figures.flagged_sentence(outcome), figures.found_sentence(outcome)]
    finally:
        engine.close()
    told["said"].append("Next: answer the ALGO-CARE questions in the browser and submit them to the committee.")
    return told


@models_group.command("list")
@as_json
@speaks
def list_command(json_wanted: bool) -> None:
    """List every model in the register with its stage."""
    _, database = open_database()
    with database.read() as session:
        rows = [
            {"slug": model.slug, "name": model.name, "stage": model.stage.title, "held": model.held}
            for model in list_models(session)
        ]
    if json_wanted:
        show_json(rows)
        return
    for row in rows:
        click.echo(f"{row['slug']:<45} {row['stage']}")
