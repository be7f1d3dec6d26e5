"""The two frames a watch compares. Loads pandas and the evaluation's reader: never imported by the web process."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from monitoring.outcomes.tables import Outcome
from monitoring.watches.queries import ScoredRow
from registry.evaluations.jobs import SCORE, score_rows
from registry.evaluations.measures import read_table
from registry.evaluations.scoring import Runner
from registry.models.tables import ModelVersion


def reference_frame(version: ModelVersion, artefact: bytes, content: bytes, runner: Runner) -> pd.DataFrame:
    """The evaluation file of a version with the approved artefact's scores of its rows, computed afresh."""
    file = version.declaration["version"]["evaluation_data"]["file"]
    frame = read_table(content, file).frame
    frame[SCORE] = list(score_rows(version, artefact, frame, runner, file))
    return frame


def current_frame(rows: Sequence[ScoredRow], outcomes: Mapping[int, Outcome], outcome: str) -> pd.DataFrame | None:
    """One row for each person: inputs, score and, where one counts, the outcome (1 or 0) and its groups.

    None without anybody. The columns of outcome and groups are there only when somebody's is known, so that what
    was never recorded is reported as such and not as a blank. An outcome observed before the day the score's data
    were as of says nothing about that score and is left out.
    """
    records = [dict(_cells(row, _counting(row, outcomes), outcome)) for row in rows]
    return pd.DataFrame.from_records(records) if records else None


def _counting(row: ScoredRow, outcomes: Mapping[int, Outcome]) -> Outcome | None:
    known = outcomes.get(row.person_id)
    return known if known is not None and known.observed_on >= row.as_of else None


def _cells(row: ScoredRow, known: Outcome | None, outcome: str) -> Iterator[tuple[str, Any]]:
    if known is not None:
        yield from known.groups.items()
        yield outcome, int(known.happened)
    yield from row.features.items()
    yield SCORE, row.score
