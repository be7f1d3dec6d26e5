"""The model that scoring is measured with: a forest of 100 trees, depth 8, over 40 features, registered and approved.

Everything is entered through the product's own services, as a partnership would. The data is made up by a fixed seed.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import skops.io
from sklearn.ensemble import RandomForestClassifier

from algocare.demo.cast import found
from algocare.demo.training import learn
from foundation.accounts.queries import find_account
from foundation.accounts.values import Actor
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.ledger.values import digest
from foundation.paths import ROOT
from model_runtime.engine.client import EngineClient
from model_runtime.people.service import add_people
from model_runtime.people.values import PersonRow
from model_runtime.training.jobs import build_training
from registry.declarations.reading import parse
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.evaluations.jobs import evaluate
from registry.imports.service import import_reference
from registry.models.queries import get_use
from registry.models.service import approve, submit
from registry.models.values import PermissionStage, PilotTerms

FEATURES, TREES, DEPTH, ROWS = 40, 100, 8, 4000
NAMES = [f"f{number:02}" for number in range(FEATURES)]
DECLARED = ROOT / "algocare" / "demo" / "return_to_custody" / "model.yaml"
PILOT = PilotTerms("Offers reach people sooner.", "Two in three take it up.", "A complaint upheld.", 400, ("Any",))


@dataclass(frozen=True)
class World:
    """A partnership whose practitioner can ask for a score of any of `people` by `use_id`."""

    database: Database
    use_id: int
    purpose: str
    practitioner: Actor
    owner: Actor
    chair: Actor
    people: list[str]
    artefact: bytes


def make_world(
    address: str, engine: EngineClient, now: datetime, people: int, trained: tuple[bytes, bytes, bytes] | None = None
) -> World:
    """The whole of it in an empty database, the use in operation for a year from `now`; `trained` is another model."""
    upgrade(address)
    database, start = Database(address), now - timedelta(days=10)
    artefact, training, evaluation = trained or train()
    with database.write() as session:
        found(session, start)
        import_reference(session, start)
        owner, chair, practitioner = (_actor(session, name) for name in ("olivia.owner", "cara.chair", PRACTITIONER))
        declaration = read_declaration(declare(training, evaluation), "model.yaml")
        files = {"model.skops": artefact, "training.csv": training, "evaluation.csv": evaluation}
        version = register(session, owner, declaration, files, engine, upload_mib=64, at=start)
        use, version_id = version.uses[0], version.id
        use_id, purpose = use.id, use.code
    evaluate(database, StoppedClock(start), engine, version_id)
    build_training(database, StoppedClock(start), engine, version_id)
    learn(database, StoppedClock(start), PRACTITIONER, version_id)
    with database.write() as session:
        use = get_use(session, use_id)
        submit(session, owner, use, start)
        approve_fully(session, chair, use, expires_on=(now + timedelta(days=365)).date(), at=start)
        rows = people_rows(people)
        add_people(session, rows=rows, as_of=now.date(), source="ASC", at=now)
    return World(database, use_id, purpose, practitioner, owner, chair, [row.reference for row in rows], artefact)


PRACTITIONER = "pat.practitioner"


def approve_fully(session: Any, chair: Actor, use: Any, *, expires_on: date, at: datetime) -> None:
    """Through every stage of permission up to operation."""
    for stage in PermissionStage:
        approve(
            session,
            chair,
            use,
            expires_on=expires_on,
            conditions=[],
            answers_sha256="",
            reason="For the bench.",
            at=at,
            permission=stage,
            pilot=PILOT if stage is PermissionStage.PILOT else None,
        )


def train(estimator: Any = None) -> tuple[bytes, bytes, bytes]:
    """The artefact, its training file and its evaluation file; of another estimator than the forest if one is given."""
    random = np.random.default_rng(20261122)
    table = pd.DataFrame(random.integers(0, 101, size=(2 * ROWS, FEATURES)), columns=NAMES)
    log_odds = (table["f00"] + table["f01"] - table["f02"] - 50) / 25 + (table["f03"] > 70) * (table["f04"] / 50)
    table["came"] = (random.random(2 * ROWS) < 1 / (1 + np.exp(-log_odds))).astype(int)
    table["group"] = np.where(random.random(2 * ROWS) < 0.3, "A", "B")
    table["rule"] = (table["f00"] > 60).astype(int)
    training, evaluation = table.iloc[:ROWS], table.iloc[ROWS:]
    forest = estimator or RandomForestClassifier(TREES, max_depth=DEPTH, random_state=7, n_jobs=1)
    forest.fit(training[NAMES], training["came"])
    return skops.io.dumps(forest), _csv(training), _csv(evaluation)


def declare(training: bytes, evaluation: bytes) -> dict[str, Any]:
    """The demonstration's declaration, about this model."""
    declared: dict[str, Any] = dict(parse(DECLARED.read_bytes(), DECLARED.name))
    declared["model"] = declared["model"] | {"slug": "forest-of-the-bench", "name": "Forest of the bench"}
    version = dict(declared["version"])
    version["training_data"] = version["training_data"] | {"sha256": digest(training), "rows": ROWS}
    version["evaluation_data"] = version["evaluation_data"] | {
        "sha256": digest(evaluation),
        "rows": ROWS,
        "outcome_column": "came",
        "groups": [{"column": "group", "name": "Group", "protected": "race"}],
        "baseline_column": "rule",
    }
    version["features"] = [_feature(number, name) for number, name in enumerate(NAMES)]
    declared["version"] = version
    return declared


def _feature(number: int, name: str) -> dict[str, Any]:
    return {
        "name": name,
        "meaning": f"Number {number} of the bench",
        "sentence": f"Number {number} of the bench: {{value}}",
        "type": "integer",
        "range": [0, 100],
        "unit": "points",
        "data_item": {"group": "Crime", "name": "Prisoner 12 Months From Release"},
        "about": "person",
        "protected": None,
    }


def people_rows(count: int) -> list[PersonRow]:
    """People with all the facts, the same ones for the same number."""
    random = np.random.default_rng(7)
    values = random.integers(0, 101, size=(count, FEATURES))
    return [
        PersonRow(number + 2, f"B-{number:06}", "ASC", dict(zip(NAMES, map(int, row), strict=True)), date(1990, 1, 1))
        for number, row in enumerate(values)
    ]


def _csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def _actor(session: Any, name: str) -> Actor:
    account = find_account(session, name)
    assert account is not None, name
    return account.actor()
