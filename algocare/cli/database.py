"""Commands that make databases: migrations, a new partnership, the demonstration."""

from pathlib import Path

import click

from algocare.cli.output import open_database, speaks
from foundation.accounts.service import found_partnership, open_account
from foundation.accounts.values import Role
from foundation.clock import SystemClock
from foundation.database.schema import upgrade
from foundation.errors import Refused
from foundation.settings import Settings
from registry.imports.service import import_reference


@click.group("db")
def database_group() -> None:
    """Look after the database."""


@database_group.command("upgrade")
@speaks
def upgrade_command() -> None:
    """Bring the database to the current schema. Safe to run again."""
    settings = Settings()
    upgrade(settings.address)
    click.echo("The database has the current schema.")


@click.command()
@click.option("--name", prompt="Name of the partnership", help="The partnership this deployment serves.")
@click.option("--administrator", prompt="Sign-in name of the first administrator", help="The first account.")
@click.option("--full-name", prompt="Their full name", help="The administrator's name.")
@click.password_option(help="Their first password, at least 12 characters. Asked for when left out.")
@speaks
def found(name: str, administrator: str, full_name: str, password: str) -> None:
    """Set up a new partnership: schema, reference register and the first administrator.

    The administrator then opens all other accounts in the browser.
    """
    settings, database = open_database()
    upgrade(settings.address)
    now = SystemClock().now()
    with database.write() as session:
        found_partnership(session, name, None, now)
        import_reference(session, now)
        open_account(
            session,
            sign_in_name=administrator,
            name=full_name,
            roles={Role.ADMINISTRATOR},
            agency=None,
            password=password,
            at=now,
        )
    click.echo(f"{name} is ready. {full_name} can sign in as {administrator}.")


@click.command()
@click.option("--again", is_flag=True, help="Remove an earlier demonstration first. Nothing else is ever removed.")
@click.option(
    "--until",
    type=click.Choice(["founded", "registered", "approved", "lived", "partnership"]),
    default="partnership",
    show_default=True,
    help="How far the story has gone: accounts only, model registered, approved, scored and watched for weeks, or all "
    "of that and two years of an invented partnership.",
)
@speaks
def demo(again: bool, until: str) -> None:
    """Create the demonstration: an invented partnership, one real model and one about invented people.

    Trains the model, registers it, takes it through the committee, scores people and runs watches, all through
    the same services as in earnest. Kept in ALGOCARE_DATA_FOLDER; an existing database is never touched.
    """
    from algocare.demo.building import build, remove

    settings = Settings()
    if settings.database_url:
        raise Refused("The demonstration uses the embedded database. Take ALGOCARE_DATABASE_URL away first.")
    target = Path(settings.data_folder) / "algocare.db"
    if again:
        remove(target)
    if target.exists():
        click.echo("There is a database already; it was left as it is.")
        return
    build(settings, target, until, click.echo)
    click.echo("The demonstration is ready.")
