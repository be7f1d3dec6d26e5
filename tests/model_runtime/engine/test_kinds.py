"""Models behind pipelines and inside calibrations: explained exactly, in the inputs that were declared (R02, R03)."""

import hashlib

import numpy as np
import pandas as pd
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.frozen import FrozenEstimator
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, OneHotEncoder, OrdinalEncoder, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from model_runtime.engine import warming
from model_runtime.engine.artefacts import load_artefact
from model_runtime.engine.forkserver import LIBRARIES
from model_runtime.engine.kinds import KINDS
from model_runtime.engine.values import EngineRefused

TREES, LINEAR = "tree_path_dependent", "linear"
NAMES = ("age", "absences", "tenure", "band")
pytestmark = [
    pytest.mark.filterwarnings("ignore:X does not have valid feature names"),
    pytest.mark.xdist_group("engine"),
]


@pytest.fixture(scope="module")
def table():
    numbers = np.random.default_rng(11)
    return pd.DataFrame(
        {
            "age": numbers.integers(5, 19, 300).astype(float),
            "absences": np.round(numbers.uniform(0, 100, 300), 2),
            "tenure": numbers.choice([1.0, 2.0, 4.0], 300),
            "band": numbers.choice([0.0, 1.0, 2.0, 3.0], 300),
        }
    )


@pytest.fixture(scope="module")
def outcome(table):
    noise = np.random.default_rng(12).normal(0, 10, len(table))
    return (table["absences"] + 15 * (table["tenure"] == 2) + noise > 60).astype(int).to_numpy()


def columns(**settings):
    return ColumnTransformer(
        [
            ("numbers", Pipeline([("fill", SimpleImputer()), ("scale", StandardScaler())]), ["age", "absences"]),
            ("tenure", OneHotEncoder(**settings), ["tenure"]),
            ("band", OrdinalEncoder(), ["band"]),
        ]
    )


def forest():
    return RandomForestClassifier(12, max_depth=5, random_state=1)


WHOLE = {
    "columns and a forest": (lambda: make_pipeline(columns(), forest()), TREES, "Pipeline of RandomForestClassifier"),
    "dropped first category": (
        lambda: make_pipeline(
            columns(drop="first", sparse_output=False), ExtraTreesClassifier(5, max_depth=4, random_state=1)
        ),
        TREES,
        "Pipeline of ExtraTreesClassifier",
    ),
    "the rest passed on": (
        lambda: make_pipeline(
            ColumnTransformer([("tenure", OneHotEncoder(), ["tenure"])], remainder="passthrough"),
            MinMaxScaler(),
            HistGradientBoostingClassifier(max_iter=8, random_state=1),
        ),
        TREES,
        "Pipeline of HistGradientBoostingClassifier",
    ),
    "the rest dropped": (
        lambda: make_pipeline(
            ColumnTransformer([("a", "passthrough", [1]), ("b", StandardScaler(), slice(0, 1))]),
            GradientBoostingClassifier(n_estimators=8, random_state=1),
        ),
        TREES,
        "Pipeline of GradientBoostingClassifier",
    ),
    "scaled and linear": (
        lambda: make_pipeline(columns(), LogisticRegression()),
        LINEAR,
        "Pipeline of LogisticRegression",
    ),
    "scaled trees": (
        lambda: make_pipeline(StandardScaler(), "passthrough", DecisionTreeClassifier(max_depth=4)),
        TREES,
        "Pipeline of DecisionTreeClassifier",
    ),
    "calibrated": (
        lambda: CalibratedClassifierCV(forest(), ensemble=False, cv=2),
        TREES,
        "CalibratedClassifierCV of RandomForestClassifier",
    ),
    "calibrated histogram": (
        lambda: CalibratedClassifierCV(
            HistGradientBoostingClassifier(max_iter=8, random_state=1), ensemble=False, cv=2
        ),
        TREES,
        "CalibratedClassifierCV of HistGradientBoostingClassifier",
    ),
    "calibrated pipeline": (
        lambda: CalibratedClassifierCV(make_pipeline(columns(), forest()), ensemble=False, cv=2),
        TREES,
        "CalibratedClassifierCV of Pipeline of RandomForestClassifier",
    ),
    "pipeline of a calibrated": (
        lambda: make_pipeline(columns(), CalibratedClassifierCV(LogisticRegression(), ensemble=False, cv=2)),
        LINEAR,
        "Pipeline of CalibratedClassifierCV of LogisticRegression",
    ),
}


@pytest.mark.parametrize("name", WHOLE)
def test_scores_are_the_whole_models_and_reasons_add_up_in_declared_inputs(name, table, outcome):
    """For rows and for tables, by the fast way and by SHAP (R02)."""
    make, method, kind = WHOLE[name]
    model = make().fit(table, outcome)
    artefact = load_artefact(skops.io.dumps(model), NAMES, method)
    assert artefact.kind.name == kind
    rows = table.to_numpy()
    expected = model.predict_proba(table)[:, 1]
    explanation = artefact.explain(rows)
    assert np.array_equal(explanation.scores, expected)
    own = np.log(expected / (1 - expected)) if artefact.kind.unit == "log-odds" else expected
    assert explanation.base + explanation.contributions.sum(axis=1) == pytest.approx(own, abs=1e-6)
    assert explanation.contributions.shape == (len(rows), len(NAMES))
    for fast in (True, False):
        whole = artefact.explain_table(rows, fast)
        assert np.array_equal(whole.scores, expected)
        assert whole.largest_error() < 1e-6
        assert whole.contributions == pytest.approx(explanation.contributions, abs=1e-9)


