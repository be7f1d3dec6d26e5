"""Reading judgements, and the scores that still wait for one."""

from collections.abc import Sequence
from datetime import datetime
from statistics import median

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.tasks import Task
from model_runtime.judgements.tables import FirstView, Judgement
from model_runtime.judgements.values import NEWEST, Practice, View
from model_runtime.scores.tables import Score, Viewing
from registry.models.tables import ModelVersion, Use


def find_judgement(session: Session, score_id: int, account_id: int | None) -> Judgement | None:
    """Somebody's judgement on a score, or none."""
    chosen = select(Judgement).where(Judgement.score_id == score_id, Judgement.by_id == account_id)
    return session.scalars(chosen).first()


def find_first_view(session: Session, score_id: int, account_id: int | None) -> FirstView | None:
    """Somebody's own view of the person, recorded before they saw the score, or none."""
    chosen = select(FirstView).where(FirstView.score_id == score_id, FirstView.by_id == account_id)
    return session.scalars(chosen).first()


def has_seen(session: Session, score_id: int, account_id: int | None) -> bool:
    """Whether somebody looked at a score."""
    mine = Viewing.score_id == score_id, Viewing.by_id == account_id
    return session.scalars(select(Viewing.id).where(*mine).limit(1)).first() is not None


def has_said(session: Session, score_id: int, account_id: int | None) -> bool:
    """Whether nobody has to ask for somebody's first view any more: it is recorded, or it is too late for one (R39).

    Who saw the score before the committee asked for first views, or judged it, has no first view of it left.
    """
    if find_first_view(session, score_id, account_id) or find_judgement(session, score_id, account_id):
        return True
    return has_seen(session, score_id, account_id)


def list_judgements(session: Session, score_id: int) -> Sequence[Judgement]:
    """Every judgement on a score, oldest first."""
    return session.scalars(select(Judgement).where(Judgement.score_id == score_id).order_by(Judgement.id)).all()


def count_views(session: Session, model_id: int) -> dict[str, int]:
    """How often a model's scores were agreed with, disagreed with and not used (R07, R43)."""
    chosen = select(Judgement.view, func.count(Judgement.id)).join(Score, Score.id == Judgement.score_id)
    chosen = chosen.join(Use, Use.id == Score.use_id).join(ModelVersion).where(ModelVersion.model_id == model_id)
    return dict(session.execute(chosen.group_by(Judgement.view)).tuples().all())


def read_practice(session: Session, use_id: int) -> Practice:
    """How a use's scores are looked at and judged (R07); scores in the shadow are not, and are not counted."""
    shown = Score.use_id == use_id, Score.shadow.is_(False)
    looked = select(func.count(Viewing.score_id.distinct())).join(Score, Score.id == Viewing.score_id).where(*shown)
    answered = looked.join(Judgement, Judgement.score_id == Score.id)
    given = select(func.count(Score.id)).where(*shown)
    counts = select(*(one.scalar_subquery() for one in (given, looked, answered)))
    scores, viewed, judged = session.execute(counts).tuples().one()
    own = Viewing.score_id == Judgement.score_id, Viewing.by_id == Judgement.by_id, Viewing.at <= Judgement.at
    first = select(func.min(Viewing.at)).where(*own).correlate(Judgement).scalar_subquery()
    newest = select(Judgement.view, Judgement.at, first).join(Score, Score.id == Judgement.score_id).where(*shown)
    rows = session.execute(newest.order_by(Judgement.id.desc()).limit(NEWEST)).tuples().all()
    waits = [(at - seen).total_seconds() for _, at, seen in rows if seen is not None]
    agreed = sum(view == View.AGREE for view, _, _ in rows)
    return Practice(scores, viewed, judged, len(rows), agreed, median(waits) if waits else None)


def list_waiting(session: Session, account_id: int) -> Sequence[Score]:
    """The scores somebody asked for, is shown and has not judged yet, oldest first."""
    mine = and_(Judgement.score_id == Score.id, Judgement.by_id == account_id)
    chosen = select(Score).join(Judgement, mine, isouter=True).where(Score.asked_by_id == account_id)
    chosen = chosen.where(Score.shadow.is_(False))
    return session.scalars(chosen.where(Judgement.id.is_(None)).order_by(Score.at, Score.id)).all()


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For a practitioner: a judgement to record on each score they asked for, the longest wait first."""
    if actor.account_id is None or not actor.may(Permission.RECORD_JUDGEMENT):
        return []
    return [
        Task(
            text=f"Record your judgement about person {score.person.reference}",
            endpoint="scores.show",
            arguments={"reference": score.reference},
            since=score.at,
            hint=f"You asked for an advisory score: {score.use.purpose[:1].lower()}{score.use.purpose[1:]}.",
            tag="Judgement to record",
            tone="info",
        )
        for score in list_waiting(session, actor.account_id)
        if score.person.agency_code == actor.agency
    ]
