"""Reading concerns: for oversight and owners without the person's reference, for whoever raised them their own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.rules import ask
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.tasks import Task
from foundation.web.texts import date_text
from model_runtime.concerns.rules import check_may_answer, is_overdue, may_see
from model_runtime.concerns.tables import Concern
from model_runtime.scores.tables import Score

MISSING = "There is no concern with this reference among those you look after."


def get_concern(session: Session, actor: Actor, reference: str) -> Concern:
    """A concern by its reference, for oversight, its model's owner or whoever raised it; otherwise not found."""
    plain = reference.isascii() and reference.isprintable()
    found = session.scalars(select(Concern).where(Concern.reference == reference)).first() if plain else None
    if found is None or not (_raised(actor, found) or may_see(actor, found.score.use.version.model)):
        raise NotFound(MISSING)
    return found


def list_seen(session: Session, actor: Actor) -> list[Concern]:
    """The concerns an actor looks after, the newest first."""
    rows = session.scalars(select(Concern).order_by(Concern.id.desc()))
    return [row for row in rows if may_see(actor, row.score.use.version.model)]


def list_raised(session: Session, actor: Actor) -> Sequence[Concern]:
    """Somebody's own concerns, the newest first."""
    return session.scalars(
        select(Concern).where(Concern.raised_by_id == actor.account_id).order_by(Concern.id.desc())
    ).all()


def list_of_use(session: Session, use_id: int) -> Sequence[Concern]:
    """The concerns about scores of one use, oldest first."""
    chosen = select(Concern).join(Score, Score.id == Concern.score_id).where(Score.use_id == use_id)
    return session.scalars(chosen.order_by(Concern.id)).all()


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For owners and the data protection officer: concerns to answer, with the last day."""
    if not actor.may(Permission.SEE_CONCERNS):
        return []
    today = london_date(now)
    waiting = [one for one in reversed(list_seen(session, actor)) if one.answer is None]
    return [
        Task(
            text=f"Answer a concern about {one.score.use.version.title}",
            endpoint="concerns.show",
            arguments={"reference": one.reference},
            since=one.at,
            hint=f"A practitioner raised it. The last day is {date_text(one.due_on)}.",
            tag="Overdue" if is_overdue(one, today) else "Concern to answer",
            tone="bad" if is_overdue(one, today) else "attention",
        )
        for one in waiting
        if ask(check_may_answer, actor, one.score.use.version.model) is None
    ]


def _raised(actor: Actor, concern: Concern) -> bool:
    return actor.account_id is not None and actor.account_id == concern.raised_by_id
