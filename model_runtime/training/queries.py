"""Reading who passed the training for which model."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.clock import london_date
from foundation.errors import NotFound
from model_runtime.training.tables import TrainingAttempt, TrainingModule
from model_runtime.training.values import Training
from registry.evaluations.tables import Evaluation


def find_training(session: Session, account_id: int | None, version_id: int, days: int) -> Training:
    """How an account stands with the training for a version whose passing lasts `days`; another version's is none."""
    session.flush()  # what follows reads the table itself
    asked = {"account": account_id, "version": version_id}
    at = session.connection().execute(PASSED, asked).scalar() if account_id is not None else None
    if at is None:
        return Training(None, None)
    passed_on = london_date(at)
    return Training(passed_on, passed_on + timedelta(days=days))


PASSED = (
    select(TrainingAttempt.at)
    .where(
        TrainingAttempt.account_id == bindparam("account"),
        TrainingAttempt.version_id == bindparam("version"),
        TrainingAttempt.passed.is_(True),
    )
    .order_by(TrainingAttempt.id.desc())
    .limit(1)
)
"""When an account last passed; put together once, for it is asked at every score."""


def find_module(session: Session, version_id: int) -> TrainingModule | None:
    """The newest module of a version, or none while none was built."""
    chosen = select(TrainingModule).where(TrainingModule.version_id == version_id)
    return session.scalars(chosen.order_by(TrainingModule.id.desc()).limit(1)).first()


def get_attempt(session: Session, actor: Actor, attempt_id: int) -> TrainingAttempt:
    """Somebody's own attempt; anybody else's is not found."""
    attempt = session.get(TrainingAttempt, attempt_id)
    if attempt is None or attempt.account_id != actor.account_id:
        raise NotFound("You have no such attempt at a training.")
    return attempt


def list_passed(session: Session, actor: Actor) -> Sequence[TrainingAttempt]:
    """Somebody's own passed attempts, the newest first."""
    mine = TrainingAttempt.account_id == actor.account_id, TrainingAttempt.passed.is_(True)
    return session.scalars(select(TrainingAttempt).where(*mine).order_by(TrainingAttempt.id.desc())).all()


def is_built(session: Session, evaluation_id: int) -> bool:
    """Whether an evaluation has its module."""
    return session.scalar(select(TrainingModule.id).where(TrainingModule.evaluation_id == evaluation_id)) is not None


def list_versions_without(session: Session) -> Sequence[int]:
    """The versions whose newest evaluation has no module yet."""
    built = select(TrainingModule.id).where(TrainingModule.evaluation_id == Evaluation.id).exists()
    chosen = select(Evaluation.version_id).where(~built).distinct().order_by(Evaluation.version_id)
    return session.scalars(chosen).all()
