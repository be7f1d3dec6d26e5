"""Commands that bring in people's facts and outcomes from files."""

from datetime import datetime
from pathlib import Path

import click

from algocare.cli.output import acting_as, get_actor, open_database, speaks
from foundation.clock import SystemClock
from model_runtime.people.service import add_people, read_people
from monitoring.outcomes.jobs import import_file


@click.group("people")
def people_group() -> None:
    """Bring in the facts that scores are made from."""


@people_group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day the facts were true.")
@click.option("--source", required=True, help="Code of the source in the register, for example ASC.")
@speaks
def import_people(file: Path, as_of: datetime, source: str) -> None:
    """Import FILE: columns reference and agency, perhaps born_on (2008-05-31), then one column for each fact.

    All rows or none: a bad cell is named with its row and column.
    """
    _, database = open_database()
    rows = read_people(file.read_bytes(), file.name)
    with database.write() as session:
        count = add_people(session, rows=rows, as_of=as_of.date(), source=source, at=SystemClock().now())
    click.echo(f"Facts about {count} people were added.")


@click.group("outcomes")
def outcomes_group() -> None:
    """Bring in what really happened, so that models can be judged."""


@outcomes_group.command("import")
@click.argument("slug")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@acting_as
@speaks
def import_outcomes(slug: str, file: Path, sign_in_name: str) -> None:
    """Import the outcomes of the model SLUG from FILE, CSV or Parquet.

    Its columns are person, happened, observed_on and groups, perhaps correction (yes where a row replaces what is on
    record of the person) and reason. All rows or none.
    """
    _, database = open_database()
    actor = get_actor(database, sign_in_name)
    count = import_file(database, SystemClock(), actor, slug, file.read_bytes(), file.name)
    click.echo(f"{count} outcomes were recorded.")
