"""The command that asks for advisory scores."""

import secrets
import sys
from pathlib import Path

import click

from algocare.app import make_engine
from algocare.cli.output import REFUSED, acting_as, get_actor, open_database, show_json, speaks
from foundation.clock import SystemClock
from foundation.errors import NotFound
from model_runtime.scores.audience import SENTENCE, InShadow
from model_runtime.scores.files import write_advisories
from model_runtime.scores.service import request_score
from model_runtime.scores.tables import Score
from model_runtime.scores.values import AdvisoryScore
from registry.models.queries import find_use


@click.command()
@click.argument("slug")
@click.argument("persons", nargs=-1, required=True, metavar="PERSON...")
@click.option("--use", "use_code", required=True, help="Code of the use, for example resettlement-support.")
@click.option("--purpose", help="The purpose you ask for. Default: the purpose of the use.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help="Write the scores to a .json, .csv or .parquet file, labels included.",
)
@acting_as
@speaks
def score(
    slug: str, persons: tuple[str, ...], use_code: str, purpose: str | None, out: Path | None, sign_in_name: str
) -> None:
    """Ask for an advisory score from the model SLUG for each PERSON (a reference).

    Every score passes the same gate as in the browser and is recorded. What is refused is recorded too, printed
    on standard error, and makes the exit code 1. A score in the shadow is recorded and neither printed nor written.
    """
    settings, database = open_database()
    actor, engine, clock = get_actor(database, sign_in_name), make_engine(settings), SystemClock()
    given: list[AdvisoryScore] = []
    refused = 0
    try:
        with database.read() as session:
            use = find_use(session, slug, use_code)
            if use is None:
                raise NotFound(f"The model {slug} has no use {use_code}.")
            use_id, stated = use.id, purpose or use.code
        with click.progressbar(persons, label="Scoring", file=sys.stderr) as bar:
            for person in bar:
                answer = request_score(
                    database,
                    clock,
                    engine,
                    actor,
                    person_reference=person,
                    use_id=use_id,
                    purpose=stated,
                    request_key=secrets.token_hex(16),
                )
                if isinstance(answer, Score) and answer.shadow:
                    click.echo(f"\n{person}: {SENTENCE} ({InShadow.code})", err=True)
                elif isinstance(answer, Score):
                    given.append(AdvisoryScore.from_dict(answer.advisory))
                else:
                    refused += 1
                    click.echo(f"\n{person}: {answer.sentence} ({answer.code})", err=True)
    finally:
        engine.close()
    if out:
        write_advisories(given, out)
        click.echo(f"Wrote {len(given)} advisory scores to {out}.")
    else:
        show_json([advisory.to_dict() for advisory in given])
    sys.exit(REFUSED if refused else 0)
