"""An approved use of the demonstration's model, and ways to give it scores, outcomes and nights."""

import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from model_runtime.engine.client import EngineClient
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from monitoring.outcomes.service import record_outcomes
from monitoring.watches.jobs import run_nightly
from monitoring.watches.tables import WatchRun
from registry.declarations.reading import parse
from registry.models.queries import get_model, get_use, list_uses
from registry.models.service import submit
from tests.conftest import grant

APPROVED_AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SCORED_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
FIRST_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SECOND_NIGHT = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NUMBERS = count(1)


@dataclass(frozen=True)
class Scored:
    """A row of people.csv: the inputs, the score the engine gave, what happened, and the groups."""

    features: dict[str, int]
    score: float
    returned: bool
    ethnicity: str
    age_group: str


@pytest.fixture(scope="session")
def scored(engine: EngineClient, model_folder: Path) -> list[Scored]:
    """All of people.csv, each row with its score, lowest score first."""
    declared = parse((model_folder / "model.yaml").read_bytes(), "model.yaml")["version"]
    names = [feature["name"] for feature in declared["features"]]
    rows = list(csv.DictReader((model_folder / "people.csv").open()))
    inputs = [{name: int(row[name]) for name in names} for row in rows]
    artefact = (model_folder / "model.skops").read_bytes()
    sha256 = engine.inspect(artefact, names, "tree_path_dependent").sha256
    answer = engine.score(artefact, sha256, "tree_path_dependent", names, inputs)
    made = [
        Scored(features, score, row["returned"] == "1", row["ethnicity"], row["age_group"])
        for features, score, row in zip(inputs, answer.scores, rows, strict=True)
    ]
    return sorted(made, key=lambda one: one.score)


@dataclass
class Story:
    """One database with an approved use, told in nights."""

    database: Database
    clock: StoppedClock
    engine: EngineClient
    cast: SimpleNamespace
    use_id: int

    def give_scores(self, rows: Sequence[Scored], at: datetime = SCORED_AT, shadow: bool = False) -> list[str]:
        """A new person and a score for each row, perhaps in the shadow; the references of the people."""
        with self.database.write() as session:
            use = get_use(session, self.use_id)
            people = [Person(reference=f"P-{next(NUMBERS):05}", agency_code="ASC", added_at=at) for _ in rows]
            session.add_all(people)
            session.flush()
            for person, row in zip(people, rows, strict=True):
                session.add(self._score(person.id, use, row, at, shadow))
            return [person.reference for person in people]

    def score_again(self, reference: str, row: Scored, at: datetime) -> None:
        """Another score of somebody who has one."""
        with self.database.write() as session:
            person = session.scalars(select(Person).where(Person.reference == reference)).one()
            session.add(self._score(person.id, get_use(session, self.use_id), row, at))

    def _score(self, person_id: int, use: Any, row: Scored, at: datetime, shadow: bool = False) -> Score:
        number = next(NUMBERS)
        return Score(
            reference=f"S-{number:06}",
            request_key=f"key-{number}",
            person_id=person_id,
            use_id=use.id,
            approval_id=use.approvals[0].id,
            asked_by_id=self.cast.practitioner.account_id,
            at=at,
            as_of=london_date(at),
            value=row.score,
            band=use.version.band_of(row.score).code,
            shadow=shadow,
            features=dict(row.features),
            largest_error=0.0,
            artefact_sha256=use.version.artefact_sha256,
            advisory={},
            salt=b"0" * 32,
            commitment="0" * 64,
        )

    def record(self, people: Sequence[str], rows: Sequence[Scored], happened: Callable[[Scored], bool]) -> int:
        """The owner records an outcome for each person, with the person's groups."""
        lines = ["person,happened,observed_on,ethnicity,age_group"]
        for person, row in zip(people, rows, strict=True):
            lines.append(f"{person},{'yes' if happened(row) else 'no'},2026-11-20,{row.ethnicity},{row.age_group}")
        with self.database.write() as session:
            model = get_model(session, "return-to-custody")
            content = "\n".join(lines).encode()
            return record_outcomes(session, self.cast.owner, model, content, "outcomes.csv", self.clock.now())

    def night(self, due_at: datetime) -> list[WatchRun]:
        """What the worker does at night."""
        self.clock.set(due_at)
        return run_nightly(self.database, self.clock, self.engine, due_at)


@pytest.fixture
def story(
    registered: Database, cast: Callable[[Database], SimpleNamespace], clock: StoppedClock, engine: EngineClient
) -> Story:
    """The return-to-custody model submitted by its owner and approved by the chair on 20 November 2026."""
    people = cast(registered)
    with registered.write() as session:
        use = list_uses(session)[0]
        submit(session, people.owner, use, APPROVED_AT)
        grant(session, people.chair, use, expires_on=datetime(2027, 5, 20).date(), at=APPROVED_AT)
        use_id = use.id
    clock.set(FIRST_NIGHT)
    return Story(registered, clock, engine, people, use_id)
