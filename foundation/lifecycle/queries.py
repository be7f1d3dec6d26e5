"""Reading stage changes."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.lifecycle.tables import StageChange


def list_changes(session: Session, thing: str, thing_ids: Sequence[int]) -> Sequence[StageChange]:
    """The changes of some things of one kind, oldest first."""
    chosen = select(StageChange).where(StageChange.thing == thing, StageChange.thing_id.in_(thing_ids))
    return session.scalars(chosen.order_by(StageChange.at, StageChange.id)).all()


def find_last_change(session: Session, thing: str, thing_id: int) -> StageChange | None:
    """The newest change of one thing."""
    chosen = select(StageChange).where(StageChange.thing == thing, StageChange.thing_id == thing_id)
    return session.scalars(chosen.order_by(StageChange.id.desc()).limit(1)).first()
