"""Only a plain skops file of a supported model with the declared features is loaded."""

import io
import json
import pickle
import zipfile

import numpy as np
import pytest
import skops.io
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import GradientBoostingClassifier, HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from model_runtime.engine import predicting
from model_runtime.engine.artefacts import load_artefact
from model_runtime.engine.values import EngineRefused

METHOD = "tree_path_dependent"
pytestmark = [
    pytest.mark.filterwarnings("ignore:X does not have valid feature names"),
    pytest.mark.xdist_group("engine"),  # its models are fitted once, for one process
]


def refusal_of(data, features, method=METHOD, **settings):
    with pytest.raises(EngineRefused) as refused:
        load_artefact(data, features, method, **settings)
    assert refused.value.sentence.endswith(".")
    return refused.value


@pytest.mark.parametrize("name", ["forest", "extra", "tree", "boosted", "histogram", "logistic"])
def test_every_supported_kind_is_accepted(name, models, people):
    model = models[name]
    artefact = load_artefact(model.data, model.features, model.method)
    explanation = artefact.explain(people.to_numpy(dtype=float))
    assert explanation.largest_error() < 1e-6
    scores = model.estimator.predict_proba(people)[:, 1]
    assert np.array_equal(explanation.scores, scores)
    own = scores if artefact.kind.unit == "probability" else model.estimator.decision_function(people)
    assert explanation.base + explanation.contributions.sum(axis=1) == pytest.approx(own, abs=1e-6)


def test_a_boosted_model_that_cannot_be_explained_is_refused(people, outcomes, models):
    boosted = GradientBoostingClassifier(init="zero", n_estimators=5).fit(people, outcomes)
    assert refusal_of(skops.io.dumps(boosted), models["forest"].features).code == "not_explainable"


def test_a_boosted_model_of_another_loss_is_refused(people, outcomes, models):
    """Its output is half the log-odds: the unit would be wrong."""
    boosted = GradientBoostingClassifier(loss="exponential", n_estimators=5).fit(people, outcomes)
    assert refusal_of(skops.io.dumps(boosted), models["forest"].features).code == "type_refused"


def test_a_model_runs_on_one_thread_so_that_it_repeats_itself(people, outcomes, models):
    forest = RandomForestClassifier(30, random_state=1, n_jobs=2).fit(people, outcomes)
    explain = load_artefact(skops.io.dumps(forest), models["forest"].features, METHOD).explain
    expected = forest.set_params(n_jobs=1).predict_proba(people)[:, 1]
    assert np.array_equal(explain(people.to_numpy(dtype=float)).scores, expected)


def test_the_report_names_what_was_found(models, client):
    model = models["forest"]
    report = client.inspect(model.data, model.features, model.method)
    assert (report.kind, report.unit, report.classes) == ("RandomForestClassifier", "probability", (0, 1))
    assert report.sha256 == model.sha256
    assert report.bytes == len(model.data)
    assert report.features == model.features
    assert len(report.trial_sha256) == 64


def test_the_trial_says_the_same_of_the_same_file_and_another_of_another(models):
    """Two processes have to find the same before a model is accepted (R03); here it is what they compare."""
    model = models["forest"]
    once, again = (load_artefact(model.data, model.features, model.method).trial_sha256 for _ in range(2))
    assert once == again
    assert once != load_artefact(models["extra"].data, model.features, model.method).trial_sha256


@pytest.mark.parametrize("name", ["forest", "extra", "tree", "boosted", "histogram"])
def test_one_row_has_the_bits_that_scikit_learn_gives_it(name, models, people):
    """The short way through the trees gives what `predict_proba` gives, also on the thresholds themselves."""
    model = models[name]
    artefact = load_artefact(model.data, model.features, model.method)
    rows = people.head(40).to_numpy(dtype=float)
    expected = [model.estimator.predict_proba(rows[at : at + 1])[0, 1] for at in range(len(rows))]
    assert [artefact.explain(rows[at : at + 1]).scores[0] for at in range(len(rows))] == expected


def test_where_the_short_way_gives_other_bits_the_long_way_is_taken(models, people, monkeypatch):
    monkeypatch.setitem(predicting._SHORT, "sklearn.ensemble._forest.RandomForestClassifier", _nearly)
    model, rows = models["forest"], people.to_numpy(dtype=float)
    artefact = load_artefact(model.data, model.features, model.method)
    assert np.array_equal(artefact.explain(rows).scores, model.estimator.predict_proba(rows)[:, 1])


