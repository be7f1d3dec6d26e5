"""Reading evaluations."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.evaluations.tables import Evaluation
from registry.evaluations.values import Figures


def find_evaluation(session: Session, version_id: int) -> Evaluation | None:
    """The newest evaluation of a version."""
    chosen = select(Evaluation).where(Evaluation.version_id == version_id).order_by(Evaluation.id.desc())
    return session.scalars(chosen.limit(1)).first()


def find_figures(session: Session, version_id: int) -> Figures | None:
    """The newest figures of a version, or none while they are being computed."""
    evaluation = find_evaluation(session, version_id)
    return Figures.from_dict(evaluation.figures) if evaluation else None
