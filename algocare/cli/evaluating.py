"""The command that measures scores in a file, without a database and without the model."""

import sys
from pathlib import Path

import click

from algocare.cli.output import REFUSED, as_json, show_json, speaks
from registry.evaluations.report import RATES, Comparison, GroupFigures, Report

SHOWN = ("base_rate", "flagged", "precision", "recall", "false_positive_rate", "miss_rate")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--outcome", required=True, metavar="COL", help="Column with 1 for people who had the outcome, else 0.")
@click.option("--score", required=True, metavar="COL", help="Column with the score, from 0 to 1.")
@click.option("--threshold", required=True, type=float, metavar="X", help="A score at or above it is flagged.")
@click.option("--by", "by", multiple=True, metavar="COL", help="Column of groups. Repeat it: also taken together.")
@as_json
@speaks
def evaluate(file: Path, outcome: str, score: str, threshold: float, by: tuple[str, ...], json_wanted: bool) -> None:
    """Measure the scores in FILE (CSV or Parquet) against what happened, with intervals and by group.

    Groups below 10 people are named with their count and not assessed. Exits 1 when scores point the wrong way, are
    too good to be believed, or the threshold parts nobody. Needs no database and keeps nothing. docs/measuring.md
    says how each figure is computed.
    """
    from registry.evaluations.reporting import report_file

    report = report_file(file, outcome=outcome, score=score, threshold=threshold, by=by)
    if json_wanted:
        show_json(report.to_dict())
    else:
        _say(report)
    sys.exit(REFUSED if any(finding.fault for finding in report.findings) else 0)


def _say(report: Report) -> None:
    for finding in report.findings:
        click.echo(f"WARNING: {finding.sentence}\n", err=True)
    click.echo(f"{report.file}: {report.overall.measures.people:,} people. SHA-256 {report.sha256}")
    click.echo(f"A {report.score} of {report.threshold:g} or more is flagged. The outcome is {report.outcome}.\n")
    _say_frequencies(report.overall)
    _say_figures(report.overall)
    for name in dict.fromkeys(each.measures.group for each in report.groups):
        _say_groups(report, name)
    click.echo("\nNot assessed")
    for sentence in report.not_assessed or ("Nothing was left out.",):
        click.echo(f"  {sentence}")


def _say_frequencies(overall: GroupFigures) -> None:
    counts = overall.measures
    for words, share in (
        ("Of 100 people, flagged or not, {} had the outcome.", counts.base_rate),
        ("Of 100 people it flags, {} had the outcome.", counts.precision),
        ("Of 100 people with the outcome, it flags {}.", counts.recall),
        ("Of 100 people without the outcome, it flags {}.", counts.false_positive_rate),
    ):
        click.echo(words.format(f"about {share.frequency}" if share.assessed else "(too few people to say)"))


def _say_figures(overall: GroupFigures) -> None:
    counts = overall.measures
    click.echo(f"\nFlagged with the outcome {counts.tp:,}, flagged without {counts.fp:,},")
    click.echo(f"missed {counts.fn:,}, rightly not flagged {counts.tn:,}.\n\nFigures, with 95% intervals")
    for name, words in RATES.items():
        share = getattr(counts, name)
        told = f"{share.rate:.3f} ({share.low:.3f} to {share.high:.3f}), {share.count:,} of {share.of:,}"
        click.echo(f"  {_title(name):<26}{told if share.assessed else share.text}; {words}")
    for name, one in overall.estimates.items():
        click.echo(f"  {_title(name):<26}{one.text if one else 'not assessed'}")
    _say_calibration(overall)


def _title(name: str) -> str:
    return name.upper() if name in ("mcc", "f1", "auc") else name.replace("_", " ").capitalize()


def _say_calibration(overall: GroupFigures) -> None:
    found = overall.calibration
    if found is None:
        return
    for name, one in (("Calibration slope", found.slope), ("Calibration intercept", found.intercept)):
        click.echo(f"  {name:<26}{one.text if one else f'not assessed, {found.why_not}'}")
    click.echo("\nOf 100 people with such a score, so many had the outcome")
    for tenth in found.tenths:
        if tenth.outcome.of:
            told = f"{tenth.outcome.frequency}, {tenth.outcome.of:,} people"
            click.echo(f"  {tenth.low:.1f} to {tenth.high:.1f}   {told}")


def _say_groups(report: Report, name: str) -> None:
    groups = [each.measures for each in report.groups if each.measures.group == name]
    width = max(len(each.value) for each in groups) + 2
    click.echo(f"\nBy {name}, of 100 people each, with 95% intervals")
    click.echo(" " * (width + 2) + f"{'people':>9}" + "".join(f"{_title(one):>21}" for one in SHOWN))
    for each in groups:
        told = [getattr(each, one).frequency if each.assessed else "not assessed" for one in SHOWN]
        click.echo(f"  {each.value:<{width}}{each.people:>9,}" + "".join(f"{one:>21}" for one in told))
    clear = [one for one in report.comparisons if one.group == name and one.against == "largest" and one.clear]
    shown = [one for one in clear if one.measure in SHOWN]
    for one in shown:
        click.echo(f"  {_difference(one)}")
    if not shown:
        click.echo("  No group differs clearly from the largest, which is not to say that they are alike.")


def _difference(one: Comparison) -> str:
    way = "above" if one.apart.value > 0 else "below"
    low, high = sorted(abs(bound or 0) * 100 for bound in (one.apart.low, one.apart.high))
    size = f"{abs(one.apart.value) * 100:.0f} ({low:.0f} to {high:.0f}) of 100"
    times = f", {one.times.value:.2f} times" if one.times else ""
    return f"{_title(one.measure)} of {one.value} is {size} {way} {one.other}{times}."