def _nearly(estimator):
    return lambda columns: 2 * (np.nextafter(estimator.predict_proba(columns)[:, 1], 2),)


def test_a_pickle_under_another_name_is_not_skops(models, client):
    for protocol in (0, 4):
        data = pickle.dumps(models["logistic"].estimator, protocol)
        with pytest.raises(EngineRefused, match="pickle") as refused:
            client.inspect(data, models["logistic"].features, "linear")
        assert refused.value.code == "not_skops"


@pytest.mark.parametrize("data", [b"", b"PK", b"\x89HDF\r\n", b'{"trees": []}', b"PK\x05\x06" + bytes(18)])
def test_other_files_are_not_skops(data, models):
    assert refusal_of(data, models["forest"].features).code == "not_skops"


def test_a_zip_without_a_schema_is_not_skops(models, rezipped):
    data = rezipped(models["logistic"].data, {"schema.json": None})
    assert refusal_of(data, models["logistic"].features, "linear").code == "not_skops"


@pytest.mark.parametrize(
    "name", ["model.pkl", "inner.zip", "1.npz", "../1.npy", "/etc/1.npy", "a/../../1.npy", "..\\1.npy", "1.npy\x00.pkl"]
)
def test_members_that_skops_does_not_write_are_refused(name, models, rezipped):
    data = rezipped(models["logistic"].data, {name: pickle.dumps({"a": 1})})
    assert refusal_of(data, models["logistic"].features, "linear").code == "archive_unsafe"


def test_an_array_that_is_a_pickle_or_an_archive_is_refused(models, rezipped):
    for body in (pickle.dumps([1]), models["forest"].data):
        data = rezipped(models["logistic"].data, {"7.npy": body})
        assert refusal_of(data, models["logistic"].features, "linear").code == "archive_unsafe"


