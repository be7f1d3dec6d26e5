"""Small fitted models, their skops files, and one engine client for all tests of a session."""

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

from foundation.paths import ROOT
from model_runtime.engine.client import EngineClient

FEATURES = ("age", "absences", "exclusions", "moves")
ESTIMATORS = {
    "forest": RandomForestClassifier(12, max_depth=5, random_state=1),
    "extra": ExtraTreesClassifier(6, max_depth=4, random_state=1),
    "tree": DecisionTreeClassifier(max_depth=4, random_state=1),
    "boosted": GradientBoostingClassifier(n_estimators=10, random_state=1),
    "histogram": HistGradientBoostingClassifier(max_iter=10, random_state=1),
    "logistic": LogisticRegression(class_weight="balanced"),
}


@dataclass(frozen=True)
class Model:
    estimator: Any
    data: bytes
    method: str
    features: tuple[str, ...] = FEATURES

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def _people() -> pd.DataFrame:
    numbers = np.random.default_rng(7)
    return pd.DataFrame(
        {
            "age": numbers.integers(5, 19, 400),
            "absences": numbers.uniform(0, 100, 400),
            "exclusions": numbers.integers(0, 6, 400),
            "moves": numbers.normal(0, 3, 400),
        }
    )


@pytest.fixture(scope="session")
def people() -> pd.DataFrame:
    return _people()


@pytest.fixture(scope="session")
def outcomes(people: pd.DataFrame) -> np.ndarray:
    noise = np.random.default_rng(8).normal(0, 10, len(people))
    return (people["absences"] + 8 * people["exclusions"] + noise > 65).astype(int).to_numpy()


@pytest.fixture(scope="session")
def models(people: pd.DataFrame, outcomes: np.ndarray) -> dict[str, Model]:
    return {
        name: Model(
            estimator.fit(people, outcomes),
            skops.io.dumps(estimator),
            "linear" if name == "logistic" else "tree_path_dependent",
        )
        for name, estimator in ESTIMATORS.items()
    }


@pytest.fixture(scope="session")
def rows(people: pd.DataFrame) -> list[dict[str, int | float]]:
    """Twenty people as a caller sends them: whole numbers stay whole, keys in another order."""
    return [dict(reversed(list(row.items()))) for row in people.head(20).to_dict("records")]


@pytest.fixture(scope="session")
def client() -> Iterator[EngineClient]:
    client = EngineClient(keep=5)
    yield client
    client.close()


@pytest.fixture
def standing_in(tmp_path: Any) -> Iterator[Callable[..., EngineClient]]:
    """Makes a client whose children run a script; the checkout is on the script's path."""
    made: list[EngineClient] = []

    def make(script: str, **settings: Any) -> EngineClient:
        start = f"import sys; sys.path.append({str(ROOT)!r})\n{script}"
        made.append(EngineClient(command=(sys.executable, "-I", "-B", "-c", start, "2048"), **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


@pytest.fixture(scope="session")
def rezipped() -> Callable[..., bytes]:
    """A copy of a skops file: members changed, added or left out (None), its schema edited by a function."""

    def rezip(
        data: bytes,
        members: dict[str, bytes | None] | None = None,
        schema: Callable[[dict[str, Any]], None] | None = None,
        compression: int = zipfile.ZIP_STORED,
    ) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            content: dict[str, bytes | None] = {name: archive.read(name) for name in archive.namelist()}
        if schema is not None:
            parsed = json.loads(content["schema.json"] or b"")
            schema(parsed)
            content["schema.json"] = json.dumps(parsed).encode()
        content.update(members or {})
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", compression) as archive:
            for name, body in content.items():
                if body is not None:
                    archive.writestr(name, body)
        return out.getvalue()

    return rezip
