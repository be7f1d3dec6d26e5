"""Whole tables: the fast way gives what SHAP gives, is checked against it, and gives way to it (R02)."""

import contextlib
import io
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import shap
import skops.io
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from woodelf import WoodelfExplainer

from model_runtime.engine import patterns, table_explanations
from model_runtime.engine.artefacts import load_artefact
from model_runtime.engine.patterns import Patterns

TREES = "tree_path_dependent"
pytestmark = [
    pytest.mark.filterwarnings("ignore:X does not have valid feature names"),
    pytest.mark.xdist_group("engine"),
]


@pytest.fixture(scope="module")
def rows(people):
    """People and everything near: values on the models' own thresholds, and many that meet in one pattern."""
    table = pd.concat([people] * 3).to_numpy(dtype=float)
    table[800:] = np.round(table[800:])
    return table


@pytest.mark.parametrize("name", ["forest", "extra", "tree", "boosted", "histogram"])
def test_the_fast_way_gives_what_shap_gives(name, models, rows):
    model = models[name]
    artefact = load_artefact(model.data, model.features, model.method)
    fast, slow = artefact.explain_table(rows, True), artefact.explain_table(rows, False)
    assert (fast.route, slow.route) == ("woodelf", "shap")
    assert np.abs(fast.contributions - slow.contributions).max() < 1e-12
    assert fast.largest_error() < 1e-9
    assert fast.base == slow.base
    assert np.array_equal(fast.scores, model.estimator.predict_proba(rows)[:, 1])
    assert 8 <= fast.checked <= len(rows)
    assert 0 <= fast.largest_difference < 1e-12


def test_a_linear_table_is_explained_by_its_own_terms(models, rows):
    model = models["logistic"]
    found = load_artefact(model.data, model.features, model.method).explain_table(rows, True)
    assert found.route == "linear"
    assert np.array_equal(found.contributions, rows * model.estimator.coef_[0])


def test_the_same_table_gives_the_same_bits_whole_or_in_parts(models, rows):
    model = models["forest"]
    artefact = load_artefact(model.data, model.features, model.method)
    whole = artefact.explain_table(rows, True)
    parts = [artefact.explain_table(rows[at : at + 500], True) for at in range(0, len(rows), 500)]
    assert np.array_equal(whole.contributions, np.concatenate([part.contributions for part in parts]))
    assert np.array_equal(whole.scores, np.concatenate([part.scores for part in parts]))


@pytest.mark.parametrize("bits", [0, 2, 3])
def test_paths_too_long_for_a_table_are_worked_out_one_by_one(bits, models, rows, monkeypatch):
    model = models["histogram"]
    slow = load_artefact(model.data, model.features, model.method).explain_table(rows, False)
    monkeypatch.setattr(patterns, "MOST_BITS", bits)
    fast = load_artefact(model.data, model.features, model.method).explain_table(rows, True)
    assert fast.route == "woodelf"
    assert np.abs(fast.contributions - slow.contributions).max() < 1e-12


def test_deep_trees_with_features_met_again_and_again(people, outcomes, rows):
    model = ExtraTreesClassifier(4, random_state=3).fit(people, outcomes)
    artefact = load_artefact(skops.io.dumps(model), tuple(people.columns), TREES)
    fast, slow = artefact.explain_table(rows[:300], True), artefact.explain_table(rows[:300], False)
    assert fast.route == "woodelf"
    assert np.abs(fast.contributions - slow.contributions).max() < 1e-12


def test_tables_that_would_be_too_large_are_explained_by_shap(models, rows, monkeypatch):
    monkeypatch.setattr(patterns, "MOST_NUMBERS", 10)
    model = models["forest"]
    found = load_artefact(model.data, model.features, model.method).explain_table(rows[:50], True)
    assert (found.route, found.checked) == ("shap", 0)


