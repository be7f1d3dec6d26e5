"""Hostile model files: each refused with a stable code, none run, each soon and within little memory (R33, R39)."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from foundation.paths import ROOT
from model_runtime.engine import trees
from model_runtime.engine.artefacts import load_artefact
from model_runtime.engine.values import EngineRefused

from .conftest import FEATURES
from .hostile import CANARY, CASES, Kit

SECONDS, MIB = 2.0, 300
pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.filterwarnings("ignore:X does not have valid feature")]


def method_of(name):
    tree = name.startswith(("forest", "histogram", "no-trees", "leaves"))
    return "tree_path_dependent" if tree else "linear"


def spoiler(make_forest, make_histogram):
    """A function that fits a small model, spoils a part of it, and saves it as skops does."""

    def spoil(part, *change):
        if part == "histogram":
            model = make_histogram()
            model._predictors[0][0].nodes[change[0]][0] = change[1]
            return skops.io.dumps(model)
        forest = make_forest()
        if part == "repeat":
            forest.estimators_ = forest.estimators_[:1] * change[0]
            return skops.io.dumps(forest)
        tree = forest.estimators_[0].tree_
        state = tree.__getstate__()
        if part == "nodes":
            state["nodes"][change[0]][1] = change[1]
        else:
            state["values"][:] = change[0]
        tree.__setstate__(state)
        return skops.io.dumps(forest)

    return spoil


@pytest.fixture(scope="module")
def kit(models, people, outcomes, rezipped):
    def forest():
        return RandomForestClassifier(2, max_depth=3, random_state=1).fit(people, outcomes)

    def histogram():
        return HistGradientBoostingClassifier(max_iter=2, random_state=1).fit(people, outcomes)

    pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit(people, outcomes)
    return Kit(
        models["logistic"].data,
        models["forest"].data,
        models["histogram"].data,
        skops.io.dumps(pipeline),
        spoiler(forest, histogram),
        rezipped,
    )


@pytest.fixture(autouse=True)
def no_canary():
    Path(CANARY).unlink(missing_ok=True)
    yield
    assert not Path(CANARY).exists()


def test_there_are_enough_of_them():
    assert len(CASES) >= 150


@pytest.mark.parametrize("name", CASES)
def test_it_is_refused_with_its_code_soon_and_nothing_of_it_runs(name, kit):
    build, codes = CASES[name]
    data = build(kit)
    begun = time.process_time()
    with pytest.raises(EngineRefused) as refused:
        load_artefact(data, FEATURES, method_of(name))
    assert time.process_time() - begun < SECONDS
    assert refused.value.code in codes
    assert refused.value.sentence.endswith(".")


SCRIPT = """
import sys
sys.path.append(sys.argv[1])
from model_runtime.engine.archives import check_archive
from model_runtime.engine.schemas import check_schema
from model_runtime.engine.values import EngineRefused
try:
    check_schema(check_archive(open(sys.argv[2], "rb").read()))
except EngineRefused as refused:
    heavy = {"sklearn", "shap", "skops", "pandas", "numpy"} & set(sys.modules)
    # not getrusage: its peak begins with that of the process that started this one
    peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(refused.code, int(peak) // 1024, sorted(heavy))
"""


@pytest.mark.parametrize(
    "name",
    [
        "bomb-of-zeros", "bomb-in-the-schema", "bomb-of-many", "schema-a-million-trees", "schema-a-million-words",
        "schema-as-many-nodes-as-may-be", "schema-deep-and-closed", "ten-thousand-members",
    ],
)  # fmt: skip
def test_the_largest_are_refused_within_little_memory_before_any_model_library_is_there(name, kit, tmp_path):
    build, codes = CASES[name]
    (tmp_path / "model").write_bytes(build(kit))
    found = subprocess.run(
        [sys.executable, "-I", "-B", "-c", SCRIPT, str(ROOT), str(tmp_path / "model")],
        capture_output=True, text=True, check=True, timeout=60,
    ).stdout.split(maxsplit=2)  # fmt: skip
    assert found[0] in codes
    assert int(found[1]) < MIB
    assert found[2].strip() == "[]"


def test_ten_of_them_through_the_sandboxed_child(kit, client):
    """The same answers where a model file is really opened, with the canary out of reach of the child besides."""
    for name in (
        "pickle-0-call", "pickle-5-call", "joblib-zlib", "opcodes-inside-a-zip-frame", "array-of-a-pickle",
        "array-of-objects", "calls-os.system", "loads-by-MethodNode", "forest-leaf-nan", "overlapping-members",
    ):  # fmt: skip
        build, codes = CASES[name]
        with pytest.raises(EngineRefused) as refused:
            client.inspect(build(kit), FEATURES, method_of(name))
        assert refused.value.code in codes, name


@pytest.mark.parametrize("limit", ["MOST_TREES", "MOST_NODES", "DEEPEST"])
def test_trees_without_number_or_end_are_refused(limit, kit, monkeypatch):
    """With the limit brought down to the file: a file of two thousand trees takes longer to make than to refuse."""
    monkeypatch.setattr(trees, limit, 1)
    with pytest.raises(EngineRefused) as refused:
        load_artefact(kit.forest, FEATURES, "tree_path_dependent")
    assert refused.value.code == "tree_unsound"


def test_the_canary_would_sing(kit):
    """One of the files does run its program where its own list of types is believed."""
    skops.io.loads(CASES["calls-os.system"][0](kit), trusted=["os.system"])
    assert Path(CANARY).exists()
    Path(CANARY).unlink()
