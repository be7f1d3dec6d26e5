"""Reading impact assessments: of a model, those that cover a version, until when they carry a use, what is to do."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from assessments.impact.tables import ImpactAssessment
from assessments.impact.values import ADVISED, KINDS, NEEDED
from foundation.accounts.values import Actor, Permission, Role
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.tasks import Task
from foundation.web.texts import date_text
from registry.models.queries import list_owned
from registry.models.tables import ModelVersion, RiskModel, Use
from registry.models.values import Regime

SOON = timedelta(days=30)
"""How long before it ends a document is called up."""
OVER = ("replaced", "retired")


def get_impact(session: Session, impact_id: int) -> ImpactAssessment:
    """An impact assessment by number."""
    impact = session.get(ImpactAssessment, impact_id)
    if impact is None:
        raise NotFound("There is no such impact assessment.")
    return impact


def list_impacts(session: Session, model_id: int) -> Sequence[ImpactAssessment]:
    """Every impact assessment of a model, newest first."""
    chosen = select(ImpactAssessment).where(ImpactAssessment.model_id == model_id)
    return session.scalars(chosen.order_by(ImpactAssessment.id.desc())).all()


def find_current(session: Session, version: ModelVersion) -> dict[str, ImpactAssessment]:
    """The newest impact assessment of each kind that covers a version."""
    listed = reversed(list_impacts(session, version.model_id))
    return {impact.kind: impact for impact in listed if version.number in impact.covers}


def latest_end(session: Session, use: Use) -> date | None:
    """The last day on which every impact assessment a use needs still holds; None when one is not there (R32)."""
    current = find_current(session, use.version)
    needed = NEEDED[Regime(use.regime)]
    if any(kind not in current for kind in needed):
        return None
    return min(current[kind].review_on for kind in needed)


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """Advice that the data protection officer has to record, and, for owners, documents that end soon or have ended."""
    advises, owns_some = Role.DATA_PROTECTION_OFFICER in actor.roles, actor.may(Permission.SUBMIT_ASSESSMENT)
    if actor.account_id is None or not (advises or owns_some):
        return []
    mine = {model.id for model in list_owned(session, actor.account_id)} if owns_some else set()
    tasks = []
    for impact, model in _list_newest(session):
        if advises and impact.kind in ADVISED and all(one.quoted for one in impact.advice):
            tasks.append(_advice_task(impact, model))
        if model.id in mine and impact.review_on <= london_date(now) + SOON:
            tasks.append(_ending_task(impact, model, london_date(now)))
    return tasks


def _list_newest(session: Session) -> list[tuple[ImpactAssessment, RiskModel]]:
    """The newest document of each kind of every model that has a use which is not over."""
    newest = select(func.max(ImpactAssessment.id)).group_by(ImpactAssessment.model_id, ImpactAssessment.kind)
    chosen = select(ImpactAssessment, RiskModel).join(RiskModel, RiskModel.id == ImpactAssessment.model_id)
    rows = session.execute(chosen.where(ImpactAssessment.id.in_(newest)).order_by(ImpactAssessment.id)).all()
    return [(impact, model) for impact, model in rows if any(use.stage not in OVER for use in model.current_uses)]


def _advice_task(impact: ImpactAssessment, model: RiskModel) -> Task:
    return Task(
        text=f"Record your advice: {KINDS[impact.kind]} of {model.name}",
        endpoint="impact.advise",
        arguments={"impact_id": impact.id},
        since=impact.entered_at,
        hint=f"Version {impact.document_version}",
        tag="Advice to record",
        tone="attention",
    )


def _ending_task(impact: ImpactAssessment, model: RiskModel, today: date) -> Task:
    over = impact.review_on < today
    return Task(
        text=f"Review the {KINDS[impact.kind][:1].lower()}{KINDS[impact.kind][1:]} of {model.name}",
        endpoint="impact.show",
        arguments={"use_id": model.current_uses[0].id},
        hint=f"It {'held' if over else 'holds'} until {date_text(impact.review_on)}. Nothing is approved without it.",
        tag="Ended" if over else "Ends soon",
        tone="bad" if over else "attention",
    )
