"""Commands of runs over whole populations: run, resume, list, show, take results out, check a proof."""

import json
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from algocare.app import make_table_engine, table_engine_options
from algocare.cli.output import REFUSED, acting_as, as_json, get_actor, open_database, show_json, speaks
from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import SystemClock, london_date
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.settings import Settings
from model_runtime.cohorts.queries import find_progress, get_run, list_runs
from model_runtime.cohorts.rules import check_takes, kind_of
from model_runtime.cohorts.service import CohortRequest, record_looking, request_cohort
from model_runtime.cohorts.single import check_proof
from model_runtime.cohorts.tables import CohortRun
from model_runtime.cohorts.values import Handed
from model_runtime.gate.values import GateClosed, title_of
from model_runtime.scores.tables import Refusal
from registry.models.queries import find_use, get_model
from registry.models.tables import Use
from registry.safeguards.queries import get_safeguards


@click.group("cohort")
def cohort_group() -> None:
    """Score a whole population: governed, explained, provable, and the same on every machine."""


scheduler_option = click.option(
    "--scheduler",
    metavar="ADDRESS",
    help="Spread it over Dask workers: tls://HOST:PORT. Needs algocare[cluster].",
)


@cohort_group.command("run")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option("--model", "slug", required=True, help="The model, for example return-to-custody.")
@click.option("--purpose", required=True, help="Code or words of the approved purpose.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The day the facts are of.")
@click.option("--source", default="", help="Code of the source in the register. Default: the agency's own.")
@click.option("--query", help="Instead of FILE: one SELECT, read and never written.")
@click.option("--database", "variable", metavar="VARIABLE", help="Environment variable with its database's address.")
@scheduler_option
@acting_as
@speaks
def run(
    file: Path | None,
    slug: str,
    purpose: str,
    as_of: datetime,
    source: str,
    query: str | None,
    variable: str | None,
    scheduler: str | None,
    sign_in_name: str,
) -> None:
    """Score everybody in FILE (.csv or .parquet): columns reference, born_on, one for each input, perhaps as_of.

    One bad cell and nobody is scored. A run that was killed goes on with `algocare cohort resume`.
    """
    from model_runtime.cohorts.jobs import begin_with

    settings, database = open_database()
    actor, clock = get_actor(database, sign_in_name), SystemClock()
    names, tables, handed = _read(file, query, variable)
    with database.read() as session:
        use = find_use(session, slug, purpose) or _by_words(session, slug, purpose)
        use_id = use.id if use is not None else None
    asked = CohortRequest(actor, purpose, use_id, as_of.date(), handed, secrets.token_hex(16), source_code=source)
    answer = request_cohort(database, clock, asked)
    if isinstance(answer, Refusal):
        raise GateClosed(answer.sentence, code=answer.code, what_next=answer.what_next)
    click.echo(f"Run {answer.reference}")
    begin_with(database, clock, answer.id, names, tables)
    _go_on(settings, database, answer.id, scheduler)


@cohort_group.command("resume")
@click.argument("reference")
@scheduler_option
@acting_as
@speaks
def resume(reference: str, scheduler: str | None, sign_in_name: str) -> None:
    """Go on with a run that was killed, at the first part that is not done."""
    settings, database = open_database()
    with database.read() as session:
        actor = _analyst(database, sign_in_name)
        found = get_run(session, actor, reference)
        run_id = found.id
    _go_on(settings, database, run_id, scheduler)


@cohort_group.command("list")
@as_json
@acting_as
@speaks
def list_command(json_wanted: bool, sign_in_name: str) -> None:
    """The newest runs, in counts."""
    _, database = open_database()
    actor = get_actor(database, sign_in_name)
    check_permission(actor, Permission.SEE_COHORTS)
    with database.read() as session:
        told = [_told(run) for run in list_runs(session, actor)]
    if json_wanted:
        show_json(told)
    for one in told if not json_wanted else ():
        click.echo(f"{one['run']}  {one['stage']:<10} {one['people']:>9,} people  {one['use']}")


@cohort_group.command("show")
@click.argument("reference")
@as_json
@acting_as
@speaks
def show(reference: str, json_wanted: bool, sign_in_name: str) -> None:
    """One run: how far it has come, and why people were not scored, in counts."""
    _, database = open_database()
    actor = get_actor(database, sign_in_name)
    check_permission(actor, Permission.SEE_COHORTS)
    with database.read() as session:
        found = get_run(session, actor, reference)
        progress = find_progress(session, found, SystemClock().now())
        told = {**_told(found), "done": progress.done, "seconds_left": progress.seconds_left}
    if json_wanted:
        show_json(told)
        return
    click.echo(f"Run {told['run']}: {told['use']}\n{told['stage']}. {told['problem']}".rstrip())
    click.echo(f"{told['done']:,} of {told['people']:,} people worked through, {told['scored']:,} scored")
    for code, count in told["not_scored"].items():
        click.echo(f"  not scored: {title_of(code)} ({code}): {count:,}")
    if told["root"]:
        click.echo(f"Root in the ledger: {told['root']}")


