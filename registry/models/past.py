"""Models as at a past moment: what was registered, at which stage, approved until when (R50).

A use's stage then is that of its last step by then; the first edition of a use begins with its version, a later one
with its own first step. Who owns a model never changes once it is held.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from foundation.lifecycle.tables import StageChange
from registry.models.tables import Approval, ModelVersion, Use
from registry.models.values import USE_LIFE


def stage_at(moment: datetime | None) -> ColumnElement[str]:
    """A use's stage at a moment, for a statement that also names its version; null before it was entered."""
    if moment is None:
        return Use.stage.expression
    own = StageChange.thing == USE_LIFE.thing, StageChange.thing_id == Use.id, StageChange.at <= moment
    last = select(StageChange.target).where(*own).order_by(StageChange.id.desc()).limit(1)
    began = case((and_(Use.edition == 1, ModelVersion.registered_at <= moment), literal(USE_LIFE.first)))
    return func.coalesce(last.correlate(Use).scalar_subquery(), began)


def stood_at(moment: datetime | None) -> ColumnElement[bool]:
    """Whether an approval had been granted and had not been ended by a moment; that it expired is another matter."""
    if moment is None:
        return Approval.ended_at.is_(None)
    return and_(Approval.granted_at <= moment, or_(Approval.ended_at.is_(None), Approval.ended_at > moment))


def list_stages(session: Session, uses: Iterable[Use], moment: datetime | None) -> dict[int, str]:
    """The stages of uses at a moment, by their numbers; those that were not there yet are left out."""
    if moment is None:
        return {use.id: use.stage for use in uses}
    chosen = select(Use.id, stage_at(moment)).join(Use.version).where(Use.id.in_([use.id for use in uses]))
    return {use_id: stage for use_id, stage in session.execute(chosen).tuples() if stage}


def newest_then(uses: Iterable[Use], stages: dict[int, str]) -> list[Use]:
    """The newest edition of each use among those that were there."""
    there = sorted((use for use in uses if use.id in stages), key=lambda use: use.edition)
    return sorted({use.code: use for use in there}.values(), key=lambda use: use.id)
