"""Whether staff who see something wrong say so and are answered, as a fact beside Responsible (R22)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.web.texts import count_text
from model_runtime.concerns.queries import list_of_use
from model_runtime.concerns.rules import is_overdue
from registry.letters.values import LiveFact
from registry.models.tables import Use


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """How many concerns were raised about a use's scores, and how many wait for an answer."""
    return [tell_concerns(list_of_use(session, use.id), london_date(now))]


def tell_concerns(rows: Sequence[Any], today: date) -> LiveFact:
    """Red when one was not answered in time, amber while one waits."""
    if not rows:
        return _fact("No practitioner has raised a concern about a score.", "good")
    waiting = sum(row.answer is None for row in rows)
    late = sum(is_overdue(row, today) for row in rows)
    founded = sum(row.answer is not None and row.answer.founded for row in rows)
    text = (
        f"{count_text(len(rows), 'concern')} of practitioners, {waiting} of them not answered yet, {founded} founded."
    )
    if late:
        return _fact(text, "red", count_text(late, "concern not answered in time", "concerns not answered in time"))
    return (
        _fact(text, "amber", count_text(waiting, "concern to answer", "concerns to answer"))
        if waiting
        else _fact(text, "good")
    )


def _fact(text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("responsible", "Concerns of staff", text, state, endpoint="concerns.list_all", brief=brief)
