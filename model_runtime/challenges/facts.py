"""Whether people are heard: challenges to a use's model, as a fact beside Challengeable (R22)."""

from collections.abc import Sequence
from datetime import date, datetime
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.web.texts import count_text
from model_runtime.challenges.rules import is_overdue
from model_runtime.challenges.tables import Challenge
from model_runtime.challenges.values import OUTCOMES
from registry.letters.values import LiveFact
from registry.models.tables import Use

COLUMNS = (Challenge.stage, Challenge.due_on, Challenge.received_at, Challenge.closed_at)


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """How many challenged the use's model, how many wait, and how long an answer takes."""
    chosen = select(*COLUMNS).where(Challenge.model_id == use.version.model_id)
    return [tell_challenges(session.execute(chosen).all(), london_date(now))]


def tell_challenges(rows: Sequence[Any], today: date) -> LiveFact:
    """Red when one was not acknowledged in time, amber while one is open."""
    if not rows:
        return _fact("Nobody has challenged it. Anybody can, without signing in.", "good")
    waiting = [row for row in rows if row.closed_at is None]
    late = sum(is_overdue(row, today) for row in rows)
    days = [_days(row) for row in rows if row.closed_at is not None and row.stage in OUTCOMES]
    took = f" Half of those decided took {count_text(int(median(days)), 'day')} or less." if days else ""
    text = f"{count_text(len(rows), 'challenge')}, {len(waiting)} of them open.{took}"
    if late:
        brief = count_text(late, "challenge not acknowledged in time", "challenges not acknowledged in time")
        return _fact(f"{text} {brief[:1].upper()}{brief[1:]}.", "red", brief)
    return _fact(text, "amber", count_text(len(waiting), "open challenge")) if waiting else _fact(text, "good")


def _days(row: Any) -> int:
    return (london_date(row.closed_at) - london_date(row.received_at)).days


def _fact(text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("challengeable", "Challenges", text, state, endpoint="challenges.figures", brief=brief)