@cohort_group.command("results")
@click.argument("reference")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A .csv or .parquet file.")
@acting_as
@speaks
def results(reference: str, out: Path, sign_in_name: str) -> None:
    """Take all results out, labelled, in the order they were handed in. That they were taken out is recorded."""
    from model_runtime.cohorts.results import write_results

    kind = kind_of(out.name)
    _, database = open_database()
    actor, now = _analyst(database, sign_in_name), SystemClock().now()
    with database.write() as session:
        found = get_run(session, actor, reference)
        shows = check_takes(found, found.use.agency_code, actor, get_safeguards(session, found.use_id))
        record_looking(session, actor, found, kind, now, None)
    with database.read() as session:
        write_results(session, get_run(session, actor, reference), shows, out)
    click.echo(f"Wrote the results of {found.rows:,} people to {out}.")


@cohort_group.command("check")
@click.argument("proof", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--root", required=True, help="The root in the ledger's entry of the run.")
@click.option("--people", type=int, required=True, help="How many people that entry says were in the run.")
@speaks
def check(proof: Path, root: str, people: int) -> None:
    """Check a person's PROOF against the ledger's entry of a run. Needs no database and no network."""
    try:
        held: Any = json.loads(proof.read_bytes())
    except ValueError:
        raise Invalid(f"{proof.name}: this is not a proof.") from None
    said = check_proof(held if isinstance(held, dict) else {}, root, people)
    outcome = f"band {said['band']}" if said["band"] else f"not scored ({said['code']})"
    click.echo(f"The proof holds: {said['person']} is person {said['place'] + 1:,} of run {said['run']}, {outcome}.")


def _read(file: Path | None, query: str | None, variable: str | None) -> tuple[list[str], Iterator[Any], Handed]:
    """Heading, tables, and what was handed in: of a file its digest, of a query that of its words."""
    from foundation.ledger.values import digest
    from model_runtime.cohorts.reading import digest_of, read_parts
    from model_runtime.cohorts.sources import read_query

    if (file is None) == (query is None) or (query is None) != (variable is None):
        raise Invalid("Give a FILE, or --query with --database.")
    if file is not None:
        kind = kind_of(file.name)
        return *read_parts(file, kind, file.name), Handed(file.name[:200], kind, digest_of(file))
    query, variable = str(query), str(variable)
    return *read_query(variable, query), Handed("The query", "query", digest(query.encode()))


def _by_words(session: Session, slug: str, purpose: str) -> Use | None:
    uses = [use for use in get_model(session, slug).current_uses if use.purpose == purpose]
    return next((use for use in uses if use.stage == "approved"), uses[0] if uses else None)


def _go_on(settings: Settings, database: Database, run_id: int, scheduler: str | None) -> None:
    from model_runtime.cohorts.jobs import run_cohort

    with _pool(settings, scheduler) as pool, click.progressbar(length=1, label="Scoring", file=sys.stderr) as bar:

        def tell(done: int, rows: int) -> None:
            bar.length = rows
            bar.update(done - bar.pos)

        stage = run_cohort(database, SystemClock(), pool, run_id, tell)
    with database.read() as session:
        ended = session.get_one(CohortRun, run_id)
        click.echo(f"Run {ended.reference} is {ended.stage_card.title.lower()}. {ended.problem}".rstrip())
        for problem in ended.problems:
            click.echo(f"  {problem}", err=True)
        if stage == "finished":
            click.echo(f"{ended.scored:,} of {ended.rows:,} people were scored. Root in the ledger: {ended.root}")
    sys.exit(0 if stage == "finished" else REFUSED)


@contextmanager
def _pool(settings: Settings, scheduler: str | None) -> Iterator[Any]:
    from model_runtime.cohorts.pools import DaskPool, LocalPool

    pool: Any
    if scheduler:
        pool = DaskPool(scheduler, table_engine_options(settings))
    else:
        pool = LocalPool(lambda: make_table_engine(settings))
    try:
        yield pool
    finally:
        pool.close()


def _analyst(database: Database, sign_in_name: str) -> Actor:
    actor = get_actor(database, sign_in_name)
    check_permission(actor, Permission.RUN_COHORT)
    return actor


def _told(run: CohortRun) -> dict[str, Any]:
    return {
        "run": run.reference,
        "use": run.use.title,
        "stage": run.stage,
        "asked_on": london_date(run.asked_at).isoformat(),
        "people": run.rows,
        "scored": run.scored,
        "not_scored": run.not_scored,
        "root": run.root,
        "problem": run.problem,
    }
