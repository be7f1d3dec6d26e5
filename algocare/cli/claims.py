"""The command that tests figures somebody else has published or handed in."""

import sys
from pathlib import Path
from typing import Any

import click

from algocare.cli.output import REFUSED, as_json, show_json, speaks
from foundation.files.service import check_size
from foundation.settings import Settings
from registry.evaluations.claims import Verdict, check_claims, title_of
from registry.evaluations.claims_file import ClaimRow, read_claims


@click.group("claims")
def claims_group() -> None:
    """Test figures that somebody claims for a model."""


@claims_group.command("check")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
@speaks
def check_command(file: Path, json_wanted: bool) -> None:
    """Say which claimed figures in FILE cannot be true together.

    FILE is a CSV with one model a row and any mix of accuracy, precision, recall, specificity, mcc, prevalence, fpr,
    fnr, npv, f1, tp, fp, fn, tn and n. Rounding is allowed for: 0.85 may be anything from 0.845 to 0.855. Exits 1 when
    a row is impossible, or so good that it needs a review for leakage. No database is needed. docs/measuring.md
    explains the answers.
    """
    content = file.read_bytes()
    check_size(content, Settings().upload_mib, file.name)
    checked = [(row, check_claims(row.claims)) for row in read_claims(content, file.name)]
    if json_wanted:
        show_json({"file": file.name, "rows": [_told(row, verdict) for row, verdict in checked]})
    else:
        _say(file.name, checked)
    sys.exit(REFUSED if any(not verdict.possible or verdict.leakage for _, verdict in checked) else 0)


def _told(row: ClaimRow, verdict: Verdict) -> dict[str, Any]:
    return {"row": row.number, "name": row.name, "others": row.others, **verdict.to_dict()}


def _say(file: str, checked: list[tuple[ClaimRow, Verdict]]) -> None:
    for row, verdict in checked:
        click.echo(f"{file}, row {row.number}, {row.name}: {_headline(verdict)}")
        for sentence in _sentences(verdict):
            click.echo(f"  {sentence}")
    impossible = sum(not verdict.possible for _, verdict in checked)
    reviews = sum(verdict.leakage for _, verdict in checked)
    click.echo(f"{len(checked):,} rows, {impossible:,} impossible, {reviews:,} to be reviewed for leakage.")


def _headline(verdict: Verdict) -> str:
    if not verdict.claims:
        return "nothing is claimed."
    return "not shown to be impossible." if verdict.possible else "cannot be true."


def _sentences(verdict: Verdict) -> list[str]:
    said = [conflict.sentence for conflict in verdict.conflicts]
    if verdict.highest_mcc is not None:
        said.append(f"With this precision and recall, MCC is at most {verdict.highest_mcc:.3f}.")
    if verdict.implied:
        said.append(_table(verdict))
    if verdict.leakage:
        said.append("Precision and recall are both above 0.98. Have somebody sign that nothing leaked (R35).")
    return [*said, *verdict.notes]


def _table(verdict: Verdict) -> str:
    shares = {name: span for name, span in verdict.implied.items() if name in ("prevalence", "tp", "fp", "fn", "tn")}
    titles = {"prevalence": "with the outcome"}
    told = [
        f"{titles.get(name, title_of(name))} {span.low * 1000:.0f} to {span.high * 1000:.0f}"
        for name, span in shares.items()
    ]
    return f"Per 1,000 people these mean: {', '.join(told)}."
