"""The part of a record about what was stopped or brought to an end; of the people scored it holds counts (R14)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from assessments.decisions.tables import Suspension
from assessments.decisions.values import SUSPENDED_BY, SuspensionKind
from audit.exports.values import account, day, moment
from audit.exports.withholding import without_small_counts
from monitoring.lookbacks.queries import count_harm
from monitoring.lookbacks.tables import Retirement
from monitoring.lookbacks.values import HarmCount

WHOLES = dict.fromkeys(("shown", "challenged", "reviewed", "possible", "harm", "unsettled"), "people")
"""Every count of a look-back is part of the people it is about."""


def tell_endings(session: Session, use_ids: Sequence[int]) -> dict[str, Any]:
    """Suspensions with what became of them, retirements and look-backs, oldest first."""
    suspensions = select(Suspension).where(Suspension.use_id.in_(use_ids)).order_by(Suspension.id)
    retirements = select(Retirement).where(Retirement.use_id.in_(use_ids)).order_by(Retirement.id)
    harm = [one for one in count_harm(session) if one.use.id in use_ids]
    return {
        "suspensions": [_suspension(one) for one in session.scalars(suspensions)],
        "retirements": [_retirement(one) for one in session.scalars(retirements)],
        "look_backs": [tell_look_back(one) for one in sorted(harm, key=lambda one: one.look_back_id)],
    }


def _suspension(one: Suspension) -> dict[str, Any]:
    ends = (("ratified", one.ratified_at), ("lifted", one.lifted_at), ("lapsed", one.lapsed_at))
    became, since = next(((name, at) for name, at in ends if at is not None), ("undecided", None))
    return {
        "id": one.id,
        "use": one.use_id,
        "kind": one.kind,
        "suspended_by": SUSPENDED_BY[SuspensionKind(one.kind)],
        "reason": one.reason,
        "item": one.item_id,
        "at": moment(one.at),
        "by": account(one.by_id),
        "became": became,
        "became_at": moment(since),
    }


def _retirement(one: Retirement) -> dict[str, Any]:
    words = ("notice", "notice_way", "disposal", "disposal_way")
    days = ("notice_on", "disposal_by_on", "disposed_on", "published_on")
    return {
        "id": one.id,
        "use": one.use_id,
        "reason": one.reason,
        "retired_at": moment(one.retired_at),
        "retired_by": account(one.retired_by_id),
        "last_used_at": moment(one.last_used_at),
        "consumers": [{"who": who, "told_on": day(on)} for who, on in one.told],
        **{name: getattr(one, name) for name in words},
        **{name: day(getattr(one, name)) for name in days},
        "completed_at": moment(one.completed_at),
        "completed_by": account(one.completed_by_id) if one.completed_at else None,
    }


def tell_look_back(one: HarmCount) -> dict[str, Any]:
    """How far the look at everybody a use scored has come: counts alone, small ones None, and never a person."""
    counts, withheld = without_small_counts({name: getattr(one, name) for name in ("people", *WHOLES)}, WHOLES)
    return {
        "id": one.look_back_id,
        "use": one.use.id,
        "made_at": moment(one.made_at),
        "counts": counts,
        "all_reviewed": one.waiting == 0,
        "all_settled": one.unsettled == 0,
        "withheld": withheld,
    }
