"""Commands about the ledger."""

import sys
from dataclasses import asdict
from datetime import timedelta

import click

from algocare.cli.output import REFUSED, as_json, open_database, show_json, speaks
from foundation.ledger.queries import verify
from model_runtime.scores.checking import check_scores


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


@ledger_group.command("verify-score")
@click.argument("proof", type=click.Path(exists=True, dir_okay=False))
@click.option("--head", help="A chain hash noted after the score was given, for example in minutes.")
@as_json
def verify_score_command(proof: str, head: str | None, json_wanted: bool) -> None:
    """Check the proof of an advisory score, PROOF, without the database: the file from the score's page.

    Exits 1 when something was changed, 2 when something is missing, 3 when the file cannot be read. Only with --head
    does it notice a proof that was forged as a whole.
    """
    from audit.verifier import verify_score

    options = ["--head", head] if head else []
    sys.exit(verify_score.main([proof, *options, *(["--json"] if json_wanted else [])]))


@ledger_group.command("check-scores")
@click.option(
    "--allow-ms",
    type=click.IntRange(0, 60_000),
    default=0,
    show_default=True,
    help="How long a change of stage may have waited for scores being committed, for example 1000.",
)
@as_json
@speaks
def check_scores_command(allow_ms: int, json_wanted: bool) -> None:
    """Hold every score against the record: its use was approved, its approval stood and had not expired.

    Reads stages, approvals and scores alone, and believes nothing that the gate said. Exits 1 at the first fault.
    """
    _, database = open_database()
    with database.read() as session:
        found = check_scores(session, timedelta(milliseconds=allow_ms))
    if json_wanted:
        show_json(asdict(found))
    else:
        click.echo(f"{found.scores:,} scores held against {found.changes:,} changes of stage.")
        for fault in found.faults:
            click.echo(fault, err=True)
        told = f"{found.fault_count:,} scores were given without an approval that stood."
        click.echo("Every score was given under an approval that stood." if found.good else told)
    sys.exit(0 if found.good else REFUSED)


def _is_known(session: object, head: str) -> bool:
    from sqlalchemy import select
    from sqlalchemy.orm import Session

    from foundation.ledger.tables import LedgerLink

    assert isinstance(session, Session)
    return session.scalars(select(LedgerLink).where(LedgerLink.chain_hash == head)).first() is not None
