"""The command that explains the gate."""

import sys

import click

from algocare.cli.output import REFUSED, as_json, get_actor, open_database, show_json, speaks
from foundation.clock import SystemClock
from model_runtime.gate.explaining import Explained, explain_gate, find_use_meant


@click.group("gate")
def gate_group() -> None:
    """Ask what stands between somebody and a score."""


@gate_group.command("explain")
@click.option("--user", "sign_in_name", required=True, metavar="NAME", help="Sign-in name of who would ask.")
@click.option("--model", "slug", required=True, metavar="SLUG", help="The model.")
@click.option("--purpose", required=True, help="Code or words of the purpose they would state.")
@click.option("--person", default="", metavar="REF", help="Reference of the person it would be about.")
@as_json
@speaks
def explain_command(sign_in_name: str, slug: str, purpose: str, person: str, json_wanted: bool) -> None:
    """Say which checks of the gate pass for a user, a model and a purpose, and which fail.

    No score is made, and nothing is said about the person. That it was asked is recorded. Exits 1 while it is closed.
    """
    _, database = open_database()
    reader = get_actor(database, sign_in_name)
    with database.write() as session:
        use = find_use_meant(session, slug, purpose)
        found = explain_gate(
            session, SystemClock(), "command", reader, use=use, purpose=purpose, person_reference=person
        )
    if json_wanted:
        show_json(found.to_dict())
    else:
        _say(found)
    sys.exit(0 if found.open else REFUSED)


def _say(found: Explained) -> None:
    click.echo(f"{found.use}. Purpose stated: {found.purpose}")
    for line in found.lines:
        click.echo(f"  {'passes' if line.passes else 'FAILS '}  {line.title}: {line.sentence}")
        if not line.passes:
            click.echo(f"          ({line.code})")
    if not found.about_person:
        click.echo("Checks about a person were left out: give --person to run them.")
    click.echo("The gate is open." if found.open else "The gate is closed: there would be no score.")
