"""Computing figures: the worker and the command line run the artefact over its evaluation file (R04).

Heavy libraries are imported here when a computation begins, never by the web process.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Invalid, Refused
from foundation.files.service import get_content
from registry.evaluations.scales import scale_of
from registry.evaluations.scoring import Runner
from registry.evaluations.service import keep_figures
from registry.evaluations.values import EvaluationRefused, Figures
from registry.models.tables import ModelVersion

if TYPE_CHECKING:
    import pandas as pd

ROWS_AT_ONCE = 500
SCORE = "algocare_score"


def evaluate(
    database: Database, clock: Clock, runner: Runner, version_id: int, progress: Callable[[int], None] | None = None
) -> Figures:
    """Score every row of a version's evaluation file, measure, and store the figures."""
    with database.read() as session:
        version = session.get_one(ModelVersion, version_id)
        if version.evaluation_sha256 is None:
            raise Refused(f"{version.title} was registered without evaluation data, so there is nothing to measure.")
        artefact = get_content(session, version.artefact_sha256)
        content = get_content(session, version.evaluation_sha256)
    figures = compute(version, artefact, content, runner, progress)
    with database.write() as session:
        fresh = session.get_one(ModelVersion, version_id)
        keep_figures(session, fresh, figures, "worker", clock.now())
    return figures


def compute(
    version: ModelVersion,
    artefact: bytes,
    content: bytes,
    runner: Runner,
    progress: Callable[[int], None] | None = None,
) -> Figures:
    """The figures of a version on its evaluation file; a bad file is refused with column and row."""
    from registry.evaluations.measures import measure, read_table

    declared = version.declaration["version"]["evaluation_data"]
    try:
        table = read_table(content, declared["file"])
        frame = table.frame
        frame[SCORE] = list(score_rows(version, artefact, frame, runner, declared["file"], progress))
        groups = {group["column"]: group["name"] for group in declared["groups"]}
        return measure(
            frame,
            outcome=declared["outcome_column"],
            score=SCORE,
            threshold=version.threshold,
            bands=version.bands,
            groups=groups,
            data_sha256=table.sha256,
            baseline=declared.get("baseline_column"),
            scale=scale_of(version),
        )
    except EvaluationRefused as refused:
        raise Invalid(f"{declared['file']}: {refused}", code=refused.code) from None


def score_rows(
    version: ModelVersion,
    artefact: bytes,
    frame: "pd.DataFrame",
    runner: Runner,
    file: str,
    progress: Callable[[int], None] | None = None,
) -> Iterator[float]:
    """The model's score for each row of a frame, in order and in its own unit, in batches through the engine."""
    names = [feature.name for feature in version.features]
    numbers = _numbers(frame, names, file)
    for start in range(0, len(numbers), ROWS_AT_ONCE):
        batch = _rows(numbers.iloc[start : start + ROWS_AT_ONCE])
        answer = runner.score(artefact, version.artefact_sha256, version.method, names, batch)
        yield from answer.scores
        if progress:
            progress(len(batch))


def _numbers(frame: "pd.DataFrame", names: list[str], file: str) -> "pd.DataFrame":
    import pandas as pd

    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise Invalid(f"{file}: the columns {', '.join(missing)} are missing; the model needs them.")
    numbers = frame[names].apply(pd.to_numeric, errors="coerce")
    bad = numbers.isna()
    if bad.to_numpy().any():
        row = int(bad.any(axis=1).to_numpy().argmax())
        column = next(name for name in names if bad.iloc[row][name])
        raise Invalid(f"{file}, row {row + 2}, column {column}: {frame.iloc[row][column]!r} is not a number.")
    return numbers


def _rows(numbers: "pd.DataFrame") -> list[dict[str, float]]:
    """A batch at a time: a million rows as dictionaries would take gigabytes."""
    return [{str(k): float(v) for k, v in row.items()} for row in numbers.to_dict(orient="records")]