def test_an_array_of_pickled_objects_is_refused(models, rezipped):
    out = io.BytesIO()
    np.save(out, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    names = zipfile.ZipFile(io.BytesIO(models["logistic"].data)).namelist()
    data = rezipped(models["logistic"].data, dict.fromkeys(names[:-1], out.getvalue()))
    assert refusal_of(data, models["logistic"].features, "linear").code == "damaged"


def test_a_link_is_refused(models):
    out = io.BytesIO(models["logistic"].data)
    with zipfile.ZipFile(out, "a") as archive:
        link = zipfile.ZipInfo("9.npy")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    refusal = refusal_of(out.getvalue(), models["logistic"].features, "linear")
    assert refusal.code == "archive_unsafe"
    assert "link" in refusal.sentence


def test_a_zip_bomb_is_refused_before_it_is_unpacked(models, rezipped):
    data = rezipped(models["logistic"].data, {"9.npy": bytes(60 << 20)}, compression=zipfile.ZIP_DEFLATED)
    assert len(data) < 100_000
    assert refusal_of(data, models["logistic"].features, "linear").code == "archive_unsafe"


def test_a_declared_size_that_is_not_the_real_one_is_refused(models, rezipped):
    body = b"\x93NUMPY" + bytes(94)
    data = rezipped(models["logistic"].data, {"99999.npy": body})
    entry = data.rindex(b"99999.npy") - 46
    lying = data[: entry + 24] + (50).to_bytes(4, "little") + data[entry + 28 :]
    assert refusal_of(lying, models["logistic"].features, "linear").code == "damaged"


def test_two_members_of_one_name_are_refused(models):
    out = io.BytesIO(models["logistic"].data)
    with zipfile.ZipFile(out, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("schema.json", "{}")
    assert refusal_of(out.getvalue(), models["logistic"].features, "linear").code == "archive_unsafe"


def test_bytes_before_or_after_the_archive_are_refused(models):
    model = models["logistic"]
    assert refusal_of(b"#!" + model.data, model.features, "linear").code == "not_skops"
    assert refusal_of(model.data + b"more", model.features, "linear").code == "archive_unsafe"
    assert refusal_of(model.data[:-100], model.features, "linear").code == "archive_unsafe"


def test_every_flipped_byte_of_an_array_is_noticed(models):
    model = models["logistic"]
    at = model.data.index(b"\x93NUMPY") + 130
    data = bytearray(model.data)
    data[at] ^= 1
    assert refusal_of(bytes(data), model.features, "linear").code == "damaged"


def test_a_file_above_the_limit_is_refused(models, client):
    data = models["logistic"].data + bytes(1 << 20)
    assert refusal_of(data, models["logistic"].features, "linear", artefact_mib=1).code == "too_large"
    with pytest.raises(EngineRefused) as refused:
        client.inspect(bytes(21 << 20), models["logistic"].features, "linear")
    assert refused.value.code == "too_large"


def _system_call(marker, loader):
    words = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode"}
    command = {**words, "content": json.dumps(f"touch {marker}"), "is_json": True, "__id__": 11}
    arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": [command]}
    node = {"__class__": "system", "__module__": "os", "__loader__": loader, "__id__": 12}
    return {**node, "content": {**arguments, "__id__": 13}}


def test_a_file_that_calls_the_system_is_refused_and_the_call_not_made(models, client, rezipped, tmp_path):
    marker, model = tmp_path / "called", models["logistic"]
    data = rezipped(
        model.data,
        schema=lambda schema: schema["content"]["content"].update(
            tol=_system_call(marker, "ConstructorFromReduceNode")
        ),
    )
    with pytest.raises(EngineRefused, match=r"os\.system") as refused:
        client.inspect(data, model.features, "linear")
    assert refused.value.code == "type_refused"
    assert not marker.exists()
    # the same file does run the command where its own list of types is believed
    skops.io.loads(data, trusted=["os.system"])
    assert marker.exists()


@pytest.mark.parametrize("loader", ["FunctionNode", "TypeNode", "ObjectNode", "MethodNode", "PartialNode", "JsonNode"])
def test_a_stranger_is_refused_whatever_loads_it(loader, models, rezipped, tmp_path):
    data = rezipped(
        models["logistic"].data,
        schema=lambda schema: schema["content"]["content"].update(tol=_system_call(tmp_path / "x", loader)),
    )
    assert refusal_of(data, models["logistic"].features, "linear").code == "type_refused"


def test_a_type_of_another_kind_is_refused(models, rezipped):
    """A logistic regression has no business with trees, though trees are supported elsewhere."""
    tree = {"__class__": "Tree", "__module__": "sklearn.tree._tree", "__loader__": "TreeNode"}
    data = rezipped(models["logistic"].data, schema=lambda schema: schema["content"]["content"].update(tol=tree))
    assert refusal_of(data, models["logistic"].features, "linear").code == "type_refused"


@pytest.mark.parametrize("protocol", [0, 1, 3, True, None])
def test_older_and_newer_formats_of_skops_are_refused(protocol, models, rezipped):
    data = rezipped(models["logistic"].data, schema=lambda schema: schema.update(protocol=protocol))
    assert refusal_of(data, models["logistic"].features, "linear").code == "not_skops"


def test_a_schema_with_a_key_twice_or_without_end_is_refused(models, rezipped):
    for schema in (b'{"protocol": 1, "protocol": 2}', b"[" * 100_000, b"\xff\xfe"):
        data = rezipped(models["logistic"].data, {"schema.json": schema})
        assert refusal_of(data, models["logistic"].features, "linear").code == "damaged"


def test_native_categories_are_refused(people, outcomes, models):
    for setting in ([2], [False, False, True, False]):
        model = HistGradientBoostingClassifier(max_iter=3, categorical_features=setting).fit(people, outcomes)
        assert refusal_of(skops.io.dumps(model), models["forest"].features).code == "native_categorical"
    typed = people.assign(exclusions=people["exclusions"].astype("category"))
    model = HistGradientBoostingClassifier(max_iter=3).fit(typed, outcomes)
    assert refusal_of(skops.io.dumps(model), models["forest"].features).code == "native_categorical"


def test_native_categories_are_found_in_the_trees_too(people, outcomes, models):
    model = HistGradientBoostingClassifier(max_iter=3).fit(people, outcomes)
    model._predictors[0][0].nodes["is_categorical"][0] = 1
    assert refusal_of(skops.io.dumps(model), models["forest"].features).code == "native_categorical"


def test_models_for_other_classes_are_refused(people, outcomes, models):
    features = models["forest"].features
    three = people["exclusions"].clip(0, 2)
    for classes in (three, outcomes + 1, outcomes.astype(bool), np.where(outcomes, "yes", "no")):
        forest = RandomForestClassifier(2, random_state=1).fit(people, classes)
        assert refusal_of(skops.io.dumps(forest), features).code == "classes_not_supported"
    both = RandomForestClassifier(2, random_state=1).fit(people, np.column_stack([outcomes, outcomes]))
    assert refusal_of(skops.io.dumps(both), features).code == "classes_not_supported"


def test_other_estimators_are_refused_with_what_is_supported(people, outcomes, models):
    for estimator in (
        make_pipeline(StandardScaler(), GaussianNB()),
        CalibratedClassifierCV(GaussianNB(), cv=2),
        GaussianNB(),
        StandardScaler(),
    ):
        refusal = refusal_of(skops.io.dumps(estimator.fit(people, outcomes)), models["forest"].features)
        assert refusal.code == "kind_not_supported"
        assert "RandomForestClassifier" in refusal.sentence


def test_the_first_feature_that_differs_is_named(models):
    model = models["forest"]
    swapped = refusal_of(model.data, ("age", "exclusions", "absences", "moves"))
    assert swapped.code == "features_differ"
    assert "Feature 2" in swapped.sentence
    assert "'absences'" in swapped.sentence
    assert refusal_of(model.data, model.features[:-1]).code == "features_differ"
    assert "'extra'" in refusal_of(model.data, (*model.features, "extra")).sentence


def test_a_model_without_feature_names_is_refused(people, outcomes, models):
    forest = RandomForestClassifier(2).fit(people.to_numpy(), outcomes)
    assert refusal_of(skops.io.dumps(forest), models["forest"].features).code == "no_feature_names"


def test_an_unfitted_model_is_refused(models):
    for estimator, method in ((RandomForestClassifier(), METHOD), (LogisticRegression(), "linear")):
        assert refusal_of(skops.io.dumps(estimator), models["forest"].features, method).code == "classes_not_supported"


def test_the_method_has_to_be_that_of_the_kind(models):
    assert refusal_of(models["forest"].data, models["forest"].features, "linear").code == "method_not_supported"
    assert refusal_of(models["logistic"].data, models["forest"].features).code == "method_not_supported"


def test_a_model_of_another_scikit_learn_is_refused(models, rezipped):
    def age(schema):
        schema["content"]["content"]["_sklearn_version"]["content"] = '"1.2.0"'

    refusal = refusal_of(rezipped(models["logistic"].data, schema=age), models["logistic"].features, "linear")
    assert refusal.code == "version_differs"
    assert "1.2.0" in refusal.sentence


def _with_nodes(people, outcomes, change):
    forest = RandomForestClassifier(2, max_depth=3, random_state=1).fit(people, outcomes)
    tree = forest.estimators_[0].tree_
    state = tree.__getstate__()
    change(state["nodes"])
    tree.__setstate__(state)
    return skops.io.dumps(forest)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("left_child", 0),
        ("right_child", 2),
        ("left_child", 10**6),
        ("feature", 99),
        ("feature", -7),
        ("threshold", np.nan),
    ],
)
def test_a_tree_that_would_crash_or_never_end_is_refused(field, value, people, outcomes, models):
    def change(nodes):
        nodes[field][1] = value

    data = _with_nodes(people, outcomes, change)
    assert refusal_of(data, models["forest"].features).code == "tree_unsound"


def test_a_histogram_tree_that_would_crash_is_refused(people, outcomes, models):
    for field, value in (("left", 0), ("right", 10**6), ("feature_idx", 99), ("value", np.nan)):
        model = HistGradientBoostingClassifier(max_iter=2).fit(people, outcomes)
        model._predictors[0][0].nodes[field][0] = value
        assert refusal_of(skops.io.dumps(model), models["forest"].features).code == "tree_unsound"


def test_a_model_whose_method_is_overwritten_is_refused(models, rezipped):
    def overwrite(schema):
        attributes = schema["content"]
        attributes["content"]["predict_proba"] = attributes["content"]["solver"]
        attributes["key_types"]["content"].append(attributes["key_types"]["content"][0])

    data = rezipped(models["logistic"].data, schema=overwrite)
    assert refusal_of(data, models["logistic"].features, "linear").code == "damaged"
