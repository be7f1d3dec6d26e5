"""Commands about the ledger."""

import sys

import click

from algocare.cli.output import REFUSED, as_json, open_database, show_json, speaks
from foundation.ledger.queries import verify


@click.group("ledger")
def ledger_group() -> None:
    """Check the record of everything that happened."""


@ledger_group.command("verify")
@click.option("--head", help="A chain hash noted earlier, for example in minutes: it must still be in the chain.")
@as_json
@speaks
def verify_command(head: str | None, json_wanted: bool) -> None:
    """Hash every entry again and follow the chain from its start.

    Exits 1 when anything was changed, removed or moved. Give --head to notice that the newest entries were cut off.
    """
    _, database = open_database()
    with database.read() as session:
        found = verify(session)
        known = head is None or _is_known(session, head)
    faults = [*found.faults, *([] if known else [f"The chain does not contain {head}: entries were cut off."])]
    if json_wanted:
        show_json({"entries": found.entries, "waiting": found.waiting, "head": found.head, "faults": faults})
    else:
        click.echo(f"{found.entries} entries, {found.waiting} waiting for their place. Head: {found.head}")
        for fault in faults:
            click.echo(fault, err=True)
        click.echo("The ledger is not as it was written." if faults else "The ledger is whole.")
    sys.exit(REFUSED if faults else 0)


def _is_known(session: object, head: str) -> bool:
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from foundation.ledger.tables import LedgerLink

    assert isinstance(session, Session)
    return session.scalars(select(LedgerLink).where(LedgerLink.chain_hash == head)).first() is not None
