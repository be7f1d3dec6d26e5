"""Reading attestations, and for whom one is due."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.attestations.rules import find_due, is_near, is_overdue
from assessments.attestations.tables import Attestation
from assessments.attestations.values import ATTEST_EVERY_DAYS
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.tasks import Task
from foundation.web.texts import date_text
from registry.models.queries import list_owned
from registry.models.tables import RiskModel

ENDED = ("rejected", "replaced", "retired")
"""Stages of a use for which nobody has to attest; a model with no other use is left alone."""


def list_attestations(session: Session, model_id: int) -> Sequence[Attestation]:
    """Every attestation of a model, newest first."""
    chosen = select(Attestation).where(Attestation.model_id == model_id).order_by(Attestation.id.desc())
    return session.scalars(chosen).all()


def find_newest(session: Session, model_id: int) -> Attestation | None:
    """The newest attestation of a model, or none."""
    chosen = select(Attestation).where(Attestation.model_id == model_id).order_by(Attestation.id.desc())
    return session.scalars(chosen.limit(1)).first()


def list_tasks(session: Session, actor: Actor, now: datetime, *, days: int = ATTEST_EVERY_DAYS) -> list[Task]:
    """For an owner or deputy: models whose next attestation is near or overdue; `days` one holds."""
    if actor.account_id is None or not actor.may(Permission.SUBMIT_ASSESSMENT):
        return []
    models = [model for model in list_owned(session, actor.account_id) if _is_kept(model)]
    last = _last(session, [model.id for model in models])
    due = {model: find_due(last.get(model.id, model.registered_at), days) for model in models}
    return [_task(model, day, london_date(now)) for model, day in due.items() if is_near(day, london_date(now))]


def _is_kept(model: RiskModel) -> bool:
    return model.held and any(use.stage not in ENDED for use in model.current_uses)


def _last(session: Session, model_ids: Sequence[int]) -> dict[int, datetime]:
    chosen = select(Attestation.model_id, func.max(Attestation.at)).where(Attestation.model_id.in_(model_ids))
    return dict(session.execute(chosen.group_by(Attestation.model_id)).tuples().all())


def _task(model: RiskModel, due: date, today: date) -> Task:
    late = is_overdue(due, today)
    return Task(
        text=f"Attest that you answer for {model.name}",
        endpoint="attestations.show",
        arguments={"slug": model.slug},
        hint=f"{'It was due' if late else 'It is due by'} {date_text(due)}. Open the source first.",
        tag="Overdue" if late else "Due soon",
        tone="bad" if late else "attention",
    )
