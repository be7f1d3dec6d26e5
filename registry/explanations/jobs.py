"""Working out how a version works as a whole: the worker and the command line run it over its evaluation file.

Heavy libraries are imported when a computation begins, never by the web process.
"""

from typing import TYPE_CHECKING, Any, Protocol

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Invalid, Refused
from foundation.files.service import get_content
from registry.explanations.service import keep_findings
from registry.explanations.values import Findings
from registry.models.tables import Feature, ModelVersion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from registry.explanations.computing import Explained, Input


class TableRunner(Protocol):
    """Scores and explains a table with an artefact, in a process of its own; handed in from above."""

    def score_table(
        self,
        artefact: bytes,
        sha256: str,
        method: str,
        features: "list[str]",
        rows: "NDArray[np.float64]",
    ) -> "Explained":
        """Refuse bytes that are not those of the SHA-256; the columns are in the declared order."""


def explain_version(database: Database, clock: Clock, runner: TableRunner, version_id: int) -> Findings:
    """Explain a version on its evaluation file and keep what was found.

    Refused: a version without evaluation data, and a file whose inputs or outcome are not numbers (R02, R29).
    """
    with database.read() as session:
        version = session.get_one(ModelVersion, version_id)
        if version.evaluation_sha256 is None:
            raise Refused(f"{version.title} was registered without evaluation data, so there is nothing to explain.")
        artefact = get_content(session, version.artefact_sha256)
        content = get_content(session, version.evaluation_sha256)
    findings = find_out(version, artefact, content, runner)
    with database.write() as session:
        keep_findings(session, session.get_one(ModelVersion, version_id), findings, "worker", clock.now())
    return findings


def find_out(version: ModelVersion, artefact: bytes, content: bytes, runner: TableRunner) -> Findings:
    """What is found about a version on the content of its evaluation file."""
    from registry.evaluations.columns import check_columns, read_binary
    from registry.evaluations.measures import read_table
    from registry.evaluations.scales import scale_of
    from registry.evaluations.values import EvaluationRefused
    from registry.explanations.computing import explain_rows

    declared = version.declaration["version"]["evaluation_data"]
    names = [feature.name for feature in version.features]
    try:
        frame = read_table(content, declared["file"]).frame
        check_columns(frame, [declared["outcome_column"], *names])
        truth = read_binary(frame, declared["outcome_column"])
        rows = frame[names].to_numpy(dtype="float64")
    except EvaluationRefused as refused:
        raise Invalid(f"{declared['file']}: {refused}", code=refused.code) from None
    except (TypeError, ValueError):
        raise Invalid(f"{declared['file']}: an input of the model is not a number.", code="rows_refused") from None
    starts = [band.start for band in version.bands[1:]]

    def explain(table: "NDArray[np.float64]") -> "Explained":
        return runner.score_table(artefact, version.artefact_sha256, version.method, names, table)

    seed, width = int(version.artefact_sha256[:8], 16), scale_of(version).width
    return explain_rows(_inputs(version), rows, truth, starts, explain, seed, width)


def _inputs(version: ModelVersion) -> "list[Input]":
    concepts = {one["name"]: one.get("concept") or "" for one in version.declaration["version"]["features"]}
    return [_input(feature, concepts.get(feature.name, "")) for feature in version.features]


def _input(feature: Feature, concept: str) -> "Input":
    from registry.explanations.computing import Input

    told: dict[str, Any] = {"name": feature.name, "title": feature.meaning, "type": feature.type}
    told |= {"low": feature.low, "high": feature.high, "unit": feature.unit, "about": feature.about}
    return Input(**told, categories=feature.categories, protected=feature.protected or "", concept=concept)
