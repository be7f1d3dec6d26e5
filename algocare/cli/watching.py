"""Commands about watches."""

import sys

import click

from algocare.app import make_engine
from algocare.cli.output import REFUSED, as_json, open_database, show_json, speaks
from foundation.clock import SystemClock
from foundation.errors import NotFound
from monitoring.watches.jobs import run_watch
from registry.models.queries import list_uses


@click.group("watch")
def watch_group() -> None:
    """Look after models that are in use."""


@watch_group.command("run")
@click.argument("slug", required=False)
@as_json
@speaks
def run_command(slug: str | None, json_wanted: bool) -> None:
    """Run the watch of every approved use now, or only of the model SLUG.

    Exits 1 when a watch found a breach or failed.
    """
    settings, database = open_database()
    engine, clock = make_engine(settings), SystemClock()
    with database.read() as session:
        uses = [use for use in list_uses(session, stage="approved") if slug in (None, use.version.model.slug)]
    if slug and not uses:
        raise NotFound(f"The model {slug} has no approved use, so there is nothing to watch.")
    found = []
    try:
        with click.progressbar(uses, label="Watching", file=sys.stderr) as bar:
            for use in bar:
                run = run_watch(database, clock, engine, use.id, clock.now())
                found.append({"use": use.title, "verdict": run.verdict, "sentence": run.sentence, "run": run.id})
    finally:
        engine.close()
    if json_wanted:
        show_json(found)
    for one in [] if json_wanted else found:
        click.echo(f"{one['use']}: {one['verdict']}. {one['sentence']}")
    sys.exit(REFUSED if any(one["verdict"] in ("breached", "failed") for one in found) else 0)
