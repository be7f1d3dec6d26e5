"""Adding people and facts; facts are never changed, newer ones are added."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from foundation.clock import london_date
from foundation.errors import Invalid
from foundation.ledger.service import record
from model_runtime.people.queries import find_person
from model_runtime.people.rules import check_births, check_day, parse_people
from model_runtime.people.tables import Fact, Person
from model_runtime.people.values import PersonRow
from registry.agencies.queries import find_agency
from registry.agencies.tables import Source


def read_people(content: bytes, file: str) -> list[PersonRow]:
    """The people in a CSV file; one bad cell refuses all of it, with file, row and column."""
    return parse_people(content, file)


def add_people(
    session: Session, *, rows: Sequence[PersonRow], as_of: date, source: str, at: datetime, by: str = "command-line"
) -> int:
    """Add people and facts as of a day from a source of the register; return how many people.

    A person who is known gets the new facts; the same fact of the same day from the same source is kept once. A day
    of birth that differs from the one on record replaces it, and the ledger says how many did. Refuses an unknown
    agency or source, a day to come, a birth that cannot be, and a person known under another agency.
    """
    check_day(as_of, london_date(at))
    check_births(rows, london_date(at))
    if session.get(Source, source) is None:
        raise Invalid(f"The register has no source {source}.", problems={"source": f"There is no source {source}."})
    _check_agencies(session, rows)
    people = [_find_or_add(session, row, at) for row in rows]
    births = [_put_birth(person, row) for person, row in zip(people, rows, strict=True)]
    added = sum(_add(person, row, as_of, source, at) for person, row in zip(people, rows, strict=True))
    session.flush()
    facts = {"people": len(rows), "facts": added, "source": source, "as_of": as_of.isoformat()}
    facts |= {"births": births.count("new"), "births_corrected": births.count("corrected")}
    record(session, "people_added", actor=by, at=at, facts=facts)
    return len(rows)


def _check_agencies(session: Session, rows: Sequence[PersonRow]) -> None:
    unknown = {code for code in {row.agency for row in rows} if find_agency(session, code) is None}
    bad = [row for row in rows if row.agency in unknown]
    if bad:
        sentence = f"Row {bad[0].row}, column agency: the register has no agency {bad[0].agency}."
        raise Invalid(sentence, problems={f"row {bad[0].row}, column agency": sentence})


def _find_or_add(session: Session, row: PersonRow, at: datetime) -> Person:
    person = find_person(session, row.reference)
    if person is None:
        person = Person(reference=row.reference, agency_code=row.agency, added_at=at)
        session.add(person)
    elif person.agency_code != row.agency:
        sentence = f"Row {row.row}, column agency: {row.reference} is known under another agency."
        raise Invalid(sentence, problems={f"row {row.row}, column agency": sentence})
    return person


def _put_birth(person: Person, row: PersonRow) -> str:
    if row.born_on is None or row.born_on == person.born_on:
        return ""
    known, person.born_on = person.born_on, row.born_on
    return "new" if known is None else "corrected"


def _add(person: Person, row: PersonRow, as_of: date, source: str, at: datetime) -> int:
    known = {(fact.name, fact.as_of, fact.source_code, fact.value) for fact in person.facts}
    new = {name: value for name, value in row.facts.items() if (name, as_of, source, value) not in known}
    person.facts.extend(
        Fact(name=name, value=value, as_of=as_of, source_code=source, recorded_at=at) for name, value in new.items()
    )
    return len(new)
