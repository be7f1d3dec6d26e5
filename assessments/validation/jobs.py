"""The worker's part: measure a later file with the artefact, and keep what came out or why nothing did (R36)."""

from typing import TYPE_CHECKING, Any

from assessments.validation.judging import (
    are_too_good,
    compare_first,
    counts_of,
    describe,
    find_failure,
    find_sameness,
    find_tested,
    judge,
)
from assessments.validation.queries import get_validation, list_validations
from assessments.validation.rules import stood_before
from assessments.validation.service import keep_result
from assessments.validation.tables import Validation, ValidationResult
from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.files.service import get_content
from registry.evaluations.queries import find_figures
from registry.evaluations.scoring import Runner
from registry.evaluations.values import Figures, baseline_sentence
from registry.models.tables import ModelVersion

if TYPE_CHECKING:
    from assessments.validation.measuring import Measured

COMPUTED = "computed"


def validate(database: Database, clock: Clock, runner: Runner, validation_id: int) -> None:
    """Measure a later file and keep the result; asked again it changes nothing.

    A file that cannot be measured is a result too: failed, with the sentence that says why.
    """
    with database.read() as session:
        validation = get_validation(session, validation_id)
        version, done = validation.version, validation.result
        artefact = get_content(session, version.artefact_sha256)
        content = get_content(session, validation.file_sha256)
        first = find_figures(session, version.id)
    if done is not None:
        return
    result = _measure(validation, version, artefact, content, runner, first, clock)
    with database.write() as session:
        fresh = get_validation(session, validation_id)
        result.validation_id, result.computed_at = fresh.id, clock.now()
        result.registered = stood_before(fresh, list(list_validations(session, fresh.version_id)))
        keep_result(session, fresh, result)


def _measure(
    validation: Validation,
    version: ModelVersion,
    artefact: bytes,
    content: bytes,
    runner: Runner,
    first: Figures | None,
    clock: Clock,
) -> ValidationResult:
    from assessments.validation.measuring import measure_later

    try:
        measured = measure_later(validation, version, artefact, content, runner, london_date(clock.now()))
    except Invalid as refused:
        return ValidationResult(code=refused.code, problem=refused.sentence, people=0, summary={}, report={})
    code, problem = find_failure(measured.report) or (COMPUTED, "")
    return ValidationResult(
        code=code,
        problem=problem,
        people=measured.report.overall.measures.people,
        starts_on=measured.starts_on,
        ends_on=measured.ends_on,
        summary=_sum_up(validation, version, measured, first),
        report=measured.report.to_dict(),
    )


def _sum_up(
    validation: Validation, version: ModelVersion, measured: "Measured", first: Figures | None
) -> dict[str, Any]:
    """What pages and facts say of a result, so that they need not read the whole report."""
    overall, name = measured.report.overall, version.outcome_name
    thresholds = validation.plan.said.thresholds if validation.plan else ()
    return {
        "counts": counts_of(overall.measures),
        "sentences": describe(overall.measures, name),
        "judged": [judge(one, overall, measured.gaps).to_dict() for one in thresholds],
        "gap": compare_first(first, overall),
        "baseline": _say_baseline(version, measured, name),
        "tested": find_tested([one.measures for one in measured.report.groups], measured.columns),
        "missing": [f"The file has no column {name}, so it was not tested by it." for name in measured.missing],
        "findings": [*find_sameness(first, overall), *(one.sentence for one in measured.report.findings)],
        "too_good": are_too_good(overall.measures),
    }


def _say_baseline(version: ModelVersion, measured: "Measured", name: str) -> str:
    declared = version.declaration["version"]["evaluation_data"]
    if measured.baseline is None:
        return "The file does not hold the simple rule, so the model was not compared with it."
    rule = declared.get("baseline_name") or "the simple rule"
    return baseline_sentence(measured.baseline, measured.report.overall.measures.people, name, rule)
