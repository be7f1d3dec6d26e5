"""Reading imports, repairs and files that wait for somebody."""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from registry.catalogue.values import Thing
from registry.imports.tables import ImportRun, Proposal, Repair


def list_runs(session: Session) -> Sequence[ImportRun]:
    """Every import, oldest first."""
    return session.scalars(select(ImportRun).order_by(ImportRun.id)).all()


def get_run(session: Session, run_id: int) -> ImportRun:
    """One import; an unknown one is refused."""
    run = session.get(ImportRun, run_id)
    if run is None:
        raise NotFound("There is no such import.")
    return run


def list_repairs(session: Session) -> Sequence[tuple[Repair, ImportRun]]:
    """Every repair with the file it was made in."""
    rows = select(Repair, ImportRun).join(ImportRun, ImportRun.id == Repair.run_id).order_by(Repair.id)
    return session.execute(rows).tuples().all()


def count_repairs(session: Session) -> Mapping[int, int]:
    """How many values were repaired in each import that repaired any."""
    return dict(session.execute(select(Repair.run_id, func.count()).group_by(Repair.run_id)).tuples().all())


def list_repairs_of(session: Session, run_id: int, row: int | None = None) -> Sequence[Repair]:
    """What was repaired in one file, or in one line of it."""
    chosen = select(Repair).where(Repair.run_id == run_id)
    chosen = chosen if row is None else chosen.where(Repair.row == row)
    return session.scalars(chosen.order_by(Repair.id)).all()


def get_proposal(session: Session, proposal_id: int) -> Proposal:
    """A file that somebody handed in; an unknown one is refused."""
    proposal = session.get(Proposal, proposal_id)
    if proposal is None:
        raise NotFound("There is no such proposed import.")
    return proposal


def list_proposals(session: Session) -> Sequence[Proposal]:
    """Files that wait for somebody to accept or discard them, oldest first."""
    return session.scalars(select(Proposal).where(Proposal.stage == "proposed").order_by(Proposal.id)).all()


def find_waiting(session: Session, thing: Thing, sha256: str) -> Proposal | None:
    """The proposal that holds the same file and waits."""
    chosen = select(Proposal).where(Proposal.file_sha256 == sha256, Proposal.thing == thing.value)
    return session.scalars(chosen.where(Proposal.stage == "proposed")).first()


def find_proposal_of(session: Session, run_id: int) -> Proposal | None:
    """What an import was proposed as: who handed it in, who accepted it."""
    return session.scalars(select(Proposal).where(Proposal.run_id == run_id)).first()
