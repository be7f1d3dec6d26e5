"""Single rows are explained with the numbers of SHAP, or by SHAP itself (R02)."""

from dataclasses import replace

import numpy as np
import pytest
import shap
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.tree import DecisionTreeClassifier

from model_runtime.engine import single_rows
from model_runtime.engine.artefacts import load_artefact
from model_runtime.engine.single_rows import FEW_ROWS, SingleRows, single_rows_of
from model_runtime.engine.trees import find_thresholds

TREES = "tree_path_dependent"
WIDTH = 12
pytestmark = [
    pytest.mark.filterwarnings("ignore:X does not have valid feature names"),
    pytest.mark.xdist_group("engine"),
]
MODELS = {
    "forest": (RandomForestClassifier(15, max_depth=8, class_weight="balanced", random_state=1), WIDTH),
    "extra trees": (ExtraTreesClassifier(8, random_state=1), WIDTH),
    "tree": (DecisionTreeClassifier(max_depth=6, random_state=1), WIDTH),
    "boosted": (GradientBoostingClassifier(n_estimators=20, max_depth=4, subsample=0.7, random_state=1), WIDTH),
    "histogram": (HistGradientBoostingClassifier(max_iter=20, min_samples_leaf=2, random_state=1), WIDTH),
    "stumps": (GradientBoostingClassifier(n_estimators=12, max_depth=1, random_state=1), WIDTH),
    "some trees are one leaf": (RandomForestClassifier(30, max_samples=3, random_state=3), WIDTH),
    "two features again and again": (ExtraTreesClassifier(5, random_state=2), 2),
    "one feature": (DecisionTreeClassifier(random_state=1), 1),
    "a path of all features": (DecisionTreeClassifier(splitter="random", random_state=1), WIDTH),
}


@pytest.fixture(scope="module")
def learnt():
    """Rows whose outcome is mostly noise, so that trees grow deep."""
    numbers = np.random.default_rng(5)
    rows = np.round(numbers.normal(0, 3, (500, WIDTH)), 2)
    return rows, (rows[:, 0] + numbers.normal(0, 6, 500) > 0).astype(int)


def asked(model, width):
    """Rows at random, and on and beside the thresholds of the model itself."""
    numbers = np.random.default_rng(6)
    rows = numbers.normal(0, 4, (40, width))
    for feature, found in find_thresholds(model).items():
        chosen = numbers.choice(found, 30)
        beside = np.nextafter(chosen, numbers.choice([-np.inf, np.inf], 30))
        rows[:30, feature] = np.where(numbers.random(30) < 0.6, chosen, beside)
    rows[0] = 0.0
    return rows


@pytest.mark.parametrize("name", MODELS)
def test_every_number_is_that_of_shap_and_they_add_up(name, learnt):
    model, width = MODELS[name]
    model.fit(learnt[0][:, :width], learnt[1])
    explainer = shap.TreeExplainer(model, feature_perturbation=TREES)
    rows = asked(model, width)
    values = np.asarray(explainer.shap_values(rows, check_additivity=False))
    expected = values[:, :, 1] if values.ndim == 3 else values
    taken = rows.astype(explainer.model.input_dtype).astype(np.float64)
    found = single_rows_of(explainer.model, width, values.ndim - 2).explain(taken)
    assert found.shape == (len(rows), width)
    assert np.abs(found - expected).max() < 1e-12
    own = model.decision_function(rows) if hasattr(model, "decision_function") else model.predict_proba(rows)[:, 1]
    assert np.ravel(explainer.expected_value)[-1] + found.sum(axis=1) == pytest.approx(own, abs=1e-9)
    if name == "a path of all features":
        assert model.get_depth() >= 15
    if name == "some trees are one leaf":
        assert {1} < {tree.tree_.node_count for tree in model.estimators_}


def test_where_it_does_not_apply_shap_explains(learnt, monkeypatch):
    forest = RandomForestClassifier(3, max_depth=3, random_state=1).fit(*learnt)
    trees = shap.TreeExplainer(forest, feature_perturbation=TREES).model
    assert single_rows_of(trees, WIDTH, 1) is not None
    covered = trees.node_sample_weight.copy()
    for nothing in (0.0, -1.0, np.nan, np.inf):
        trees.node_sample_weight[1, 2] = nothing
        assert single_rows_of(trees, WIDTH, 1) is None
    trees.node_sample_weight[:] = covered
    monkeypatch.setattr(single_rows, "MOST_NUMBERS", 100)
    assert single_rows_of(trees, WIDTH, 1) is None
    monkeypatch.undo()
    trees.values[0, trees.children_left[0] < 0] = np.inf
    assert single_rows_of(trees, WIDTH, 1) is None
    leaf = DecisionTreeClassifier(min_samples_split=1000).fit(*learnt)
    assert single_rows_of(shap.TreeExplainer(leaf, feature_perturbation=TREES).model, WIDTH, 1) is None


def test_a_row_alone_goes_the_fast_way_and_many_go_to_shap(models, people):
    explainer, rows = loaded(models["forest"]), people.to_numpy(dtype=float)
    for count in (1, FEW_ROWS):
        assert np.array_equal(explainer.explain(rows[:count]).contributions, explainer.alone(rows[:count]))
    many = rows[: FEW_ROWS + 1]
    assert np.array_equal(explainer.explain(many).contributions, explainer.attribute(many))
    assert loaded(models["logistic"]).alone is None


@pytest.mark.parametrize("table", ["gains", "shares", "factors", "weights"])
def test_a_wrong_table_is_found_out_when_the_model_is_loaded(table, models, people, monkeypatch):
    """Off by a hundred-thousandth, which might pass a check of the sum: SHAP's numbers are the yardstick."""
    sound = single_rows.make_tables

    def wrong(*given):
        made = sound(*given)
        return replace(made, **{table: getattr(made, table) * (1 + 1e-5)})

    monkeypatch.setattr(single_rows, "make_tables", wrong)
    explainer, row = loaded(models["boosted"]), people.head(1).to_numpy(dtype=float)
    assert explainer.alone is None
    assert np.array_equal(explainer.explain(row).contributions, explainer.attribute(row))


def test_what_does_not_repeat_itself_is_not_used(models, monkeypatch):
    sound, moves = SingleRows.explain, iter(np.arange(1, 100) * 1e-13)
    monkeypatch.setattr(SingleRows, "explain", lambda self, rows: sound(self, rows) + next(moves))
    assert loaded(models["forest"]).alone is None


def test_a_row_whose_sum_misses_the_score_is_explained_by_shap(models, people, monkeypatch):
    explainer, row = loaded(models["histogram"]), people.head(1).to_numpy(dtype=float)
    sound = SingleRows.explain
    monkeypatch.setattr(SingleRows, "explain", lambda self, rows: sound(self, rows) + 0.001)
    assert np.array_equal(explainer.explain(row).contributions, explainer.attribute(row))


def loaded(model):
    return load_artefact(model.data, model.features, model.method).explain.__self__
