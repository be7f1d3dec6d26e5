"""Rules of watch plans; pure, each refusal a sentence (R12)."""

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.errors import Conflict, Invalid, Refused, Unavailable
from foundation.ledger.values import content_digest
from registry.models.rules import check_owns
from registry.models.tables import Use
from registry.watch_plans.tables import PlanVersion
from registry.watch_plans.values import WatchPlan

WATCHED = ("approved", "suspended")
"""Stages of a use whose plan is changed by a proposal; before that it is part of what is registered and approved."""


def check_may_propose(use: Use, waiting: PlanVersion | None, actor: Actor) -> None:
    """The owner or deputy proposes another plan of an approved or suspended use, one at a time (R12)."""
    check_permission(actor, Permission.SUBMIT_ASSESSMENT)
    check_owns(use, actor)
    if use.stage not in WATCHED:
        sentence = "How a use is watched is changed while it is approved or suspended. Before that, it is registered."
        raise Refused(sentence, code="not_watched")
    if waiting is not None:
        sentence = f"Plan {waiting.number} waits for the committee already. Another one can follow its decision."
        raise Conflict(sentence, code="plan_proposed")


def check_proposal(in_force: WatchPlan, proposed: WatchPlan, reason: str) -> None:
    """A proposal says why, and differs from the plan in force."""
    problems = {}
    if not reason.strip():
        problems["reason"] = "Say why it is to be watched differently: the committee reads it."
    if proposed.same_as(in_force):
        problems["minimum_rows"] = f"Nothing is different from plan {in_force.number}, which is in force."
    if problems:
        raise Invalid(" ".join(problems.values()), problems=problems)


def is_intact(plan: PlanVersion) -> bool:
    """Whether a kept version still says what was proposed and decided on."""
    return content_digest(plan.content) == plan.sha256


def check_intact(plan: PlanVersion) -> None:
    """Nothing is watched by a plan that was changed in any other way than by the committee's decision (R12)."""
    if not is_intact(plan):
        sentence = (
            f"Watch plan {plan.number} is not what the committee decided on: it was changed in the database. "
            "Nothing is watched by it. Tell the administrator and the data protection officer."
        )
        raise Unavailable(sentence, code="plan_changed")
