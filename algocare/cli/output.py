"""How every command speaks: text for people, JSON for machines, one sentence for an error, documented exit codes."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

import click
from sqlalchemy.exc import OperationalError

from foundation.accounts.queries import find_account
from foundation.accounts.values import Actor
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Invalid, NotFound, Unavailable
from foundation.settings import Settings

GOOD, REFUSED, USAGE, UNAVAILABLE = 0, 1, 2, 3

EXIT_CODES = {
    GOOD: "done, and everything checked holds",
    REFUSED: "refused by a rule, not found, or a check found a fault",
    USAGE: "the command or a file given to it is wrong",
    UNAVAILABLE: "something needed is not there: the database, the engine, a system library",
}
"""What each exit code means; printed in the reference of commands."""

Command = TypeVar("Command", bound=Callable[..., Any])

as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON for a machine instead of text.")
acting_as = click.option(
    "--as", "sign_in_name", required=True, metavar="NAME", help="Sign-in name of the account that acts."
)


def exit_code_of(error: AlgocareError) -> int:
    """The exit code that belongs to an error."""
    if isinstance(error, Unavailable):
        return UNAVAILABLE
    return USAGE if isinstance(error, Invalid) else REFUSED


def speaks(command: Command) -> Command:
    """Turn an error into its sentence on standard error and its exit code; no traceback for what is expected."""

    @wraps(command)
    def spoken(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except AlgocareError as error:
            _tell(error, bool(kwargs.get("json_wanted")))
            sys.exit(exit_code_of(error))
        except OperationalError as error:
            click.echo(f"The database cannot be used: {error.orig}", err=True)
            sys.exit(UNAVAILABLE)

    return cast(Command, spoken)


def _tell(error: AlgocareError, json_wanted: bool) -> None:
    problems = getattr(error, "problems", {})
    if json_wanted:
        show_json({"error": error.code, "sentence": error.sentence, "problems": problems})
        return
    click.echo(f"{error.title}: {error.sentence}" if not problems else f"{error.title}:", err=True)
    for place, sentence in problems.items():
        click.echo(f"  {place}: {sentence}", err=True)
    for hint in error.what_next:
        click.echo(f"  {hint}", err=True)


def show_json(value: Any) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False, default=str))


def open_database() -> tuple[Settings, Database]:
    """The settings of this process and its database."""
    settings = Settings()
    return settings, Database(settings.address)


def get_actor(database: Database, sign_in_name: str) -> Actor:
    """The account a command acts as."""
    with database.read() as session:
        account = find_account(session, sign_in_name)
        if account is None or account.disabled_at is not None:
            raise NotFound(f"There is no account {sign_in_name}.")
        return account.actor()
