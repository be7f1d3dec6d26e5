"""Reading people and what is known about them."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session, selectinload

from foundation.accounts.values import Actor
from foundation.errors import NotFound
from model_runtime.people.rules import check_works_with
from model_runtime.people.tables import Fact, Person
from model_runtime.people.values import REFERENCE


def find_person(session: Session, reference: str) -> Person | None:
    """A person by reference, or none."""
    if not REFERENCE.fullmatch(reference):
        return None
    return session.scalars(select(Person).where(Person.reference == reference)).first()


def find_people(session: Session, references: Sequence[str]) -> dict[str, Person]:
    """Those of many people who are known, with their facts, by reference: a few queries whatever their number."""
    found: dict[str, Person] = {}
    for start in range(0, len(references), 500):  # SQLite takes a limited number of values in one statement
        part = select(Person).where(Person.reference.in_(references[start : start + 500]))
        found |= {one.reference: one for one in session.scalars(part.options(selectinload(Person.facts)))}
    return found


def get_person(session: Session, reference: str) -> Person:
    """A person by reference, whichever agency works with them."""
    person = find_person(session, reference)
    if person is None:
        raise NotFound("There is no person with this reference.")
    return person


def get_own_person(session: Session, actor: Actor, reference: str) -> Person:
    """A person whom the actor's agency works with; of anybody else not even the existence is said."""
    person = find_person(session, reference)
    check_works_with(person, actor)
    return get_person(session, reference)


def lock_person(session: Session, reference: str) -> Person | None:
    """A person read afresh under a row lock: requests about one person are answered one after the other."""
    if not REFERENCE.fullmatch(reference):
        return None
    return session.scalars(HELD, {"reference": reference}).first()


HELD = (
    select(Person)
    .where(Person.reference == bindparam("reference"))
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
"""A person under a lock; put together once, for it is asked at every score."""


def hold_person(session: Session, reference: str) -> bool:
    """Whether there is a person of this reference, whose row is then locked until the transaction ends."""
    if not REFERENCE.fullmatch(reference):
        return False
    return session.connection().execute(HELD_ROW, {"reference": reference}).first() is not None


HELD_ROW = select(Person.id).where(Person.reference == bindparam("reference")).with_for_update(key_share=True)


def list_people(
    session: Session, agency: str | None, *, search: str = "", start: int = 0, most: int | None = None
) -> Sequence[Person]:
    """The people an agency works with, by reference; perhaps only those whose reference holds `search`."""
    chosen = _of_agency(select(Person), agency, search).order_by(Person.reference).offset(start)
    return session.scalars(chosen.limit(most) if most is not None else chosen).all()


def count_people(session: Session, agency: str | None, *, search: str = "") -> int:
    """How many people `list_people` would give in all."""
    return session.scalar(_of_agency(select(func.count(Person.id)), agency, search)) or 0


def _of_agency(chosen: Select, agency: str | None, search: str) -> Select:
    chosen = chosen.where(Person.agency_code == agency)
    cleaned = "".join(letter for letter in search.strip() if letter.isprintable())[:40]
    return chosen.where(Person.reference.icontains(cleaned, autoescape=True)) if cleaned else chosen


def latest_facts(person: Person, names: Collection[str] | None = None) -> dict[str, Fact]:
    """The newest fact of each name, perhaps only of some names; what is not known is not there."""
    return {fact.name: fact for fact in person.facts if names is None or fact.name in names}


def newest_days(session: Session, people: Sequence[Person]) -> dict[int, date]:
    """The day of each person's newest fact, by the person's number; without facts a person is not there."""
    chosen = select(Fact.person_id, func.max(Fact.as_of)).where(Fact.person_id.in_([person.id for person in people]))
    return dict(session.execute(chosen.group_by(Fact.person_id)).tuples().all())
