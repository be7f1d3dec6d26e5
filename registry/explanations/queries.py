"""Reading how a version works as a whole."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.explanations.tables import Explanation
from registry.explanations.values import Findings
from registry.models.tables import ModelVersion


def find_explanation(session: Session, version: ModelVersion) -> Explanation | None:
    """The newest explanation of a version, made from the very bytes it has; none while there is none."""
    chosen = select(Explanation).where(Explanation.version_id == version.id)
    chosen = chosen.where(Explanation.artefact_sha256 == version.artefact_sha256)
    return session.scalars(chosen.order_by(Explanation.id.desc()).limit(1)).first()


def find_findings(session: Session, version: ModelVersion) -> Findings | None:
    """What was found about a version, or none."""
    explanation = find_explanation(session, version)
    return Findings.from_dict(explanation.findings) if explanation else None
