"""Reading scores, refusals and viewings."""

import hmac
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor
from foundation.errors import NotFound, Unavailable
from model_runtime.scores.audience import check_shown, check_team
from model_runtime.scores.rules import commit_to
from model_runtime.scores.tables import Refusal, Score, Viewing
from model_runtime.scores.values import AdvisoryScore
from registry.models.tables import Approval, ModelVersion, Use


def find_answer(session: Session, request_key: str) -> Score | Refusal | None:
    """What a request was answered with, if it was made before."""
    row = session.connection().execute(ANSWERED, {"key": request_key}).first()
    if row is None:
        return None
    return session.get(Score, row.id) if row.given else session.get(Refusal, row.id)


ANSWERED = union_all(
    select(Score.id, literal(True).label("given")).where(Score.request_key == bindparam("key")),
    select(Refusal.id, literal(False)).where(Refusal.request_key == bindparam("key")),
)


def get_score(session: Session, actor: Actor, reference: str) -> Score:
    """A score of somebody the actor's agency works with; any other is not found.

    Refused (R08): one that was given in the shadow, and one that was given in a pilot, to other teams than its own.
    """
    score = get_recorded(session, actor, reference)
    check_shown(score)
    check_team(approval_of(score).pilot, actor, score.asked_by_id)
    return score


def approval_of(score: Score) -> Approval:
    """The approval a score was given under."""
    return next(one for one in score.use.approvals if one.id == score.approval_id)


def get_recorded(session: Session, actor: Actor, reference: str) -> Score:
    """The same, also when it was given in the shadow: to say that it was recorded, and nothing of what it says."""
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
    """The advisory score of a row; one in the shadow, incomplete, or changed after it was given is not shown."""
    check_shown(score)
    if not hmac.compare_digest(commit_to(score.advisory, score.salt), score.commitment):
        raise Unavailable(
            "This score was changed after it was given, and is not shown. Tell the data protection officer.",
            code="score_changed",
        )
    return AdvisoryScore.from_dict(score.advisory)


def list_scores_of_person(session: Session, person_id: int) -> Sequence[Score]:
    """A person's scores that people are shown, newest first; none that was given in the shadow (R08)."""
    shown = select(Score).where(Score.person_id == person_id, Score.shadow.is_(False))
    return session.scalars(shown.order_by(Score.id.desc())).all()


def count_in_shadow(session: Session, person_id: int) -> int:
    """How many scores about a person were recorded in the shadow: all that anybody is told of them (R08)."""
    recorded = select(func.count(Score.id)).where(Score.person_id == person_id, Score.shadow.is_(True))
    return session.scalar(recorded) or 0


def list_refusals_of_person(session: Session, person_id: int) -> Sequence[Refusal]:
    """What was asked about a person and not given, newest first."""
    return session.scalars(select(Refusal).where(Refusal.person_id == person_id).order_by(Refusal.id.desc())).all()


def list_scores_of_use(
    session: Session, use_id: int, start: datetime | None = None, end: datetime | None = None
) -> Sequence[Score]:
    """The scores of a use, oldest first, given from `start` up to but not at `end`, those in the shadow too.

    To measure with, and to look back at people; none of them is shown from here.
    """
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
