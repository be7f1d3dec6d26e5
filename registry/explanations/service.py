"""Keeping how a version works as a whole, and asking for it to be worked out."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.jobs.service import enqueue
from foundation.jobs.tables import Job
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from registry.evaluations.tables import Evaluation
from registry.explanations.tables import Explanation
from registry.explanations.values import Findings
from registry.models.tables import ModelVersion

JOB = "explain_version"


def ask_for_explanation(session: Session, version: ModelVersion, asked_by: str, at: datetime) -> Job:
    """Queue it for the worker; asked twice it is done once."""
    return enqueue(session, JOB, f"{JOB}:{version.id}", {"version": version.id}, asked_by=asked_by, at=at)


def queue_missing(session: Session, at: datetime) -> None:
    """Queue every version that was measured and is not explained yet; each is tried once, and again when asked."""
    explained = select(Explanation.version_id).where(Explanation.artefact_sha256 == ModelVersion.artefact_sha256)
    measured = select(Evaluation.version_id)
    chosen = select(ModelVersion).where(ModelVersion.id.in_(measured), ModelVersion.id.not_in(explained))
    for version in session.scalars(chosen.order_by(ModelVersion.id)).unique():
        ask_for_explanation(session, version, "worker", at)


def keep_findings(session: Session, version: ModelVersion, findings: Findings, by: str, at: datetime) -> Explanation:
    """Store findings beside the digests of the model and the file they were made from (R02)."""
    stored = findings.to_dict()
    explanation = Explanation(
        version_id=version.id,
        computed_at=at,
        artefact_sha256=version.artefact_sha256,
        file_sha256=version.evaluation_sha256,
        findings=stored,
    )
    session.add(explanation)
    session.flush()
    facts = {"version": version.number, "people": findings.people, "findings_sha256": content_digest(stored)}
    record(session, "version_explained", actor=by, at=at, model=version.model.slug, facts=facts)
    return explanation
