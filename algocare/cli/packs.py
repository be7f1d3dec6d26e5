"""Commands about compliance packs."""

import sys
from pathlib import Path

import click

from algocare.cli.output import acting_as, as_json, get_actor, open_database, show_json, speaks
from audit.packs.jobs import build
from audit.packs.queries import get_pack
from audit.packs.service import ask_for_pack
from foundation.clock import SystemClock
from foundation.errors import Unavailable
from foundation.files.service import get_content
from registry.models.queries import get_model


@click.group("pack")
def pack_group() -> None:
    """Build and check compliance packs."""


@pack_group.command("build")
@click.argument("slug")
@click.option("--out", type=click.Path(path_type=Path), help="Where to write the zip. Default: SLUG-pack.zip here.")
@acting_as
@as_json
@speaks
def build_command(slug: str, out: Path | None, sign_in_name: str, json_wanted: bool) -> None:
    """Build the compliance pack of the model SLUG and write it to a file.

    The pack holds the record as PDF and JSON, the ledger's chain, and a verifier that needs nothing but Python.
    """
    settings, database = open_database()
    actor, clock = get_actor(database, sign_in_name), SystemClock()
    with database.write() as session:
        pack_id = ask_for_pack(session, actor, get_model(session, slug), clock.now()).id
    with click.progressbar(length=1, label="Building", file=sys.stderr) as bar:
        build(database, clock, pack_id, settings.attestation_days)
        bar.update(1)
    with database.read() as session:
        pack = get_pack(session, pack_id)
        if pack.file_sha256 is None:
            raise Unavailable(pack.problem or "The pack was not built.")
        content = get_content(session, pack.file_sha256)
    target = out or Path(f"{slug}-pack.zip")
    target.write_bytes(content)
    facts = {"file": str(target), "bytes": len(content), "manifest_sha256": pack.manifest_sha256, "head": pack.head}
    if json_wanted:
        show_json(facts)
        return
    click.echo(f"Wrote {target} ({len(content):,} bytes).")
    click.echo(f"Manifest: {pack.manifest_sha256}\nLedger head: {pack.head}")


@pack_group.command("verify")
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
@click.option("--head", help="The ledger head noted elsewhere, for example in the committee's minutes.")
@click.option("--manifest", help="The manifest's SHA-256 noted elsewhere: it must be this very pack.")
@as_json
def verify_command(pack: Path, head: str | None, manifest: str | None, json_wanted: bool) -> None:
    """Check PACK (a zip or its unpacked folder) with the very verifier that stands inside every pack.

    Exits 0 when everything holds, 1 when something was changed, 2 when something is missing, 3 when it cannot
    be read.
    """
    from audit.packs.checking import verify

    sys.exit(verify(pack, head=head, manifest=manifest, json_wanted=json_wanted))
