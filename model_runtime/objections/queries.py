"""Reading objections to being scored: those that stand, those of a person, and those to answer."""

from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.errors import NotFound
from foundation.tasks import Task
from foundation.web.texts import date_text
from model_runtime.objections.rules import is_overdue, state_of
from model_runtime.objections.tables import Objection, ObjectionAnswer
from model_runtime.objections.values import STATES, Outcome, Standing
from model_runtime.people.tables import Person
from registry.agencies.tables import Agency
from registry.models.queries import get_use, list_uses
from registry.models.tables import Use


def find_standing(session: Session, person_reference: str, agency: str, use_id: int) -> Standing | None:
    """The objection that stands against scoring a person by a use now, if any; the oldest of several (R53)."""
    chosen = _standing(session, agency, use_id).where(Objection.person_key == person_reference.lower())
    row = session.execute(chosen.limit(1)).tuples().first()
    return Standing(row[1], row[2]) if row else None


def list_standing(
    session: Session, person_references: Collection[str], agency: str, use_id: int
) -> dict[str, Standing]:
    """The same for many people at once, by reference; those without one are left out."""
    found: dict[str, Standing] = {}
    for key, reference, since in session.execute(_standing(session, agency, use_id)).tuples():
        found.setdefault(key, Standing(reference, since))
    if not found:
        return {}
    return {person: found[person.lower()] for person in person_references if person.lower() in found}


def _standing(session: Session, agency: str, use_id: int) -> Select:
    use = get_use(session, use_id)
    this_use = and_(Objection.model_id == use.version.model_id, Objection.use_code == use.code)
    answered = Objection.id == ObjectionAnswer.objection_id
    chosen = select(Objection.person_key, Objection.reference, Objection.received_on)
    chosen = chosen.join(ObjectionAnswer, answered, isouter=True).where(Objection.agency_code == agency)
    chosen = chosen.where(or_(Objection.model_id.is_(None), this_use))
    chosen = chosen.where(or_(ObjectionAnswer.id.is_(None), ObjectionAnswer.outcome != Outcome.OVERRIDDEN))
    return chosen.order_by(Objection.received_on, Objection.id)


def get_objection(session: Session, reference: str) -> Objection:
    """An objection by its reference, for who answers objections."""
    found = session.scalars(select(Objection).where(Objection.reference == reference)).first()
    if found is None:
        raise NotFound("There is no objection with this reference.")
    return found


def list_objections(session: Session) -> Sequence[Objection]:
    """Every objection, those to answer first, each part oldest first."""
    chosen = select(Objection).order_by(Objection.received_on, Objection.id)
    return sorted(session.scalars(chosen), key=lambda one: one.answer is not None)


def list_of_person(session: Session, person_reference: str, agency: str) -> Sequence[Objection]:
    """Every objection of a person of an agency, answered or not, oldest first."""
    chosen = select(Objection).where(Objection.person_key == person_reference.lower())
    return session.scalars(chosen.where(Objection.agency_code == agency).order_by(Objection.id)).all()


def describe_of_person(session: Session, person: Person, today: date) -> list[tuple[Objection, str, tuple[str, str]]]:
    """The same of a person known here, each with what it is about and the words and tone of its tag on a day."""
    found = list_of_person(session, person.reference, person.agency_code)
    return [(one, find_object_of(session, one), STATES[state_of(one, today)]) for one in found]


def list_objectionable(session: Session, agency: str | None) -> list[Use]:
    """The uses somebody can object to, one for all versions and editions; of one agency, or None for every agency."""
    uses = {(use.version.model_id, use.code): use for use in list_uses(session, agency=agency)}
    return sorted(uses.values(), key=lambda use: (use.purpose, use.id))


def list_agencies(session: Session) -> Sequence[Agency]:
    """Every agency of the register, by name."""
    return session.scalars(select(Agency).order_by(Agency.name)).all()


def find_object_of(session: Session, objection: Objection) -> str:
    """What a person objected to, in words."""
    if objection.model is None:
        return "Being scored by any model"
    uses = [use for use in objection.model.uses if use.code == objection.use_code]
    purpose = f", for {uses[0].purpose[:1].lower()}{uses[0].purpose[1:]}" if uses else ""
    return f"{objection.model.name}{purpose}"


def list_tasks(session: Session, actor: Actor, now: datetime) -> list[Task]:
    """For who answers objections: each one that waits for an answer, oldest first, with its last day."""
    if not actor.may(Permission.ANSWER_OBJECTION):
        return []
    waiting = [one for one in list_objections(session) if one.answer is None]
    return [_task(one, is_overdue(one, london_date(now))) for one in waiting]


def _task(objection: Objection, overdue: bool) -> Task:
    return Task(
        text=f"Answer objection {objection.reference}",
        endpoint="objections.show",
        arguments={"reference": objection.reference},
        since=objection.recorded_at,
        hint=f"Nobody scores the person until you do. The answer is due by {date_text(objection.due_on)}.",
        tag="Overdue" if overdue else "To answer",
        tone="bad" if overdue else "attention",
    )
