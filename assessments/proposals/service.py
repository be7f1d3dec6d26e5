"""Putting a change of how a use is watched before the committee (R12)."""

from datetime import datetime

from sqlalchemy.orm import Session

from assessments.committee.service import open_item
from assessments.committee.tables import AgendaItem
from foundation.accounts.values import Actor
from registry.models.tables import Use
from registry.watch_plans.service import propose
from registry.watch_plans.values import WatchPlan


def propose_plan(session: Session, actor: Actor, use: Use, plan: WatchPlan, reason: str, at: datetime) -> AgendaItem:
    """Propose another plan and put it on the agenda; the plan in force stays until the committee decides otherwise.

    By the owner or deputy, with a reason, one at a time; a stricter plan is a committee matter like a looser one.
    """
    version = propose(session, actor, use, plan, reason, at)
    return open_item(
        session,
        use,
        kind="watch_plan",
        title=f"{use.version.model.name[:120]}: how it is watched",
        question=f"Its owner asks that {use.version.title}, is watched by plan {version.number} from now on: "
        f"{version.reason} Is it to be put in force?",
        at=at,
        actor=actor,
        plan=version,
    )
