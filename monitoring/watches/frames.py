"""The two frames a watch compares, and what the model rests on. Loads pandas: never imported by the web process."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from monitoring.outcomes.tables import Outcome
from monitoring.watches.observing import share_of_weight
from monitoring.watches.windows import Looked, RunPart, ScoredRow
from registry.evaluations.jobs import ROWS_AT_ONCE, SCORE, score_rows
from registry.evaluations.measures import read_table
from registry.evaluations.scoring import Runner
from registry.explanations.values import MOST_PEOPLE
from registry.models.tables import ModelVersion


def reference_frame(version: ModelVersion, artefact: bytes, content: bytes, runner: Runner) -> pd.DataFrame:
    """The evaluation file of a version with the approved artefact's scores of its rows, computed afresh."""
    file = version.declaration["version"]["evaluation_data"]["file"]
    frame = read_table(content, file).frame
    frame[SCORE] = list(score_rows(version, artefact, frame, runner, file))
    return frame


def current_frame(
    looked: Looked, outcomes: Mapping[str, Outcome], outcome: str, names: Sequence[str]
) -> pd.DataFrame | None:
    """One row for each person: inputs, score and, where one counts, the outcome (1 or 0) and its groups.

    `outcomes` are by the person's reference. None without anybody. The columns of outcome and groups are there only
    when somebody's is known, so that what was never recorded is reported as such and not as a blank. An outcome
    observed before the day the score's data were as of says nothing about that score and is left out.
    """
    singles = [dict(_cells(row, _counting(row.reference, row.as_of, outcomes), outcome)) for row in looked.rows]
    frames = [pd.DataFrame.from_records(singles)] if singles else []
    frames += [_part_frame(part, outcomes, outcome, names) for part in looked.parts]
    return pd.concat(frames, ignore_index=True) if frames else None


def _counting(reference: str, as_of: Any, outcomes: Mapping[str, Outcome]) -> Outcome | None:
    known = outcomes.get(reference)
    return known if known is not None and known.observed_on >= as_of else None


def _cells(row: ScoredRow, known: Outcome | None, outcome: str) -> Iterator[tuple[str, Any]]:
    yield from _labels(known, outcome)
    yield from row.features.items()
    yield SCORE, row.score


def _labels(known: Outcome | None, outcome: str) -> Iterator[tuple[str, Any]]:
    if known is not None:
        yield from known.groups.items()
        yield outcome, int(known.happened)


def _part_frame(part: RunPart, outcomes: Mapping[str, Outcome], outcome: str, names: Sequence[str]) -> pd.DataFrame:
    frame = pd.DataFrame(part.inputs, columns=list(names))
    frame[SCORE] = part.scores
    known = [_counting(who, day, outcomes) for who, day in zip(part.people, part.days, strict=True)]
    if any(known):
        labels = pd.DataFrame.from_records([dict(_labels(one, outcome)) for one in known])
        frame = pd.concat([labels, frame], axis=1)
    return frame


def reasons_now(
    version: ModelVersion, artefact: bytes, frame: pd.DataFrame, runner: Any, concepts: Mapping[str, Sequence[str]]
) -> dict[str, float]:
    """What the model rests on for the people of a frame, worked out as for the evaluation: shares of all weight.

    Of more than 2,000 people a sample is drawn, by a seed from the artefact, so that the same people give the same.
    """
    names = [feature.name for feature in version.features]
    rows = frame[names].to_numpy(dtype="float64")
    if len(rows) > MOST_PEOPLE:
        draw = np.random.default_rng(int(version.artefact_sha256[:8], 16))
        rows = rows[np.sort(draw.choice(len(rows), MOST_PEOPLE, replace=False))]
    told = [dict(zip(names, row, strict=True)) for row in rows.tolist()]
    batches = [told[start : start + ROWS_AT_ONCE] for start in range(0, len(told), ROWS_AT_ONCE)]
    answers = [runner.score(artefact, version.artefact_sha256, version.method, names, batch) for batch in batches]
    return share_of_weight(answers, names, concepts)