def test_a_sample_that_differs_sends_the_whole_batch_to_shap(models, rows, monkeypatch):
    """The fast way is put out of order by a thousandth; nothing of it is left in the answer."""
    model = models["forest"]
    artefact = load_artefact(model.data, model.features, model.method)
    slow = artefact.explain_table(rows[:200], False)
    sound = Patterns.explain
    monkeypatch.setattr(Patterns, "explain", lambda self, table: sound(self, table) + 0.001)
    found = artefact.explain_table(rows[:200], True)
    assert found.route == "shap"
    assert found.largest_difference == pytest.approx(0.001)
    assert np.array_equal(found.contributions, slow.contributions)


def test_a_single_row_that_misses_is_explained_again(models, rows, monkeypatch):
    model = models["forest"]
    artefact = load_artefact(model.data, model.features, model.method)
    sound, checked = Patterns.explain, table_explanations._sample(rows[:200])
    spoilt = next(at for at in range(200) if at not in checked)

    def misses(self, table):
        found = sound(self, table)
        found[spoilt, 0] += 0.001
        return found

    monkeypatch.setattr(Patterns, "explain", misses)
    found = artefact.explain_table(rows[:200], True)
    assert found.route == "woodelf"
    assert found.largest_error() < 1e-6


def test_nobody_chooses_the_sample(rows):
    once, again = table_explanations._sample(rows), table_explanations._sample(rows)
    assert np.array_equal(once, again)
    assert not np.array_equal(once, table_explanations._sample(rows + 1))
    assert len(np.unique(once)) == len(once)


def test_why_the_published_library_is_a_yardstick_and_not_the_way(people, outcomes):
    """It explains class 0 of a forest, in single precision: too coarse for 1e-6 of log-odds, and it prints."""
    frame = people.astype("float32").astype(float)
    forest = RandomForestClassifier(5, max_depth=4, random_state=1).fit(frame, outcomes)
    of_one = shap.TreeExplainer(forest, feature_perturbation=TREES).shap_values(frame)[:, :, 1]
    ours = load_artefact(skops.io.dumps(forest), tuple(frame.columns), TREES).explain_table(frame.to_numpy(), True)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        theirs = WoodelfExplainer(forest).shap_values(frame)
    assert theirs.dtype == np.float32
    assert np.abs(theirs + of_one).max() < 1e-5
    assert ours.contributions == pytest.approx(of_one, abs=1e-12)
    histogram = HistGradientBoostingClassifier(max_iter=100, random_state=1).fit(frame, outcomes)
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        coarse = WoodelfExplainer(histogram).shap_values(frame).astype(float)
    own = histogram.decision_function(frame)
    base = np.ravel(shap.TreeExplainer(histogram, feature_perturbation=TREES).expected_value)[-1]
    exact = load_artefact(skops.io.dumps(histogram), tuple(frame.columns), TREES).explain_table(frame.to_numpy(), True)
    assert exact.largest_error() < 1e-12
    assert np.abs(base + coarse.sum(axis=1) - own).max() > 100 * exact.largest_error()


def test_the_interventional_way_of_shap_is_never_taken(people, outcomes):
    """It is off for histogram models on ordinary numbers, without an error; the path-dependent one is exact."""
    frame = people.assign(absences=np.round(people["absences"], 2), moves=np.round(people["moves"], 2))
    model = HistGradientBoostingClassifier(max_iter=60, random_state=1).fit(frame, outcomes)
    off = shap.TreeExplainer(model, frame.head(100), feature_perturbation="interventional")
    values = off.shap_values(frame, check_additivity=False)
    own = model.decision_function(frame)
    assert np.abs(np.ravel(off.expected_value)[-1] + values.sum(axis=1) - own).max() > 1e-6
    artefact = load_artefact(skops.io.dumps(model), tuple(frame.columns), TREES)
    assert artefact.explain(frame.to_numpy(dtype=float)).largest_error() < 1e-9


def test_a_tree_whose_nodes_carry_no_weight_is_left_to_shap(models):
    model = models["forest"]
    trees = table_explanations._trees_of(model.estimator)
    assert Patterns(trees, 4).applies
    weightless = replace(trees[0], cover=np.zeros_like(trees[0].cover))
    assert not Patterns([weightless, *trees[1:]], 4).applies
