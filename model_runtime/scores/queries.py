"""Reading scores, refusals and viewings."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.errors import NotFound, Unavailable
from model_runtime.scores.rules import commit_to
from model_runtime.scores.tables import Refusal, Score, Viewing
from model_runtime.scores.values import AdvisoryScore
from registry.models.tables import ModelVersion, Use


def find_answer(session: Session, request_key: str) -> Score | Refusal | None:
    """What a request was answered with, if it was made before."""
    score = session.scalars(select(Score).where(Score.request_key == request_key)).first()
    return score or session.scalars(select(Refusal).where(Refusal.request_key == request_key)).first()


def get_score(session: Session, actor: Actor, reference: str) -> Score:
    """A score of somebody the actor's agency works with; any other is not found."""
    score = session.scalars(select(Score).where(Score.reference == _plain(reference))).first()
    if score is None or actor.agency is None or score.person.agency_code != actor.agency:
        raise NotFound("There is no score with this reference among those of your agency.")
    return score


def get_refusal(session: Session, actor: Actor, reference: str) -> Refusal:
    """A refusal about somebody the actor's agency works with; any other is not found."""
    refusal = session.scalars(select(Refusal).where(Refusal.reference == _plain(reference))).first()
    agency = refusal.person.agency_code if refusal is not None and refusal.person is not None else None
    if refusal is None or actor.agency is None or agency != actor.agency:
        raise NotFound("There is no refusal with this reference among those of your agency.")
    return refusal


def read_advisory(score: Score) -> AdvisoryScore:
    """The advisory score of a row; one that is incomplete or was changed after it was given is not shown."""
    if not hmac.compare_digest(commit_to(score.advisory, score.salt), score.commitment):
        raise Unavailable(
            "This score was changed after it was given, and is not shown. Tell the data protection officer.",
            code="score_changed",
        )
    return AdvisoryScore.from_dict(score.advisory)


def list_scores_of_person(session: Session, person_id: int) -> Sequence[Score]:
    """A person's scores, newest first."""
    return session.scalars(select(Score).where(Score.person_id == person_id).order_by(Score.id.desc())).all()


def list_refusals_of_person(session: Session, person_id: int) -> Sequence[Refusal]:
    """What was asked about a person and not given, newest first."""
    return session.scalars(select(Refusal).where(Refusal.person_id == person_id).order_by(Refusal.id.desc())).all()


def list_scores_of_use(
    session: Session, use_id: int, start: datetime | None = None, end: datetime | None = None
) -> Sequence[Score]:
    """The scores of a use, oldest first, given from `start` up to but not at `end`."""
    chosen = select(Score).where(Score.use_id == use_id).order_by(Score.at, Score.id)
    chosen = chosen.where(Score.at >= start) if start is not None else chosen
    return session.scalars(chosen.where(Score.at < end) if end is not None else chosen).all()


def count_scores(session: Session, model_id: int) -> int:
    """How many scores a model gave, in all its versions and uses (R43)."""
    chosen = select(func.count(Score.id)).join(Use, Use.id == Score.use_id).join(ModelVersion)
    return session.scalar(chosen.where(ModelVersion.model_id == model_id)) or 0


def count_refusals_by_code(session: Session, model_id: int) -> dict[str, int]:
    """How often each gate refused a model's scores, the most frequent first (R43)."""
    chosen = select(Refusal.code, func.count(Refusal.id)).join(Use, Use.id == Refusal.use_id).join(ModelVersion)
    chosen = chosen.where(ModelVersion.model_id == model_id).group_by(Refusal.code)
    return dict(session.execute(chosen.order_by(func.count(Refusal.id).desc(), Refusal.code)).tuples().all())


def count_viewings(session: Session, model_id: int) -> int:
    """How often scores of a model were looked at (R43)."""
    chosen = select(func.count(Viewing.id)).join(Score, Score.id == Viewing.score_id)
    chosen = chosen.join(Use, Use.id == Score.use_id).join(ModelVersion)
    return session.scalar(chosen.where(ModelVersion.model_id == model_id)) or 0


def list_recent_refusals(session: Session, limit: int = 100) -> Sequence[Refusal]:
    """The newest refusals of every model first."""
    return session.scalars(select(Refusal).order_by(Refusal.id.desc()).limit(limit)).all()


def _plain(reference: str) -> str:
    return reference if reference.isascii() and reference.isprintable() else ""
