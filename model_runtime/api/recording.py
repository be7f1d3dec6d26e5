"""Facts about people from a program: held to what the models that would read them declare, then recorded (R01)."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.service_accounts.values import Caller
from model_runtime.api.idempotency import keep, once
from model_runtime.api.reading import BadInput, refuse
from model_runtime.api.schemas import PeopleAsked, PeopleGiven, PersonAsked
from model_runtime.api.values import Key
from model_runtime.engine.inputs import InputRefused, check_row
from model_runtime.gate.queries import list_offered
from model_runtime.people.service import add_people
from model_runtime.people.values import PersonRow
from registry.agencies.tables import Source
from registry.models.tables import Feature

ROW = re.compile(r"row ([0-9]+), column ([a-z_]+)")
"""How the room of people names a cell."""


def record_people(database: Database, clock: Clock, caller: Caller, asked: PeopleAsked, key: Key) -> PeopleGiven:
    """Record facts about people of the caller's agency, from a source of that agency; all of them or none.

    Refused with field and rule: a source of another agency, a person named twice, a fact that no model of the
    purposes takes, and a value that is not as every one of them declares it.
    """

    def command() -> Mapping[str, Any]:
        with database.write() as session:
            _check_source(session, caller, asked.source)
            _check_facts(asked.people, _list_features(session, caller))
            rows = [
                PersonRow(number, one.reference, caller.agency, one.facts, one.born_on)
                for number, one in enumerate(asked.people, 1)
            ]
            at = clock.now()
            count = _add(session, caller, asked, rows, at)
            keep(session, key, 201, {"people": count}, at)
            return {"people": count}

    return PeopleGiven.model_validate(dict(once(database, key, command)))


def _add(session: Session, caller: Caller, asked: PeopleAsked, rows: Sequence[PersonRow], at: datetime) -> int:
    """Add them; what the people's own room refuses is said at the field of the body."""
    try:
        return add_people(session, rows=rows, as_of=asked.as_of, source=asked.source, at=at, by=caller.actor.reference)
    except Invalid as problem:
        raise BadInput({_place_of(name): (problem.code, said) for name, said in problem.problems.items()}) from None


def _place_of(name: str) -> str:
    found = ROW.fullmatch(name)
    return f"people.{int(found[1]) - 1}.{found[2]}" if found else name


def _check_source(session: Session, caller: Caller, code: str) -> None:
    source = session.get(Source, code)
    if source is None or source.agency_code != caller.agency:
        refuse("source", "unknown_source", "The register has no source of this code in the system's agency.")


def _list_features(session: Session, caller: Caller) -> dict[str, list[Feature]]:
    """By name, what every model of the caller's purposes declares."""
    found: dict[str, list[Feature]] = {}
    for use in list_offered(session, caller.agency):
        for feature in use.version.features if use.code in caller.purposes else ():
            found.setdefault(feature.name, []).append(feature)
    return found


def _check_facts(people: Sequence[PersonAsked], features: Mapping[str, Sequence[Feature]]) -> None:
    problems: dict[str, tuple[str, str]] = {}
    seen: set[str] = set()
    for number, person in enumerate(people):
        if person.reference in seen:
            problems[f"people.{number}.reference"] = ("doubled_person", "This person is there twice.")
        seen.add(person.reference)
        for name, value in person.facts.items():
            refusal = _find_refusal(name, value, features.get(name, ()))
            if refusal is not None:
                problems[f"people.{number}.facts.{name}"] = refusal
    if problems:
        raise BadInput(problems)


def _find_refusal(name: str, value: Any, declared: Sequence[Feature]) -> tuple[str, str] | None:
    if not declared:
        return "unknown_field", "No model of these purposes takes a fact of this name."
    for feature in declared:
        try:
            check_row([feature], {name: value})
        except InputRefused as refusal:
            return refusal.code, refusal.sentence
    return None
