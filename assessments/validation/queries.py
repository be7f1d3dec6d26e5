"""Reading plans, validations, claims, and figures that are too good to be believed."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.validation.tables import ClaimedFigures, LeakageReview, SuccessPlan, Validation
from foundation.errors import NotFound
from registry.evaluations.claims import is_too_good
from registry.evaluations.queries import find_evaluation
from registry.evaluations.values import Figures


@dataclass(frozen=True)
class TooGood:
    """Figures that need a leakage review: which row, in words, who entered it, and the review if there is one."""

    about: str
    about_id: int
    words: str
    entered_by_id: int | None
    review: LeakageReview | None


def find_plan(session: Session, version_id: int) -> SuccessPlan | None:
    """The newest plan of a version, or none."""
    chosen = select(SuccessPlan).where(SuccessPlan.version_id == version_id).order_by(SuccessPlan.number.desc())
    return session.scalars(chosen.limit(1)).first()


def list_plans(session: Session, version_id: int) -> Sequence[SuccessPlan]:
    """Every plan of a version, newest first."""
    chosen = select(SuccessPlan).where(SuccessPlan.version_id == version_id)
    return session.scalars(chosen.order_by(SuccessPlan.number.desc())).all()


def get_validation(session: Session, validation_id: int) -> Validation:
    """A validation by number."""
    validation = session.get(Validation, validation_id)
    if validation is None:
        raise NotFound("There is no such validation.")
    return validation


def list_validations(session: Session, version_id: int) -> Sequence[Validation]:
    """Every validation of a version, newest first."""
    chosen = select(Validation).where(Validation.version_id == version_id).order_by(Validation.id.desc())
    return session.scalars(chosen).all()


def find_counted(validations: Sequence[Validation]) -> Validation | None:
    """Of validations, newest first, the one that counts: the newest whose plan stood before and that did not fail.

    A later one that failed or was not registered before does not take its place, and is shown beside it.
    """
    return next((one for one in validations if one.result and one.result.registered and not one.result.failed), None)


def list_claims(session: Session, version_id: int) -> Sequence[ClaimedFigures]:
    """Every kept set of claimed figures of a version, newest first."""
    chosen = select(ClaimedFigures).where(ClaimedFigures.version_id == version_id)
    return session.scalars(chosen.order_by(ClaimedFigures.id.desc())).all()


def list_too_good(session: Session, version_id: int, validations: Sequence[Validation]) -> list[TooGood]:
    """The newest own figures, every later result and every claim with precision and recall above 0.98 (R35)."""
    found: list[tuple[str, int, str, int | None]] = []
    evaluation = find_evaluation(session, version_id)
    if evaluation and _too_good(Figures.from_dict(evaluation.figures)):
        found.append(("evaluation", evaluation.id, "The figures on the evaluation file", None))
    for one in validations:
        if one.result and one.result.summary.get("too_good"):
            found.append(("validation", one.id, f"The figures on {one.file_name}", one.asked_by_id))
    for claim in list_claims(session, version_id):
        if claim.verdict["leakage_review"]:
            found.append(("claims", claim.id, f"The figures claimed by {claim.source}", claim.entered_by_id))
    signed = _list_signed(session, version_id) if found else {}
    return [TooGood(*one, signed.get(one[:2])) for one in found]


def find_review(session: Session, about: str, about_id: int) -> LeakageReview | None:
    """The leakage review of one set of figures, or none."""
    chosen = select(LeakageReview).where(LeakageReview.about == about, LeakageReview.about_id == about_id)
    return session.scalars(chosen).first()


def _list_signed(session: Session, version_id: int) -> dict[tuple[str, int], LeakageReview]:
    reviews = session.scalars(select(LeakageReview).where(LeakageReview.version_id == version_id)).all()
    return {(one.about, one.about_id): one for one in reviews}


def _too_good(figures: Figures) -> bool:
    precision, recall = figures.overall.precision, figures.overall.recall
    return precision.assessed and recall.assessed and is_too_good(precision.rate, recall.rate)
