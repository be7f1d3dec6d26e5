"""The command that compares two files with the engine of watches, without a database and without the model."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from algocare.cli.output import REFUSED, as_json, show_json, speaks
from foundation.errors import Invalid
from monitoring.engine.values import Threshold, Verdict, WatchResult

KEPT = (Verdict.PASSED, Verdict.TOO_EARLY)


@click.command()
@click.argument("reference", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("current", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by-column", is_flag=True, help="Show every column, not only those that moved.")
@click.option(
    "--window", type=click.IntRange(min=1), metavar="N", help="Also judge every N rows of CURRENT by themselves."
)
@click.option(
    "--window-days", type=click.IntRange(min=1), metavar="N", help="Also judge every N days of CURRENT. Needs --time."
)
@click.option("--time", "time", metavar="COL", help="Column with the day or time of each row.")
@click.option("--person", metavar="COL", help="Column that says whose row it is: nobody may be there twice.")
@click.option("--score", metavar="COL", help="Column with the score, from 0 to 1.")
@click.option("--outcome", metavar="COL", help="Column with 1 for people who had the outcome, else 0. Needs --score.")
@click.option("--threshold", type=click.FloatRange(0, 1), metavar="X", help="A score at or above it is flagged.")
@click.option("--group", "groups", multiple=True, metavar="COL", help="Column of groups. Repeat it: also in pairs.")
@click.option(
    "--minimum", type=click.IntRange(min=1), default=30, show_default=True, help="Rows needed to judge a batch."
)
@click.option(
    "--limit", "limits", multiple=True, metavar="MEASURE=X", help="A limit of your own, such as precision_floor=0.4."
)
@as_json
@speaks
def drift(
    reference: Path,
    current: Path,
    by_column: bool,
    window: int | None,
    window_days: int | None,
    time: str | None,
    person: str | None,
    score: str | None,
    outcome: str | None,
    threshold: float | None,
    groups: tuple[str, ...],
    minimum: int,
    limits: tuple[str, ...],
    json_wanted: bool,
) -> None:
    """Compare the people in CURRENT with those in REFERENCE (CSV or Parquet), as a watch does.

    Says which columns moved, went blank or hold values never seen before, beyond chance. With --score, --threshold and
    --outcome also what a watch says of performance and groups. Column types are guessed from REFERENCE and said. Exits
    1 when a limit was passed or a batch cannot be judged. Needs no database and keeps nothing. docs/measuring.md says
    how.
    """
    from monitoring.engine.files import Asked, compare_files

    if window and window_days:
        raise Invalid("Give --window or --window-days, not both.", code="two_windows")
    asked = Asked(
        score=score,
        outcome=outcome,
        threshold=threshold,
        groups=groups,
        time=time,
        person=person,
        minimum=minimum,
        limits=tuple(_limit(each) for each in limits),
        rows=window,
        days=window_days,
        now=datetime.now(UTC).replace(tzinfo=None),
    )
    compared = compare_files(reference, current, asked)
    if json_wanted:
        show_json(compared.to_dict())
    else:
        for sentence in compared.said:
            click.echo(sentence)
        for part in compared.parts:
            click.echo(f"{part.current.description}: {part.verdict.value}. {part.sentence}")
        _say(compared.whole, by_column)
    every = (compared.whole, *compared.parts)
    sys.exit(0 if all(each.verdict in KEPT for each in every) else REFUSED)


def _limit(text: str) -> Threshold:
    """MEASURE=X as a limit that warns; the figure lies in the range of its measure."""
    from monitoring.engine.files import read_limit

    return read_limit(text)


def _say(whole: WatchResult, by_column: bool) -> None:
    click.echo(f"\n{whole.verdict.value.upper()}: {whole.sentence}")
    for window in (whole.reference, whole.current):
        click.echo(f"  {window.description}: {window.people:,} people. SHA-256 {window.sha256}")
    if whole.chance:
        click.echo(f"  {whole.chance}")
    watched = [*whole.columns, *([whole.score] if whole.score else [])]
    shown = [each for each in watched if by_column or each.drifted or each.unseen]
    if shown:
        click.echo("\nColumns")
    for column in shown:
        value = (
            "not compared"
            if column.value is None
            else f"{column.method} {column.value:.3f}, limit {column.threshold:g}"
        )
        click.echo(f"  {column.sentence} ({value})")
    known = [each for each in whole.readings if each.value is not None]
    if known:
        click.echo("\nMeasures")
    for reading in known:
        click.echo(f"  {reading.measure.value}: {reading.value:.3f}. {reading.sentence}")
    click.echo("\nNot assessed")
    for sentence in whole.not_assessed or ("Nothing was left out.",):
        click.echo(f"  {sentence}")
