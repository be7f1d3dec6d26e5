"""Models brought from MLflow, and explained, at the command line (R02, R03)."""

import json
import pickle
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner, Result
from sklearn.linear_model import LogisticRegression
from skops.io import dumps

from algocare.cli.main import main
from model_runtime.engine.mlflow_folders import read_folder

COLUMNS = [("age", "long"), ("visits", "double"), ("housed", "boolean")]


@pytest.fixture(scope="module")
def fitted() -> LogisticRegression:
    rows = np.random.default_rng(5).normal(size=(80, 3))
    return LogisticRegression().fit(
        pd.DataFrame(rows, columns=[name for name, _ in COLUMNS]), (rows[:, 0] > 0).astype(int)
    )


def keep(folder: Path, content: bytes, kept: str, **flavour: object) -> Path:
    """A folder as MLflow 3 writes it: MLmodel, the model, and what its environment needs."""
    folder.mkdir(parents=True)
    file = "model.skops" if kept == "skops" else "model.pkl"
    inputs = [{"type": kind, "name": name, "required": True} for name, kind in COLUMNS]
    said = {
        "artifact_path": "model",
        "flavors": {
            "python_function": {"env": {"conda": "conda.yaml"}, "loader_module": "mlflow.sklearn", "model_path": file},
            "sklearn": {"code": None, "pickled_model": file, "serialization_format": kept, "sklearn_version": "1.9.1"}
            | flavour,
        },
        "mlflow_version": "3.15.0",
        "model_id": "m-7f3a",
        "run_id": "a41c",
        "signature": {"inputs": json.dumps(inputs), "outputs": '[{"type": "long", "required": true}]', "params": None},
    }
    (folder / "MLmodel").write_text(yaml.safe_dump(said))
    (folder / "requirements.txt").write_text("scikit-learn==1.9.1\n")
    (folder / file).write_bytes(content)
    return folder


def bring(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["models", "import-mlflow", *map(str, arguments)], catch_exceptions=False)


def test_a_pickled_model_of_a_run_is_converted_and_a_draft_begun(fitted, tmp_path: Path) -> None:
    """R03: the run's folder is enough; what MLflow knows stands in model.yaml, nothing else is made up."""
    keep(tmp_path / "run" / "artifacts" / "model", pickle.dumps(fitted, protocol=5), "cloudpickle")
    done = bring(tmp_path / "run", "--out", tmp_path / "model.skops", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["kind"], told["converted"]) == ("LogisticRegression", True)
    assert "seccomp" in told["layers"]
    draft = (tmp_path / "model.yaml").read_text()
    assert draft.startswith("# Begun from what MLflow knows of a41c")
    version = yaml.safe_load(draft)["version"]
    assert version["artefact"] == {"file": "model.skops", "sha256": told["sha256"]}
    assert version["features"] == [
        {"name": "age", "type": "integer"},
        {"name": "visits", "type": "number"},
        {"name": "housed", "type": "yes_no"},
    ]
    again = bring(tmp_path / "run", "--out", tmp_path / "model.skops")
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)


def test_a_skops_file_is_checked_and_copied(fitted, tmp_path: Path) -> None:
    """R03: what is stored as skops already is inspected like any file, and is not converted."""
    content = dumps(fitted)
    done = bring(keep(tmp_path / "model", content, "skops"), "--out", tmp_path / "out.skops")
    assert done.exit_code == 0, done.output
    assert "skops file already" in done.output
    assert (tmp_path / "out.skops").read_bytes() == content


def test_a_pickle_that_is_a_program_leaves_nothing(tmp_path: Path) -> None:
    """R03: refused with a sentence; no file, no draft, nothing run."""
    canary = tmp_path / "canary"
    program = b"\x80\x04\x8c\x02os\x8c\x06system\x93(\x8c" + bytes([len(f"touch {canary}")])
    content = program + f"touch {canary}".encode() + b"tR."
    done = bring(keep(tmp_path / "model", content, "pickle"), "--out", tmp_path / "out.skops")
    assert done.exit_code == 2
    assert "os.system" in done.stderr
    assert sorted(one.name for one in tmp_path.iterdir()) == ["model"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"serialization_format": "joblib"}, "not one of skops, pickle and cloudpickle"),
        ({"pickled_model": "../secret"}, "not a file of this folder"),
        ({"pickled_model": "link"}, "not a file of this folder"),
        ({"pickled_model": ""}, "not a file of this folder"),
    ],
)
def test_a_folder_that_is_not_a_model_is_refused(change: dict, words: str, tmp_path: Path) -> None:
    """R03: nothing outside the folder is read, by a path or by a link."""
    (tmp_path / "secret").write_bytes(b"x")
    folder = keep(tmp_path / "model", b"x", "skops", **change)
    (folder / "link").symlink_to(tmp_path / "secret")
    done = bring(folder, "--out", tmp_path / "out.skops")
    assert (done.exit_code, words in done.stderr) == (2, True), done.stderr


def test_what_is_said_of_the_folder(tmp_path: Path) -> None:
    """R03: no model, several, another flavour, a signature nobody can read: each refusal names the file."""
    with_code = keep(tmp_path / "one" / "model", b"x", "pickle", code="code")
    assert read_folder(tmp_path / "one", 100).has_code
    keep(tmp_path / "one" / "other", b"x", "pickle")
    for folder, words in ((tmp_path / "nothing", "no folder"), (tmp_path / "one", "2 models")):
        with pytest.raises(Exception, match=words):
            read_folder(folder, 100)
    with pytest.raises(Exception, match="larger than"):
        read_folder(with_code, 0)
    for text, words in (("flavors: {spark: {}}", "no sklearn flavour"), ("[", "not YAML"), ("3", "describe a model")):
        (with_code / "MLmodel").write_text(text)
        with pytest.raises(Exception, match=words):
            read_folder(with_code, 100)
    said = {"flavors": {"sklearn": {"pickled_model": "model.pkl"}}, "signature": {"inputs": "[1"}}
    (with_code / "MLmodel").write_text(yaml.safe_dump(said))
    with pytest.raises(Exception, match="signature"):
        read_folder(with_code, 100)
