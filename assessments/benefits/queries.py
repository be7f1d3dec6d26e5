"""Reading benefit evaluations and the approvals they are about."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.benefits.rules import check_until
from assessments.benefits.tables import BenefitEvaluation
from assessments.impact.queries import latest_end
from registry.models.queries import find_approval
from registry.models.tables import Approval, Use
from registry.models.values import PermissionStage


def list_benefits(session: Session, use: Use) -> Sequence[BenefitEvaluation]:
    """The benefit evaluations of a use in all its editions, newest period first."""
    chosen = select(BenefitEvaluation).where(BenefitEvaluation.use_id.in_(_editions(use)))
    return session.scalars(chosen.order_by(BenefitEvaluation.ends_on.desc(), BenefitEvaluation.id.desc())).all()


def list_approvals(session: Session, use: Use) -> Sequence[Approval]:
    """Every approval this version ever had for the use, in any edition, oldest first."""
    chosen = select(Approval).where(Approval.use_id.in_(_editions(use)))
    return session.scalars(chosen.order_by(Approval.id)).all()


def _editions(use: Use) -> list[int]:
    return [one.id for one in use.version.uses if one.code == use.code]


def check_may_run_until(session: Session, use: Use, permission: PermissionStage | None, until: date) -> None:
    """Whether a use may be approved until a day; without `permission` that of the approval that stands (R31, R32)."""
    standing = find_approval(session, use)
    how_far = permission or (standing.stage if standing else None)
    listed = list_approvals(session, use) if how_far is PermissionStage.OPERATIONAL else []
    operated = [one for one in listed if one.stage is PermissionStage.OPERATIONAL]
    check_until(until, latest_end(session, use), operated, [one.ends_on for one in list_benefits(session, use)])
