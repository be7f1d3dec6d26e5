"""Measuring a later file: its period, the model's scores, the whole report, gaps and baseline (R36).

Heavy libraries: never imported by the web process. Rows count as in a spreadsheet; the heading is row 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from assessments.validation.tables import Validation
from foundation.errors import Invalid
from foundation.web.texts import date_text
from registry.evaluations.columns import check_columns, read_binary, read_scores, refuse_first
from registry.evaluations.jobs import SCORE, score_rows
from registry.evaluations.measures import Table, compare_rule, find_gaps
from registry.evaluations.report import Report
from registry.evaluations.reporting import MOST_COLUMNS, read_data, report_table
from registry.evaluations.scales import Scale, scale_of
from registry.evaluations.scoring import Runner
from registry.evaluations.values import EvaluationRefused, Gap
from registry.models.tables import ModelVersion


@dataclass(frozen=True)
class Measured:
    """What was found in a later file. `columns` are the group columns it holds, `missing` those it does not."""

    report: Report
    gaps: tuple[Gap, ...]
    baseline: dict[str, Any] | None
    columns: tuple[str, ...]
    missing: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None


def measure_later(
    validation: Validation, version: ModelVersion, artefact: bytes, content: bytes, runner: Runner, today: date
) -> Measured:
    """Score and measure every row of a later file.

    Refused with file, column and row: dates that are missing, not after the training data's period or in the future,
    inputs that are no numbers, an outcome that is missing, not 0 or 1 or all one class, and scores all alike.
    """
    declared = version.declaration["version"]["evaluation_data"]
    wanted = _columns(declared, validation)
    try:
        table = read_data(content, validation.file_name, words=wanted)
        check_columns(table.frame, [validation.outcome])
        starts_on, ends_on = _read_period(table.frame, validation, today)
        read_binary(table.frame, validation.outcome)
        columns = tuple(name for name in wanted if name in table.frame.columns)
        table.frame[SCORE] = list(score_rows(version, artefact, table.frame, runner, validation.file_name))
        report = _report(table, validation.outcome, version.threshold, columns, scale_of(version))
        return Measured(
            report=report,
            gaps=tuple(find_gaps([one.measures for one in report.groups if one.measures.group in columns])),
            baseline=_baseline(table.frame, validation.outcome, declared.get("baseline_column"), scale_of(version)),
            columns=columns,
            missing=tuple(name for name in wanted if name not in columns),
            starts_on=starts_on,
            ends_on=ends_on,
        )
    except EvaluationRefused as refused:
        raise Invalid(f"{validation.file_name}: {refused}", code=refused.code) from None


def _columns(declared: dict[str, Any], validation: Validation) -> list[str]:
    """The declared group columns, and those by which the plan wants characteristics tested."""
    planned = validation.plan.said.columns if validation.plan else ()
    return list(dict.fromkeys([*(group["column"] for group in declared["groups"]), *planned]))


def _read_period(frame: pd.DataFrame, validation: Validation, today: date) -> tuple[date | None, date | None]:
    if not validation.date_column:
        return validation.starts_on, validation.ends_on
    check_columns(frame, [validation.date_column])
    column = frame[validation.date_column]
    days = pd.to_datetime(column.astype("string").str.strip().str[:10], format="%Y-%m-%d", errors="coerce")
    refuse_first(days.isna(), column, "date_missing", "must be a day, such as 2026-03-01")
    late = f"must lie after the training data's period, which ended on {date_text(validation.training_to)}"
    refuse_first(days <= pd.Timestamp(validation.training_to), column, "not_later", late)
    refuse_first(days > pd.Timestamp(today), column, "in_future", "must not lie in the future")
    return days.min().date(), days.max().date()


def _report(table: Table, outcome: str, threshold: float, columns: Sequence[str], scale: Scale) -> Report:
    """The whole report; columns beyond the five that are taken together are measured each alone."""
    together, alone = columns[:MOST_COLUMNS], columns[MOST_COLUMNS:]
    report = report_table(table, outcome=outcome, score=SCORE, threshold=threshold, by=together, scale=scale)
    for column in alone:
        one = report_table(table, outcome=outcome, score=SCORE, threshold=threshold, by=[column], scale=scale)
        said = (*report.not_assessed, f"{column}: not taken together with other columns", *one.not_assessed)
        groups, comparisons = (*report.groups, *one.groups), (*report.comparisons, *one.comparisons)
        report = replace(report, groups=groups, comparisons=comparisons, not_assessed=said)
    return report


def _baseline(frame: pd.DataFrame, outcome: str, column: str | None, scale: Scale) -> dict[str, Any] | None:
    """The declared simple rule and the model with equally many flagged; None where the file does not hold the rule."""
    if not column or column not in frame.columns:
        return None
    rule = read_binary(frame, column)
    return compare_rule(read_binary(frame, outcome), read_scores(frame, SCORE, scale), rule, column)
