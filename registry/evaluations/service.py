"""Keeping what was computed, and asking for a computation."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.jobs.service import enqueue
from foundation.jobs.tables import Job
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from registry.evaluations.tables import Evaluation
from registry.evaluations.values import Figures
from registry.models.tables import ModelVersion

JOB = "evaluate_version"


def ask_for_evaluation(session: Session, version: ModelVersion, asked_by: str, at: datetime) -> Job:
    """Queue the computation for the worker; asked twice it is done once."""
    return enqueue(session, JOB, f"{JOB}:{version.id}", {"version": version.id}, asked_by=asked_by, at=at)


def keep_figures(session: Session, version: ModelVersion, figures: Figures, by: str, at: datetime) -> Evaluation:
    """Store computed figures beside the digests they were computed from (R04)."""
    stored = figures.to_dict()
    evaluation = Evaluation(
        version_id=version.id,
        computed_at=at,
        artefact_sha256=version.artefact_sha256,
        file_sha256=version.evaluation_sha256,
        figures=stored,
    )
    session.add(evaluation)
    session.flush()
    record(
        session,
        "evaluation_computed",
        actor=by,
        at=at,
        model=version.model.slug,
        facts={"version": version.number, "people": figures.people, "figures_sha256": content_digest(stored)},
    )
    return evaluation
