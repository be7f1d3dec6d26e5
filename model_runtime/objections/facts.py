"""Whether objections to being scored are heard, as a fact beside Challengeable (R53)."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.web.texts import count_text
from model_runtime.objections.rules import is_overdue, stands
from model_runtime.objections.tables import Objection
from registry.letters.values import LiveFact
from registry.models.tables import Use


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """How many people of the use's agency object to it, and how many wait for an answer."""
    this_use = and_(Objection.model_id == use.version.model_id, Objection.use_code == use.code)
    chosen = select(Objection).where(or_(Objection.model_id.is_(None), this_use))
    chosen = chosen.where(Objection.agency_code == use.agency_code)
    return [tell_objections(session.scalars(chosen).all(), london_date(now))]


def tell_objections(objections: Sequence[Objection], today: date) -> LiveFact:
    """Red when one was not answered in time, amber while one waits for its answer."""
    if not objections:
        return _fact("Nobody objects to being scored by it.", "good")
    standing = sum(stands(one) for one in objections)
    waiting = sum(one.answer is None for one in objections)
    late = sum(is_overdue(one, today) for one in objections)
    text = f"{count_text(len(objections), 'objection')}: {standing} stand and stop the person's scores."
    if late:
        brief = count_text(late, "objection not answered in time", "objections not answered in time")
        return _fact(f"{text} {brief[:1].upper()}{brief[1:]}.", "red", brief)
    if waiting:
        return _fact(text, "amber", count_text(waiting, "objection to answer", "objections to answer"))
    return _fact(text, "good")


def _fact(text: str, state: str, brief: str = "") -> LiveFact:
    return LiveFact("challengeable", "Objections", text, state, brief=brief)
