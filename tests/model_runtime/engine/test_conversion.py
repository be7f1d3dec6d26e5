"""Pickles that MLflow keeps: converted shut in, from a fixed list of names, and never believed (R03)."""

import copyreg
import io
import pickle
import re
import struct
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier

from foundation.paths import ROOT
from model_runtime.engine import conversion
from model_runtime.engine.conversion import convert_pickle
from model_runtime.engine.conversion_child import ALLOWED, _Unpickler, check_instructions, convert
from model_runtime.engine.kinds import KINDS
from model_runtime.engine.layers import EXPECTED, LEAST
from model_runtime.engine.values import EngineRefused

CANARY = Path("/tmp") / f"algocare-canary-{struct.unpack('>I', b'mlfl')[0]}"
CODE = f"open({str(CANARY)!r}, 'w').close()"


def text(word: str) -> bytes:
    raw = word.encode()
    return b"\x8c" + bytes([len(raw)]) + raw


def name(module: str, what: str) -> bytes:
    return text(module) + text(what) + b"\x93"


def call(module: str, what: str, *arguments: str) -> bytes:
    return name(module, what) + b"(" + b"".join(text(one) for one in arguments) + b"tR"


def four(*parts: bytes) -> bytes:
    return b"\x80\x04" + b"".join(parts) + b"."


SYSTEM = call("os", "system", f"touch {CANARY}")
MEMO = text("os") + b"\x94" + text("system") + b"\x94" + b"h\x00h\x01\x93"
HOSTILE = {
    "os.system": four(SYSTEM),
    "posix.system": four(call("posix", "system", f"touch {CANARY}")),
    "builtins.eval": four(call("builtins", "eval", CODE)),
    "builtins.exec": four(call("builtins", "exec", CODE)),
    "subprocess": four(call("subprocess", "getoutput", f"touch {CANARY}")),
    "getattr chain": four(name("builtins", "getattr") + b"(" + name("os", "path") + text("os") + b"tR"),
    "a name with dots": four(call("numpy", "f2py.os.system", f"touch {CANARY}")),
    "numpy's own doors": four(call("numpy.testing._private.utils", "runstring", CODE)),
    "numpy.load": four(call("numpy", "load", "x.npy")),
    "joblib": four(call("joblib", "load", "x.joblib")),
    "pickle in a pickle": four(call("_pickle", "loads", "x")),
    "copyreg": four(name("copyreg", "add_extension") + b"(" + text("os") + text("system") + b"K\x01tR"),
    "an extension": four(b"\x82\x01"),
    "a persistent id": b"\x80\x04" + b"Psomewhere\n.",
    "a persistent id from the stack": four(text("somewhere") + b"Q"),
    "names out of the memo": four(MEMO + b"(" + text(f"touch {CANARY}") + b"tR"),
    "a name that was put together": four(b"(" + text("os") + text("system") + b"t" + text("x") + b"\x93"),
    "the old way of names": b"\x80\x02cos\nsystem\n(X\x04\x00\x00\x00truetR.",
    "protocol 0": b"cos\nsystem\n(S'true'\ntR.",
    "an instance, the old way": b"\x80\x02(X\x04\x00\x00\x00trueios\nsystem\n.",
    "an object, the old way": four(b"(" + name("os", "system") + text("true") + b"o"),
    "a new object with keywords": four(name("os", "system") + b")}\x92"),
    "another module's class": four(call("sklearn.externals", "joblib", "x")),
    "another estimator": four(name("sklearn.svm._classes", "SVC") + b")\x81"),
    "a function to apply": four(name("sklearn.preprocessing._function_transformer", "_identity")),
    "something after its end": four(b"N") + SYSTEM + b".",
    "something hidden behind a group": four(b"((" + SYSTEM + b"l1N"),
    "a stack that is empty": four(b"0" * 3 + SYSTEM),
    "a memo that is empty": four(b"h\x07"),
    "a cut": four(SYSTEM)[:20],
    "no pickle": b"PK\x03\x04 and so on",
    "nothing": b"",
    "cloudpickle": four(name("cloudpickle.cloudpickle", "_make_function") + b")R"),
    "a type made of names": four(call("builtins", "type", "x")),
    "importlib": four(call("importlib", "import_module", "os")),
    "a class that is not listed": pickle.dumps(Path("/etc/passwd"), protocol=5),
    "an array of objects that do things": pickle.dumps(np.array([print], dtype=object), protocol=5),
}


@pytest.fixture(autouse=True)
def no_canary():
    CANARY.unlink(missing_ok=True)
    yield
    assert not CANARY.exists(), "something in a pickle was run"


@pytest.mark.parametrize("case", HOSTILE, ids=str)
def test_a_pickle_that_asks_for_anything_else_is_refused_unread(case: str) -> None:
    """R03: found out by reading the instructions, before one of them is followed."""
    with pytest.raises(EngineRefused) as refusal:
        check_instructions(HOSTILE[case])
    assert refusal.value.code in ("pickle_refused", "damaged")


