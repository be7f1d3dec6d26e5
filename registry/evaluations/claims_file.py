"""Reading claimed figures from a CSV: one model a row, one figure a column, other columns kept as they are (R04)."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foundation.errors import Invalid
from registry.evaluations.claims import COUNTS, RATES, Claim, read_claim
from registry.evaluations.reading import check_shape, decode
from registry.evaluations.values import EvaluationRefused

MOST_ROWS = 1000
NOT_CLAIMED = {"", "-", "n/a", "not held"}
OTHER_NAMES = {
    "ppv": "precision",
    "positive_predictive_value": "precision",
    "sensitivity": "recall",
    "tpr": "recall",
    "true_positive_rate": "recall",
    "tnr": "specificity",
    "true_negative_rate": "specificity",
    "base_rate": "prevalence",
    "false_positive_rate": "fpr",
    "false_negative_rate": "fnr",
    "miss_rate": "fnr",
    "negative_predictive_value": "npv",
    "f1_score": "f1",
    "matthews_correlation_coefficient": "mcc",
    "true_positives": "tp",
    "false_positives": "fp",
    "false_negatives": "fn",
    "true_negatives": "tn",
    "people": "n",
}


@dataclass(frozen=True)
class ClaimRow:
    """The claims of one row; `number` counts as in a spreadsheet, `others` are the columns that are no figures."""

    number: int
    claims: tuple[Claim, ...]
    others: dict[str, str]

    @property
    def name(self) -> str:
        return self.others.get("model") or next(iter(self.others.values()), "") or f"Row {self.number}"


def read_claims(content: bytes, name: str) -> list[ClaimRow]:
    """The rows of a claims file in UTF-8. Refuses, all at once, every cell that is no figure, with row and column.

    Also refused: a file without a figure among its headings, two headings for one figure, more than 1,000 rows, and
    whatever is not a proper CSV.
    """
    text = decode(content, name)
    check_shape(text, name)
    heading, *rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    if len(rows) > MOST_ROWS:
        raise EvaluationRefused("file_too_long", f"{name} has {len(rows):,} rows; at most {MOST_ROWS:,} are checked.")
    figures = _find_figures(heading, name)
    problems: dict[str, str] = {}
    found = [_read_row(number, row, heading, figures, name, problems) for number, row in enumerate(rows, start=2)]
    if problems:
        raise Invalid(f"{name} cannot be checked.", problems=problems, code="claims_invalid")
    return found


def _find_figures(heading: Sequence[str], name: str) -> dict[int, str]:
    figures: dict[int, str] = {}
    for place, cell in enumerate(heading):
        word = re.sub(r"[\s-]+", "_", cell.strip().lower())
        figure = OTHER_NAMES.get(word, word)
        if figure in figures.values():
            raise EvaluationRefused("claims_heading", f"{name}, row 1, column {cell}: a second column for {figure}.")
        if figure in (*RATES, *COUNTS):
            figures[place] = figure
    if not figures:
        wanted = ", ".join((*RATES, *COUNTS))
        raise EvaluationRefused("claims_heading", f"{name}, row 1: no column is a figure. Known are {wanted}.")
    return figures


def _read_row(
    number: int,
    row: Sequence[str],
    heading: Sequence[str],
    figures: Mapping[int, str],
    name: str,
    problems: dict[str, str],
) -> ClaimRow:
    claims = []
    for place, figure in figures.items():
        if row[place].strip().lower() in NOT_CLAIMED:
            continue
        try:
            claims.append(read_claim(figure, row[place]))
        except EvaluationRefused as refused:
            problems[f"{name}, row {number}, column {heading[place]}"] = refused.sentence
    others = {heading[at].strip(): cell.strip() for at, cell in enumerate(row) if at not in figures}
    return ClaimRow(number, tuple(claims), others)
