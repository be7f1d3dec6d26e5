"""Reading plans: which one is in force for a use, and every version there was (R12).

The editions of a use share their plan: entering another edition never takes back what the committee decided.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from registry.models.tables import ModelVersion, Use
from registry.watch_plans.rules import check_intact
from registry.watch_plans.tables import PlanVersion
from registry.watch_plans.values import UNPLANNED, WatchPlan


def plan_of(session: Session, use: Use) -> WatchPlan:
    """The plan in force of a use: the newest version the committee put in force, otherwise what was declared.

    Refused (plan_changed) when the version was changed in the database.
    """
    standing = find_in_force(session, use)
    return declared_plan(use.version) if standing is None else read_plan(standing)


def declared_plan(version: ModelVersion) -> WatchPlan:
    """Plan number 1: what the version declares."""
    declared = version.declaration.get("watch")
    return WatchPlan.from_dict(declared) if declared else UNPLANNED


def get_plan(session: Session, use: Use, number: int) -> WatchPlan:
    """A version of a use's plan by its number, whatever became of it."""
    if number == 1:
        return declared_plan(use.version)
    for version in list_versions(session, use):
        if version.number == number:
            return read_plan(version)
    raise NotFound("There is no such watch plan.")


def read_plan(version: PlanVersion) -> WatchPlan:
    """What a kept version says. Refused (plan_changed) when it was changed in the database."""
    check_intact(version)
    return version.plan


def plan_before(session: Session, version: PlanVersion) -> WatchPlan:
    """The plan that was in force when a version was proposed, to be shown beside it."""
    earlier = [one for one in list_versions(session, version.use) if one.number < version.number]
    stood = next((one for one in earlier if one.stage in ("in_force", "replaced")), None)
    return declared_plan(version.use.version) if stood is None else stood.plan


def find_in_force(session: Session, use: Use) -> PlanVersion | None:
    """The version the committee put in force, or none while the declared plan holds."""
    return next((one for one in list_versions(session, use) if one.stage == "in_force"), None)


def find_proposed(session: Session, use: Use) -> PlanVersion | None:
    """The version that waits for the committee, or none."""
    return next((one for one in list_versions(session, use) if one.stage == "proposed"), None)


def list_cadences(session: Session, use: Use) -> list[tuple[datetime | None, str]]:
    """How often a use was watched from when on, oldest first; the first is what was declared."""
    decided = [one for one in reversed(list_versions(session, use)) if one.stage in ("in_force", "replaced")]
    changes = [(one.decided_at, one.plan.cadence) for one in decided]
    return [(None, declared_plan(use.version).cadence), *changes]


def cadence_of(cadences: Sequence[tuple[datetime | None, str]], at: datetime) -> str:
    """How often it was watched at a moment."""
    return [cadence for since, cadence in cadences if since is None or since <= at][-1]


def cadence_at(session: Session, use: Use, at: datetime) -> str:
    """How often a use was watched at a moment: nightly, weekly or monthly."""
    return cadence_of(list_cadences(session, use), at)


def list_versions(session: Session, use: Use) -> Sequence[PlanVersion]:
    """Every version of a use's plan after the declared one, newest first."""
    editions = [one.id for one in use.version.uses if one.code == use.code]
    chosen = select(PlanVersion).where(PlanVersion.use_id.in_(editions))
    return session.scalars(chosen.order_by(PlanVersion.number.desc())).all()
