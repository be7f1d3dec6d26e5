"""The only way to change a stage."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor
from foundation.errors import Conflict, Refused
from foundation.ledger.service import record
from foundation.lifecycle.tables import StageChange
from foundation.lifecycle.values import Lifecycle


class Staged(Protocol):
    """A row that has a number and a stage."""

    id: Any
    stage: Any


def move(
    session: Session,
    life: Lifecycle,
    thing: Staged,
    step_name: str,
    actor: Actor,
    at: datetime,
    *,
    reason: str = "",
    model: str | None = None,
    facts: dict[str, Any] | None = None,
) -> StageChange:
    """Take one step: lock the row, then permission, stage, rule, stage-change row, column and ledger entry.

    Refuses with Forbidden (permission), Conflict (the thing is no longer where the step begins) or what the
    step's rule raises. Nothing is committed here.
    """
    step = life.step(step_name)
    session.flush()
    session.refresh(thing, ["stage"], with_for_update=True)  # the stage alone: its row, not what it is joined to
    if step.also is None or not actor.may(step.also):
        check_permission(actor, step.permission)
    if thing.stage not in step.sources:
        now = life.stages[thing.stage].title.lower()
        raise Conflict(f"{life.title} is {now} now, so the step '{step.title}' is no longer possible.")
    if step.rule is not None:
        step.rule(thing, actor)
    if not reason.strip() and step_name in NEEDS_REASON:
        raise Refused(f"The step '{step.title}' needs a reason.", code="reason_missing")
    change = StageChange(
        thing=life.thing,
        thing_id=thing.id,
        step=step.name,
        source=thing.stage,
        target=step.target,
        at=at,
        by_id=actor.account_id,
        reason=reason.strip(),
    )
    thing.stage = step.target
    session.add(change)
    record(
        session,
        "stage_changed",
        actor=actor.reference,
        at=at,
        model=model,
        facts={
            "thing": f"{life.thing}:{thing.id}",
            "step": step.name,
            "from": change.source,
            "to": step.target,
            **(facts or {}),
        },
    )
    return change


NEEDS_REASON = frozenset({"suspend", "step_back", "retire", "reject", "return", "replace", "enter", "close_case"})
"""Steps that stop or change something, and therefore never go without a reason."""
