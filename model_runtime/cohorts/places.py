"""Who has a place in a pilot: everybody who was scored under its approval, alone or in a finished run (R08)."""

from sqlalchemy import ColumnElement, Select, func, select, union
from sqlalchemy.orm import Session

from model_runtime.cohorts.tables import CohortRun, CohortScore
from model_runtime.cohorts.values import SCORED
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from registry.models.tables import Approval


def count_beside(session: Session, approval: Approval, reference: str) -> tuple[int, bool]:
    """How many people have their place from a run alone, and whether this person was in one."""
    in_runs = _in_runs(approval)
    beside = in_runs.where(CohortScore.person_reference.not_in(_alone(approval))).subquery()
    mine = in_runs.where(CohortScore.person_reference == reference).exists()
    counted = select(func.count()).select_from(beside).scalar_subquery()
    return session.execute(select(counted, mine)).tuples().one()


def count_places(session: Session, approval: Approval, run: CohortRun) -> tuple[int, int]:
    """How many people were scored under a pilot's approval before this run, and how many it would add."""
    both = union(_alone(approval), _in_runs(approval)).subquery()
    taken = session.scalar(select(func.count()).select_from(both)) or 0
    mine = select(CohortScore.person_reference).where(CohortScore.run_id == run.id, CohortScore.code == SCORED)
    new = mine.where(CohortScore.person_reference.not_in(select(both.c[0]))).subquery()
    return taken, session.scalar(select(func.count()).select_from(new)) or 0


def _alone(approval: Approval) -> Select[str]:
    chosen = select(Person.reference).join(Score, Score.person_id == Person.id)
    return chosen.where(Score.use_id == approval.use_id, Score.approval_id == approval.id).distinct()


def _in_runs(approval: Approval) -> Select[str]:
    chosen = select(CohortScore.person_reference).join(CohortRun, CohortRun.id == CohortScore.run_id)
    return chosen.where(*_visible(approval)).distinct()


def _visible(approval: Approval) -> tuple[ColumnElement[bool], ...]:
    """Rows of people who were scored in runs that were finished under an approval."""
    return CohortRun.approval_id == approval.id, CohortRun.stage == "finished", CohortScore.code == SCORED
