"""Reading imports and repairs."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from registry.imports.tables import ImportRun, Repair


def list_runs(session: Session) -> Sequence[ImportRun]:
    """Every import, oldest first."""
    return session.scalars(select(ImportRun).order_by(ImportRun.id)).all()


def list_repairs(session: Session) -> Sequence[tuple[Repair, ImportRun]]:
    """Every repair with the file it was made in."""
    rows = select(Repair, ImportRun).join(ImportRun, ImportRun.id == Repair.run_id).order_by(Repair.id)
    return session.execute(rows).tuples().all()


def list_repairs_of(session: Session, run_id: int, row: int) -> Sequence[Repair]:
    """What was repaired in one line of one file."""
    chosen = select(Repair).where(Repair.run_id == run_id, Repair.row == row)
    return session.scalars(chosen.order_by(Repair.id)).all()
