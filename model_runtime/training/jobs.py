"""Building a module: the worker scores the evaluation file once more to see about whom the model was wrong (R39)."""

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Refused
from foundation.files.service import get_content
from model_runtime.training.building import build_module
from model_runtime.training.cases import Checked, find_cases
from model_runtime.training.queries import is_built
from model_runtime.training.service import keep_module
from registry.evaluations.jobs import score_rows
from registry.evaluations.queries import find_evaluation
from registry.evaluations.scoring import Runner
from registry.evaluations.values import Figures
from registry.models.tables import ModelVersion


def build_training(database: Database, clock: Clock, runner: Runner, version_id: int) -> None:
    """Build the module of a version from its newest evaluation; done once for each, asked twice.

    Refused before there are figures: without them nobody can be taught how often it is wrong.
    """
    with database.read() as session:
        version, evaluation = session.get_one(ModelVersion, version_id), find_evaluation(session, version_id)
        if evaluation is None:
            raise Refused(f"{version.title} was not measured yet, so there is nothing to build its training from.")
        if is_built(session, evaluation.id):
            return
        artefact = get_content(session, version.artefact_sha256)
        content = get_content(session, evaluation.file_sha256)
    rows = _check_rows(version, artefact, content, runner)
    module = build_module(version, Figures.from_dict(evaluation.figures), find_cases(version.features, rows))
    with database.write() as session:
        fresh = session.get_one(ModelVersion, version_id)
        if not is_built(session, evaluation.id):
            keep_module(session, fresh, evaluation, module, clock.now())


def _check_rows(version: ModelVersion, artefact: bytes, content: bytes, runner: Runner) -> list[Checked]:
    from registry.evaluations.columns import read_binary
    from registry.evaluations.measures import read_table

    declared = version.declaration["version"]["evaluation_data"]
    frame = read_table(content, declared["file"]).frame
    scores = list(score_rows(version, artefact, frame, runner, declared["file"]))
    happened = read_binary(frame, declared["outcome_column"])
    names = [feature.name for feature in version.features]
    values = frame[names].astype(float).to_dict(orient="records")
    return [
        Checked({str(name): float(number) for name, number in row.items()}, score >= version.threshold, bool(came))
        for row, score, came in zip(values, scores, happened, strict=True)
    ]
