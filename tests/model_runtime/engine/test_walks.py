"""A forest walked at once says what scikit-learn's own loop over its trees says, bit by bit (R03)."""

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier

from model_runtime.engine import predicting
from model_runtime.engine.artefacts import load_artefact
from model_runtime.engine.trees import find_thresholds
from model_runtime.engine.walks import Walk

FORESTS = {
    "forest": RandomForestClassifier(12, class_weight="balanced", random_state=1),
    "extra": ExtraTreesClassifier(9, random_state=1),
    "some trees are one leaf": RandomForestClassifier(30, max_samples=4, random_state=3),
    "one leaf": RandomForestClassifier(1, min_samples_split=10_000),
}
pytestmark = [
    pytest.mark.filterwarnings("ignore:X does not have valid feature names"),
    pytest.mark.xdist_group("engine"),
]


@pytest.mark.parametrize("name", FORESTS)
def test_the_same_bits_also_on_the_thresholds(name, people, outcomes):
    forest = FORESTS[name].fit(people, outcomes)
    rows, numbers = people.to_numpy(dtype=float), np.random.default_rng(4)
    for feature, found in find_thresholds(forest).items():
        rows[:200, feature] = numbers.choice(found, 200)
        rows[100:200, feature] = np.nextafter(rows[100:200, feature], np.inf)
    walk = Walk([tree.tree_ for tree in forest.estimators_], 1)
    assert np.array_equal(walk.mean(predicting.single(rows)), forest.predict_proba(rows)[:, 1])


def test_few_rows_are_walked_and_many_are_not(models, people, monkeypatch):
    model, rows = models["forest"], people.to_numpy(dtype=float)
    artefact = load_artefact(model.data, model.features, model.method)
    monkeypatch.setattr(Walk, "mean", lambda self, rows: np.full(len(rows), 0.5))
    few, many = rows[: predicting.FEW_ROWS], rows[: predicting.FEW_ROWS + 1]
    assert (artefact.explain(few).scores == 0.5).all()
    assert np.array_equal(artefact.explain(many).scores, model.estimator.predict_proba(many)[:, 1])
