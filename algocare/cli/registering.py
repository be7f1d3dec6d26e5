"""Commands about models."""

import sys
from pathlib import Path

import click

from algocare.app import make_engine
from algocare.cli.output import acting_as, as_json, get_actor, open_database, show_json, speaks
from foundation.clock import SystemClock
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.evaluations.jobs import evaluate
from registry.models.queries import list_models


@click.group("models")
def models_group() -> None:
    """Register models and list them."""


@models_group.command("register")
@click.argument("file", type=click.Path(path_type=Path))
@acting_as
@as_json
@speaks
def register_command(file: Path, sign_in_name: str, json_wanted: bool) -> None:
    """Register the model that FILE (model.yaml) describes, with the artefact and data files beside it.

    Loads the artefact in a process of its own, then computes its figures from the evaluation file. Everything
    is checked first; after any refusal nothing is written. A slug that exists gets a further version.
    """
    settings, database = open_database()
    actor, engine, clock = get_actor(database, sign_in_name), make_engine(settings), SystemClock()
    try:
        data, files = read_folder(file)
        declaration = read_declaration(data, file.name)
        with database.write() as session:
            version = register(
                session, actor, declaration, files, engine, upload_mib=settings.upload_mib, at=clock.now()
            )
            title, version_id = version.title, version.id
        rows = declaration.version.evaluation_data.rows
        with click.progressbar(length=rows, label="Measuring", file=sys.stderr) as bar:
            figures = evaluate(database, clock, engine, version_id, bar.update)
    finally:
        engine.close()
    outcome = declaration.model.outcome.name
    if json_wanted:
        show_json({"registered": title, "version_id": version_id, "figures": figures.to_dict()})
        return
    click.echo(f"Registered {title}.")
    click.echo(figures.flagged_sentence(outcome))
    click.echo(figures.found_sentence(outcome))
    click.echo("Next: answer the ALGO-CARE questions in the browser and submit them to the committee.")


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
