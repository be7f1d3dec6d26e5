"""What the tests of the runtime's rooms share: people, an approved use, and a request."""

import json
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from algocare.demo.training import learn
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.ledger.queries import list_recent
from model_runtime.people.service import add_people, read_people
from model_runtime.scores.service import request_score
from registry.models.queries import find_use, get_use
from registry.models.service import submit
from registry.models.tables import Approval
from registry.safeguards.service import set_safeguards
from registry.safeguards.values import Safeguards
from tests.conftest import grant

FACTS = {
    "age": 24,
    "earlier_convictions": 3,
    "months_served": 14,
    "felony_sentence": 0,
    "property_offence": 1,
    "offence_against_person": 0,
    "prison_rule_breaches": 2,
    "work_programme": 1,
    "supervised_release": 1,
    "alcohol_problem": 0,
    "drug_history": 1,
    "years_of_schooling": 9,
}
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
EXPIRES = date(2027, 3, 3)
AS_OF = date(2026, 11, 14)


def people_csv(*references: str, agency: str = "ASC", born_on: str = "2002-03-04", **changes: object) -> bytes:
    """A file of people who all have the same facts and were born on one day."""
    facts = {"born_on": born_on, **FACTS, **changes}
    rows = [",".join([reference, agency, *(str(value) for value in facts.values())]) for reference in references]
    return "\n".join([",".join(["reference", "agency", *facts]), *rows]).encode()


@pytest.fixture
def add():
    """A function that adds people to a database: add(database, "RC-1", as_of=..., age=200)."""

    def call(database: Database, *references: str, at, agency: str = "ASC", as_of: date = AS_OF, **changes: object):
        rows = read_people(people_csv(*references, agency=agency, **changes), "people.csv")
        with database.write() as session:
            return add_people(session, rows=rows, as_of=as_of, source="ASC", at=at)

    return call


@pytest.fixture
def world(registered: Database, cast, clock: StoppedClock, add) -> SimpleNamespace:
    """The return-to-custody model, not yet submitted, with persons RC-0001 (police) and RC-0002 (council)."""
    return a_world(registered, cast, clock, add)


@pytest.fixture
def approved(world: SimpleNamespace) -> SimpleNamespace:
    """The same with the use approved until 3 March 2027."""
    approve_use(world)
    return world


@pytest.fixture
def ask(world: SimpleNamespace, engine):
    """A function that asks for a score: ask(person="RC-0001", purpose=..., key=..., actor=..., engine=...)."""
    return asking(world, engine)


def a_world(database: Database, cast, clock: StoppedClock, add) -> SimpleNamespace:
    """People in a database that has the model."""
    add(database, "RC-0001", at=clock.now())
    add(database, "RC-0002", at=clock.now(), agency="BCC")
    with database.read() as session:
        use = find_use(session, "return-to-custody", "resettlement-support")
    return SimpleNamespace(database=database, cast=cast(database), use_id=use.id, clock=clock, add=add)


def take(world: SimpleNamespace, step, *arguments, by: str = "chair") -> None:
    """Take one step of the use's life as one of the cast."""
    with world.database.write() as session:
        step(session, getattr(world.cast, by), get_use(session, world.use_id), *arguments, world.clock.now())


def approve_use(world: SimpleNamespace, expires_on: date = EXPIRES, permission: str = "operational") -> Approval:
    """Submit the use and approve it, through every stage up to `permission`."""
    take(world, submit, by="owner")
    with world.database.write() as session:
        use, at = get_use(session, world.use_id), world.clock.now()
        return grant(session, world.cast.chair, use, expires_on=expires_on, permission=permission, at=at)


def asking(world: SimpleNamespace, engine):
    """The function behind `ask`."""

    def call(person="RC-0001", purpose="resettlement-support", key="one press", actor=None, engine=engine, **more):
        return request_score(
            world.database,
            world.clock,
            engine,
            actor or world.cast.practitioner,
            person_reference=person,
            purpose=purpose,
            request_key=key,
            **{"use_id": world.use_id, **more},
        )

    return call


def ledger(database: Database, kind: str) -> list[dict]:
    """The bodies of the ledger's entries of one kind, newest first."""
    with database.read() as session:
        return [json.loads(entry.body) for entry in list_recent(session, 1000) if entry.kind == kind]


def count(world: SimpleNamespace, table: type) -> int:
    """How many rows a table has."""
    with world.database.read() as session:
        return session.scalar(select(func.count()).select_from(table))


def change(world: SimpleNamespace, statement) -> None:
    """Change the database behind the product's back."""
    with world.database.write() as session:
        session.execute(statement)


class Meanwhile:
    """The warm engine, and something that happens while it works."""

    def __init__(self, engine, happens):
        self.engine, self.happens = engine, happens

    def score(self, *arguments):
        answer = self.engine.score(*arguments)
        self.happens()
        return answer


def train(database: Database, sign_in_name: str, version_id: int, at: datetime = NOON) -> None:
    """Let somebody pass the training for a version whose module was built: without it they are shown no score."""
    learn(database, StoppedClock(at), sign_in_name, version_id)


def ask_of_readers(world: SimpleNamespace, reason: str = "The committee asked for it.", **rules: Any) -> None:
    """Let the chair record what the committee asks of those who are shown the use's scores."""
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        set_safeguards(session, world.cast.chair, use, Safeguards(**rules), reason, world.clock.now())