@pytest.mark.parametrize("case", [one for one in HOSTILE if b"system" in HOSTILE[one] or b"eval" in HOSTILE[one]])
def test_the_unpickler_alone_gives_out_nothing_else_either(case: str) -> None:
    """R03: were the first reading mistaken, the second would still refuse."""
    before = dict(copyreg._inverted_registry)
    try:
        found = _Unpickler(io.BytesIO(HOSTILE[case])).load()
    except Exception as refused:
        found = refused
    assert found is None or isinstance(found, (str, Exception))
    assert copyreg._inverted_registry == before


def test_names_are_those_of_the_supported_kinds() -> None:
    """R03: what may be unpickled is what a skops file may name, and what arrays are made of."""
    sklearn = {f"{module}.{what}" for module, what in ALLOWED if module.startswith("sklearn")}
    assert sklearn <= {path for kind in KINDS.values() for _, path in kind.types}
    assert {kind.root for kind in KINDS.values()} <= sklearn
    others = {module.partition(".")[0] for module, _ in ALLOWED} - {"sklearn"}
    assert others == {"numpy", "builtins"}
    assert {what for module, what in ALLOWED if module == "builtins"} == {"slice"}


@pytest.fixture(scope="module")
def forest() -> RandomForestClassifier:
    numbers = np.random.default_rng(5)
    rows = pd.DataFrame(numbers.normal(size=(200, 3)), columns=["age", "visits", "months"])
    return RandomForestClassifier(5, max_depth=4, random_state=1).fit(rows, (rows.age > 0).astype(int))


def test_a_supported_model_comes_out_as_it_went_in(forest, engine) -> None:
    """R03: the file passes the ordinary inspection and gives the same scores; the child was shut in by every layer."""
    done = convert_pickle(pickle.dumps(forest, protocol=5))
    assert done.features == ("age", "visits", "months")
    assert {*LEAST, *EXPECTED} <= set(done.layers)
    report = engine.inspect(done.file, done.features, "tree_path_dependent")
    rows = [{"age": 0.2, "visits": -1.0, "months": 3.0}, {"age": -0.7, "visits": 0.5, "months": 0.0}]
    answer = engine.score(done.file, report.sha256, "tree_path_dependent", done.features, rows)
    expected = forest.predict_proba(pd.DataFrame(rows))[:, 1]
    assert np.allclose(answer.scores, expected, atol=1e-12)


BOMB = four(name("numpy", "ndarray") + b"(" + b"(\x8a\x06" + (10**12).to_bytes(6, "little") + b"ttR")


@pytest.mark.parametrize(
    ("content", "code"), [(HOSTILE["os.system"], "pickle_refused"), (BOMB, "damaged")], ids=["hostile", "bomb"]
)
def test_what_is_refused_leaves_nothing_behind(content: bytes, code: str) -> None:
    """R03: a refusal is an answer, and the process that gave it ends."""
    with pytest.raises(EngineRefused) as refusal:
        convert_pickle(content)
    assert refusal.value.code == code
    with pytest.raises(EngineRefused) as refusal:
        convert(four(b"]"))
    assert refusal.value.code == "kind_not_supported"


def test_no_pickle_is_opened_where_the_machine_does_not_shut_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """R03: asked before the pickle is sent; and a file above the limit is not sent at all."""
    monkeypatch.setattr(conversion, "read_layers", lambda told: ("process", "environment", "limits"))
    with pytest.raises(EngineRefused) as refusal:
        convert_pickle(HOSTILE["os.system"])
    assert refusal.value.code == "not_shut_in"
    with pytest.raises(EngineRefused) as refusal:
        convert_pickle(b"x" * (conversion.LARGEST_MIB * (1 << 20) + 1))
    assert refusal.value.code == "too_large"


READERS = re.compile(r"^\s*(import|from)\s+(pickle|_pickle|cloudpickle|joblib|dill|marshal|shelve)\b", re.MULTILINE)


def test_one_module_alone_reads_pickles() -> None:
    """R03: web, worker and engines never unpickle; the converter's child is the one place that imports a reader."""
    packages = (
        "algocare",
        "audit",
        "monitoring",
        "assessments",
        "model_runtime",
        "registry",
        "foundation",
        "migrations",
    )
    files = [file for package in packages for file in (ROOT / package).rglob("*.py")]
    found = {str(file.relative_to(ROOT)) for file in files if READERS.search(file.read_text(encoding="utf-8"))}
    assert found == {"model_runtime/engine/conversion_child.py"}
    said = [file for file in files if "conversion_child" in file.read_text(encoding="utf-8")]
    assert [str(file.relative_to(ROOT)) for file in said] == ["model_runtime/engine/conversion.py"]