def test_encoded_columns_are_one_reason_of_their_input(table, outcome):
    """Sign and size: tenure 2 raises the score, though no column of that name exists inside (R02)."""
    make, method, _ = WHOLE["columns and a forest"]
    artefact = load_artefact(skops.io.dumps(make().fit(table, outcome)), NAMES, method)
    rows = table.head(40).to_numpy()
    other, two = rows.copy(), rows.copy()
    other[:, 2], two[:, 2] = 1.0, 2.0
    of_other, of_two = artefact.explain(other), artefact.explain(two)
    assert of_two.contributions[:, 2].mean() > of_other.contributions[:, 2].mean()
    assert of_two.scores.mean() > of_other.scores.mean()


def test_a_dropped_input_brings_nothing(table, outcome):
    make, method, _ = WHOLE["the rest dropped"]
    explanation = load_artefact(skops.io.dumps(make().fit(table, outcome)), NAMES, method).explain(table.to_numpy())
    assert not explanation.contributions[:, 2:].any()
    assert explanation.contributions[:, :2].any()


def test_a_category_never_seen_is_no_score(table, outcome, client):
    make, method, _ = WHOLE["columns and a forest"]
    data = skops.io.dumps(make().fit(table, outcome))
    row = dict(zip(NAMES, table.to_numpy()[0].tolist(), strict=True))
    digest = hashlib.sha256(data).hexdigest()
    assert client.score(data, digest, method, NAMES, [row]).kind == "Pipeline of RandomForestClassifier"
    with pytest.raises(EngineRefused) as refused:
        client.score(data, digest, method, NAMES, [{**row, "tenure": 3.0}])
    assert refused.value.code == "rows_refused"


def test_what_a_data_frame_needs_is_there_before_the_child_is_shut_in():
    """It cannot read files any more when it gets a pipeline (R39)."""
    assert warming.__name__ in LIBRARIES
    warming.use_a_data_frame()


REFUSED = {
    "a mean of five": (lambda: CalibratedClassifierCV(LogisticRegression(), ensemble=True, cv=2), "ensemble=False"),
    "a staircase": (lambda: CalibratedClassifierCV(LogisticRegression(), method="isotonic", ensemble=False, cv=2), ""),
    "unknown as none": (
        lambda: make_pipeline(columns(handle_unknown="ignore"), LogisticRegression()),
        "handle_unknown",
    ),
    "rare together": (lambda: make_pipeline(columns(max_categories=2), LogisticRegression()), "rare"),
    "nought is missing": (lambda: make_pipeline(SimpleImputer(missing_values=0), LogisticRegression()), "imputer"),
    "a missing flag": (
        lambda: make_pipeline(SimpleImputer(add_indicator=True), LogisticRegression()),
        "MissingIndicator",
    ),
    "a function": (lambda: make_pipeline(FunctionTransformer(np.log1p), LogisticRegression()), ""),
    "two calibrations": (
        lambda: CalibratedClassifierCV(
            CalibratedClassifierCV(LogisticRegression(), ensemble=False, cv=2), ensemble=False
        ),
        "",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_no_exact_explanation_is_refused_with_what_to_do(name, table, outcome):
    make, said = REFUSED[name]
    with pytest.raises(EngineRefused) as refused:
        load_artefact(skops.io.dumps(make().fit(table, outcome)), NAMES, LINEAR)
    assert refused.value.code in {"step_not_supported", "type_refused", "damaged"}
    assert said in refused.value.sentence


def test_a_calibration_that_turns_round_is_refused(table, outcome):
    frozen = FrozenEstimator(LogisticRegression().fit(table, outcome))
    turned = CalibratedClassifierCV(frozen).fit(table, 1 - outcome)
    with pytest.raises(EngineRefused) as refused:
        load_artefact(skops.io.dumps(turned), NAMES, LINEAR)
    assert refused.value.code == "step_not_supported"
    upright = CalibratedClassifierCV(frozen).fit(table, outcome)
    assert load_artefact(skops.io.dumps(upright), NAMES, LINEAR).kind.wrappers


def test_native_categories_are_found_behind_a_pipeline(table, outcome):
    inside = HistGradientBoostingClassifier(max_iter=3, categorical_features=[2])
    model = make_pipeline(StandardScaler(), inside).fit(table, outcome)
    with pytest.raises(EngineRefused) as refused:
        load_artefact(skops.io.dumps(model), NAMES, TREES)
    assert refused.value.code == "native_categorical"


def test_every_kind_has_one_method_and_one_unit():
    assert len(KINDS) == 30
    assert {kind.method for kind in KINDS.values()} == {TREES, LINEAR}
    assert all(kind.unit == "log-odds" for kind in KINDS.values() if "Calibrated" in kind.name)
