"""Counting how a use's scores are judged: by team, band and protected characteristic; what looks like habit (R07)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from foundation.accounts.tables import Account
from foundation.accounts.values import Actor, Permission
from foundation.tasks import Task
from model_runtime.judgements import rules
from model_runtime.judgements.queries import read_practice
from model_runtime.judgements.tables import FirstView, Judgement
from model_runtime.judgements.values import MOST_READ, NEWEST, Figures, Judged, Practice, gather, gather_all
from model_runtime.scores.tables import Score, Viewing
from registry.models.queries import list_uses
from registry.models.tables import Feature, ModelVersion, RiskModel, Use

STEP_YEARS, PARTS = 10, 4
"""Numbers that are protected characteristics are counted in tens of years, or in quarters of their declared range."""


def read_figures(session: Session, use: Use) -> Figures:
    """How the newest 5,000 judgements on a use's scores fell; counts only, nobody is named."""
    return gather_all(list_judged(session, use), {band.code: band.name for band in use.version.bands})


def list_judged(session: Session, use: Use, since: datetime | None = None) -> list[Judged]:
    """The newest judgements on a use's scores as they are counted, the newest first; scores in the shadow have none.

    `since` leaves out what was judged before that moment.
    """
    own = Viewing.score_id == Judgement.score_id, Viewing.by_id == Judgement.by_id, Viewing.at <= Judgement.at
    looked = select(func.min(Viewing.at)).where(*own).correlate(Judgement).scalar_subquery()
    mine = (FirstView.score_id == Judgement.score_id) & (FirstView.by_id == Judgement.by_id)
    columns = Judgement.view, Judgement.at, looked, Account.team, Score.band, Score.features, FirstView.band
    chosen = select(*columns).join(Score, Score.id == Judgement.score_id).join(Account, Account.id == Judgement.by_id)
    chosen = chosen.join(FirstView, mine, isouter=True).where(Score.use_id == use.id, Score.shadow.is_(False))
    chosen = chosen.where(Judgement.at >= since) if since is not None else chosen
    rows = session.execute(chosen.order_by(Judgement.id.desc()).limit(MOST_READ)).tuples()
    protected = [feature for feature in use.version.features if feature.protected]
    return [
        Judged(view, team, band, _seconds(seen, at), first, group_of(protected, features))
        for view, at, seen, team, band, features, first in rows
    ]


def _seconds(seen: datetime | None, at: datetime) -> float | None:
    return (at - seen).total_seconds() if seen is not None else None


def group_of(protected: Sequence[Feature], values: Mapping[str, Any]) -> dict[str, str]:
    """The groups somebody belongs to by the protected facts that went into their score, by characteristic."""
    told = {feature.meaning: _group(feature, values.get(feature.name)) for feature in protected}
    return {name: group for name, group in told.items() if group}


def _group(feature: Feature, value: Any) -> str:
    if not isinstance(value, int | float):
        return ""
    if feature.type == "yes_no":
        return "Yes" if value else "No"
    if feature.type == "category":
        codes = feature.categories.items() if isinstance(feature.categories, Mapping) else ()
        return next((str(code) for code, number in codes if number == value), "")
    return _range(feature, float(value))


def _range(feature: Feature, value: float) -> str:
    low, high = feature.low, feature.high
    if feature.unit == "years":
        decade = int(value // STEP_YEARS * STEP_YEARS)
        return f"{decade} to {decade + STEP_YEARS - 1}"
    if low is None or high is None or high <= low:
        return ""
    part = min(PARTS - 1, int((value - low) / (high - low) * PARTS))
    start, end = (low + (high - low) * place / PARTS for place in (part, part + 1))
    return f"{start:g} to {end:g}"


def find_alarms(session: Session, use: Use) -> list[str]:
    """What looks like a rubber stamp in how a use's scores are judged, as sentences; often nothing (R07)."""
    practice = read_practice(session, use.id)
    if practice.judged < rules.ENOUGH:
        return []  # home pages ask this of every use: what cannot be an alarm is not read
    return [*rules.find_alarms(practice), *rules.find_team_alarms(list_judged(session, use))]


def find_alarms_since(session: Session, use: Use, since: datetime) -> list[str]:
    """The same about judgements after a moment only, such as the committee's last decision on the use (R06)."""
    rows = list_judged(session, use, since)
    share = gather("Everybody", "", rows[:NEWEST])
    practice = Practice(len(rows), len(rows), len(rows), share.judged, share.agreed, share.seconds)
    return [*rules.find_alarms(practice), *rules.find_team_alarms(rows)]


def list_alarm_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For a model's owner and deputy and for the chair: uses whose judgements look like a rubber stamp (R07)."""
    return [
        Task(
            text=f"Judgements on {use.version.title} look like a rubber stamp",
            endpoint="judgements.practice",
            arguments={"use_id": use.id},
            hint=" ".join(alarms),
            tag="Nobody may be deciding",
            tone="bad",
        )
        for use in _answered_for(session, actor)
        if (alarms := find_alarms(session, use))
    ]


def _answered_for(session: Session, actor: Actor) -> list[Use]:
    """The approved uses somebody is told about: the chair of all, an owner or deputy of their own."""
    if actor.account_id is None:
        return []
    if actor.may(Permission.CHAIR):
        return list(list_uses(session, stage="approved"))
    if not actor.may(Permission.SUBMIT_ASSESSMENT):
        return []
    mine = or_(RiskModel.owner_id == actor.account_id, RiskModel.deputy_id == actor.account_id)
    chosen = select(Use).join(ModelVersion, ModelVersion.id == Use.version_id).join(RiskModel)
    return list(session.scalars(chosen.where(mine, Use.stage == "approved").order_by(Use.id)))
