"""Commands about watches."""

import sys
from pathlib import Path

import click

from algocare.app import make_engine
from algocare.cli.output import REFUSED, as_json, get_actor, open_database, show_json, speaks
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Permission
from foundation.clock import SystemClock
from foundation.errors import Invalid, NotFound
from foundation.web.texts import count_text
from monitoring.reconciling.jobs import compare
from monitoring.reconciling.service import keep
from monitoring.reconciling.values import Report
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


@watch_group.command("reconcile")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--query", help="One SELECT on another system's database, read and never written.")
@click.option("--query-url-env", "variable", metavar="VARIABLE", help="Environment variable with its address.")
@click.option("--record", "recorded", is_flag=True, help="Keep what was found and open cases about it. Needs --as.")
@click.option("--as", "sign_in_name", metavar="NAME", help="Sign-in name of the account that acts.")
@as_json
@speaks
def reconcile_command(
    paths: tuple[Path, ...],
    query: str | None,
    variable: str | None,
    recorded: bool,
    sign_in_name: str | None,
    json_wanted: bool,
) -> None:
    """Hold files and folders at PATHS, and other systems, against the register.

    Finds scores of models that are not registered, retired, suspended or not approved, scores without a record or
    label, and model files the register does not know. Exits 1 when something was found or could not be read.
    """
    if (query is None) != (variable is None):
        raise Invalid("Give --query together with --query-url-env.")
    if recorded != (sign_in_name is not None):
        raise Invalid("Give --record together with --as: what is kept says who asked for it.")
    _, database = open_database()
    clock = SystemClock()
    actor = get_actor(database, sign_in_name) if sign_in_name is not None else None
    if actor is not None:
        check_permission(actor, Permission.SEE_WATCHES)
    report = compare(database, clock, paths, (variable, query) if variable and query else None)
    if actor is not None:
        with database.write() as session:
            keep(session, report, actor.reference, clock.now())
    if json_wanted:
        show_json({"sentence": report.sentence, **report.to_dict()})
    else:
        _tell(report)
    sys.exit(0 if report.sound else REFUSED)


def _tell(report: Report) -> None:
    files, rows = count_text(report.files, "file"), count_text(report.rows, "row")
    click.echo(f"{report.sentence} {files} and {rows} were looked at.")
    for finding in report.findings:
        click.echo(f"\n{finding.sentence}")
        for place in finding.places:
            click.echo(f"  {place.told}")
        click.echo(f"  and {finding.more:,} more places") if finding.more else None
        click.echo(f"  What to do: {finding.card.todo}")
    for sentence in (*report.unread, report.told_unseen, report.told_others):
        click.echo(f"\n{sentence}") if sentence else None
