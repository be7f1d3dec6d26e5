"""The command that takes a file into the register."""

import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from algocare.cli.output import REFUSED, acting_as, as_json, get_actor, open_database, show_json, speaks
from foundation.accounts.values import Actor
from foundation.clock import SystemClock
from foundation.files.service import check_size
from registry.imports.checking import Checked, lines_of
from registry.imports.columns import NAMES
from registry.imports.problems import list_problems
from registry.imports.proposals import accept, look_at, propose


@click.group("register")
def register_group() -> None:
    """Keep the register of agencies, systems, law, data items and agreements."""


@register_group.command("import")
@click.argument("thing", type=click.Choice(list(NAMES)))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--accept-repairs", is_flag=True, help="Accept every repair and take the file in.")
@click.option("--reason", default="", help="Why the register changes; needed when the file changes entries.")
@acting_as
@as_json
@speaks
def import_command(
    thing: str, file: Path, accept_repairs: bool, reason: str, sign_in_name: str, json_wanted: bool
) -> None:
    """Take FILE, a CSV of one kind of THING, into the register: all of it or nothing.

    Repairs and problems are printed. With either, nothing is written and the exit code is 1, unless there are only
    repairs and --accept-repairs is given. docs/importing.md says what a file may hold.
    """
    settings, database = open_database()
    actor, content = get_actor(database, sign_in_name), file.read_bytes()
    check_size(content, settings.upload_mib, file.name)
    with database.write() as session:
        checked = look_at(session, actor, NAMES[thing], content, file.name)
        waits = bool(checked.problems or (checked.repairs and not accept_repairs))
        run_id = None if waits or not checked.changes else _take_in(session, actor, checked, content, reason)
    if json_wanted:
        show_json(_told(checked, run_id))
    else:
        _say(checked, run_id)
    sys.exit(REFUSED if waits else 0)


def _take_in(session: Session, actor: Actor, checked: Checked, content: bytes, reason: str) -> int:
    at = SystemClock().now()
    proposal = propose(session, actor, checked.thing, content, checked.file, at)
    return accept(session, actor, proposal, reason=reason, at=at, seen=checked.digest).id


def _told(checked: Checked, run_id: int | None) -> dict[str, Any]:
    counts = {"entered": len(checked.entered), "amended": len(checked.amended), "unchanged": len(checked.unchanged)}
    found = [line for line in lines_of(checked) if line["what"] != "unchanged"]
    return {"file": checked.file, "rows": checked.rows, **counts, "written": run_id is not None, "run": run_id} | {
        "repairs": len(checked.repairs),
        "problems": len(checked.problems),
        "lines": found,
    }


def _say(checked: Checked, run_id: int | None) -> None:
    for one in checked.repairs:
        click.echo(f"row {one.row}, column {one.column}: {one.original!r} is kept as {one.repaired!r}. {one.why}.")
    for sentence in list_problems(checked.file, checked.problems).values():
        click.echo(sentence, err=True)
    counts = f"{len(checked.entered):,} new, {len(checked.amended):,} changed, {len(checked.unchanged):,} as before"
    if run_id is not None:
        click.echo(f"{checked.file} was taken in: {counts}, {len(checked.repairs):,} repairs.")
    elif checked.problems:
        click.echo(f"Nothing was taken in: {checked.refused:,} of {checked.rows:,} rows are refused.", err=True)
    elif not checked.changes:
        click.echo(f"{checked.file} changes nothing: the register says all of it already.")
    else:
        click.echo(f"Nothing was taken in yet: {counts}. Read the repairs, then add --accept-repairs.", err=True)
