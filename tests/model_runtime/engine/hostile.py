"""Model files that nobody who means well would hand in, by name: how each is made, and with which codes it is refused.

Those that would run something touch a canary file: it must never appear.
"""

import bz2
import functools
import gzip
import io
import json
import lzma
import marshal
import os
import pickle
import struct
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import joblib
import numpy as np

CANARY = "/tmp/algocare-canary"
OUTSIDE = {"not_skops"}
ARCHIVE = {"archive_unsafe"}
BROKEN = {"archive_unsafe", "damaged"}
TYPES = {"type_refused"}
DAMAGED = {"damaged"}
UNSOUND = {"tree_unsound"}


class Touch:
    """Runs a program when it is unpickled."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, (f"touch {CANARY}",)


@dataclass(frozen=True)
class Kit:
    """Sound files of the same four features, to be spoilt."""

    logistic: bytes
    forest: bytes
    histogram: bytes
    pipeline: bytes
    spoil: Callable[..., bytes]
    rezip: Callable[..., bytes]

    def with_node(self, node: dict[str, Any]) -> bytes:
        """The logistic regression with one more node among its settings."""
        return self.rezip(self.logistic, schema=lambda schema: schema["content"]["content"].update(tol=node))

    def with_array(self, body: bytes) -> bytes:
        """The logistic regression with its arrays replaced."""
        with zipfile.ZipFile(io.BytesIO(self.logistic)) as archive:
            names = [name for name in archive.namelist() if name.endswith(".npy")]
        return self.rezip(self.logistic, dict.fromkeys(names, body))

    def with_schema(self, body: bytes) -> bytes:
        """The logistic regression with another schema."""
        return self.rezip(self.logistic, {"schema.json": body})


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


Build = Callable[[Kit], bytes]
CASES: dict[str, tuple[Build, set[str]]] = {}


def _case(name: str, codes: set[str], build: Build) -> None:
    assert name not in CASES
    CASES[name] = build, codes


def _pickles() -> None:
    things = {"plain": {"a": 1}, "call": Touch(), "partial": functools.partial(os.system, "true"), "list": [Touch()]}
    for protocol in range(6):
        for name, thing in things.items():
            _case(f"pickle-{protocol}-{name}", OUTSIDE, lambda _, t=thing, p=protocol: pickle.dumps(t, p))
    opcodes = f"cposix\nsystem\n(S'touch {CANARY}'\ntR.".encode()
    _case("opcodes-by-hand", OUTSIDE, lambda _: opcodes)
    _case("opcodes-behind-a-zip-start", BROKEN, lambda _: b"PK\x03\x04" + opcodes)
    _case("opcodes-inside-a-zip-frame", BROKEN | OUTSIDE, lambda _: b"PK\x03\x04" + opcodes + b"PK\x05\x06" + bytes(18))
    _case("dill-like", OUTSIDE, lambda _: b"\x80\x04cdill._dill\n_load_type\n(S'CodeType'\ntR.")
    _case("cloudpickle-like", OUTSIDE, lambda _: b"\x80\x05ccloudpickle.cloudpickle\n_make_function\n(tR.")
    for method in (0, "zlib", "gzip", "bz2", "xz", "lzma"):
        _case(f"joblib-{method}", OUTSIDE, lambda _, m=method: _joblib(m))


def _joblib(method: Any) -> bytes:
    out = io.BytesIO()
    joblib.dump({"model": Touch()}, out, compress=(method, 3) if method else 0)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        body = pickle.dumps(Touch())
        member = tarfile.TarInfo("../../model.pkl")
        member.size = len(body)
        archive.addfile(member, io.BytesIO(body))
    return out.getvalue()


def _zip(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, body in members.items():
            archive.writestr(name, body)
    return out.getvalue()


def _npy(array: Any, *, pickled: bool = False) -> bytes:
    out = io.BytesIO()
    np.save(out, array, allow_pickle=pickled)
    return out.getvalue()


def _other_formats() -> None:
    call = pickle.dumps(Touch())
    others = {
        "nothing": b"",
        "hdf5": b"\x89HDF\r\n\x1a\n" + bytes(200),
        "onnx": b"\x08\x07\x12\x07skl2onnx\x1a\x061.17.0" + bytes(50),
        "onnx-with-files-outside": b"\x08\x07external_data\x0a\x08location\x12\x0c/etc/passwd",
        "elf": b"\x7fELF\x02\x01\x01" + bytes(60),
        "script": f"#!/bin/sh\ntouch {CANARY}\n".encode(),
        "python": f"import os; os.system('touch {CANARY}')".encode(),
        "marshal": marshal.dumps(compile(f"open({CANARY!r}, 'w')", "x", "exec")),
        "json": b'{"trees": []}',
        "yaml": b"!!python/object/apply:os.system ['true']",
        "pmml": b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><PMML>&a;</PMML>",
        "gzip": gzip.compress(call),
        "bzip2": bz2.compress(call),
        "xz": lzma.compress(call),
        "zlib": zlib.compress(call),
        "tar": _tar(),
        "npy": _npy(np.ones(3)),
        "npy-of-objects": _npy(np.array([Touch()], dtype=object), pickled=True),
        "safetensors": struct.pack("<Q", 1 << 60) + b'{"a": {}}',
        "parquet": b"PAR1" + bytes(20) + b"PAR1",
        "an-empty-zip": b"PK\x05\x06" + bytes(18),
        "spaces-before-a-zip": b"  " + _zip({"schema.json": b"{}"}),
    }
    for name, body in others.items():
        _case(f"format-{name}", OUTSIDE, lambda _, b=body: b)
    zipped = {
        "torch": {"archive/data.pkl": call, "archive/version": b"3"},
        "keras": {"config.json": b'{"class_name": "Lambda"}', "model.weights.h5": b"\x89HDF"},
        "npz": {"a.npy": _npy(np.ones(2))},
        "mlflow": {"MLmodel": b"flavors: {python_function: {}}", "model.pkl": call},
        "wheel": {"x-1.dist-info/RECORD": b"", "x/__init__.py": b"raise SystemExit"},
    }
    for name, members in zipped.items():
        _case(f"zip-of-{name}", ARCHIVE | OUTSIDE, lambda _, m=members: _zip(m))


def _added(
    kit: Kit, name: str, body: bytes = b"\x93NUMPY", change: Callable[[zipfile.ZipInfo], None] | None = None
) -> bytes:
    out = io.BytesIO(kit.logistic)
    with zipfile.ZipFile(out, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        member = zipfile.ZipInfo(name)
        if change:
            change(member)
        archive.writestr(member, body)
    return out.getvalue()


def _archives() -> None:
    call = pickle.dumps(Touch())
    names = _words(
        "model.pkl model.pt model.joblib model.dill model.so model.py sitecustomize.py x.pth inner.zip 1.npz "
        "1.npy.pkl ../1.npy ../../etc/cron.d/x /etc/passwd /1.npy a/../../1.npy ..\\1.npy C:\\1.npy \\\\host\\1.npy "
        "a/1.npy ./1.npy 1.NPY \u0661.npy -1.npy 1e3.npy schema.json.bak Schema.json .npy"
    )
    for name in (*names, "1.npy\x00.pkl", " 1.npy", "1.npy ", "9" * 21 + ".npy", "folder/"):
        _case(f"member-{name!a}", ARCHIVE, lambda kit, n=name: _added(kit, n, call))
    for kind, mode in {"link": 0o120777, "link-to-a-folder": 0o120755}.items():
        _case(
            f"a-{kind}",
            ARCHIVE,
            lambda kit, m=mode: _added(kit, "9.npy", b"/etc/passwd", lambda i: setattr(i, "external_attr", m << 16)),
        )
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        _case(
            f"packed-by-{method}",
            ARCHIVE,
            lambda kit, m=method: _added(kit, "9.npy", b"\x93NUMPY", lambda i: setattr(i, "compress_type", m)),
        )
    _case("two-schemas", ARCHIVE, lambda kit: _added(kit, "schema.json", b"{}"))
    _case("bomb-of-zeros", ARCHIVE, lambda kit: kit.rezip(kit.logistic, {"9.npy": bytes(60 << 20)}, compression=8))
    _case(
        "bomb-in-the-schema",
        ARCHIVE,
        lambda kit: kit.rezip(kit.logistic, {"schema.json": b" " * (30 << 20)}, compression=8),
    )
    _case("bomb-of-many", ARCHIVE, lambda kit: _zip({f"{i}.npy": bytes(1 << 20) for i in range(30)}, 8))
    _case("bomb-in-a-bomb", ARCHIVE, lambda kit: kit.rezip(kit.logistic, {"9.npy": _zip({"x": bytes(1 << 20)}, 8)}))
    _case("a-model-in-a-model", ARCHIVE, lambda kit: kit.rezip(kit.logistic, {"9.npy": kit.forest}))
    _case("ten-thousand-members", ARCHIVE, lambda kit: _zip({f"{i}.npy": b"" for i in range(10_001)}))
    _case("without-a-schema", OUTSIDE, lambda kit: kit.rezip(kit.logistic, {"schema.json": None}))
    _case("a-comment-at-the-end", ARCHIVE, lambda kit: kit.logistic[:-2] + b"\x04\x00" + b"evil")
    _case("more-at-the-end", ARCHIVE, lambda kit: kit.logistic + call)
    _case("something-before", BROKEN, lambda kit: b"PK\x03\x04" + call + kit.logistic)
    for part in (1, 10, 21, 22, 30, 100, 400):
        _case(f"cut-by-{part}", BROKEN, lambda kit, p=part: kit.logistic[:-p])
    for at in (0.2, 0.5, 0.9):
        _case(f"half-{at}", BROKEN, lambda kit, a=at: kit.logistic[: int(len(kit.logistic) * a)])
    for name, field, value in (
        ("encrypted", 8, b"\x01\x00"),
        ("checksum", 16, b"\x00\x00\x00\x00"),
        ("smaller", 24, b"\x05\x00\x00\x00"),
        ("larger", 24, b"\xff\xff\xff\x00"),
        ("beyond-the-file", 42, b"\xff\xff\xff\x7f"),
    ):
        _case(f"directory-lies-{name}", BROKEN, lambda kit, f=field, v=value: _lie(kit.logistic, f, v))
    _case("overlapping-members", BROKEN, _overlapping)


def _lie(data: bytes, field: int, value: bytes) -> bytes:
    """Change a field of the last entry of the directory."""
    at = data.rindex(b"PK\x01\x02") + field
    return data[:at] + value + data[at + len(value) :]


def _overlapping(kit: Kit) -> bytes:
    """Every entry of the directory points at the first member: one body, many times."""
    data = bytearray(kit.logistic)
    at = data.find(b"PK\x01\x02")
    while at != -1:
        data[at + 42 : at + 46] = bytes(4)
        at = data.find(b"PK\x01\x02", at + 4)
    return bytes(data)


def _arrays() -> None:
    header = "{'descr': '<f8', 'fortran_order': False, 'shape': (%s,), }"
    bodies = {
        "a-pickle": (pickle.dumps(Touch()), ARCHIVE),
        "objects": (_npy(np.array([Touch()] * 4, dtype=object), pickled=True), DAMAGED),
        "an-expression": (_headed("__import__('os').system('touch " + CANARY + "')"), DAMAGED),
        "a-huge-shape": (_headed(header % (1 << 60)), DAMAGED),
        "a-negative-shape": (_headed(header % -4), DAMAGED),
        "no-header": (b"\x93NUMPY", DAMAGED),
        "another-version": (b"\x93NUMPY\x09\x00" + bytes(100), DAMAGED),
        "half-an-array": (_npy(np.ones((1, 4)))[:-8], DAMAGED),
        "not-numbers": (_npy(np.array([[np.nan] * 4])), DAMAGED | {"classes_not_supported"}),
        "no-end": (_npy(np.array([[np.inf] * 4])), DAMAGED | {"classes_not_supported"}),
        "words": (_npy(np.array([["a"] * 4])), DAMAGED | {"classes_not_supported"}),
        "complex": (_npy(np.ones((1, 4)) * 1j), DAMAGED | {"classes_not_supported"}),
        "records": (_npy(np.zeros(4, dtype=[("a", "<f8")])), DAMAGED | {"classes_not_supported"}),
    }
    for name, (body, codes) in bodies.items():
        _case(f"array-of-{name}", codes, lambda kit, b=body: kit.with_array(b))


def _headed(words: str) -> bytes:
    text = words.encode().ljust(118) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + bytes(32)


FORBIDDEN = _words(
    "os.system posix.system os.popen os.execv subprocess.Popen subprocess.check_output builtins.eval "
    "builtins.exec builtins.getattr builtins.open builtins.__import__ functools.partial operator.methodcaller "
    "operator.attrgetter importlib.import_module shutil.rmtree pickle.loads joblib.load numpy.load "
    "numpy.f2py.crackfortran.getlincoef ctypes.CDLL socket.socket pathlib.Path types.FunctionType sys.exit "
    "webbrowser.open runpy.run_path timeit.timeit cProfile.run pdb.run pydoc.pipepager "
    "multiprocessing.util.spawnv_passfds torch.load sklearn.utils._joblib.Parallel sklearn.base.clone "
    "scipy.io.loadmat pandas.read_pickle tests.model_runtime.engine.hostile.Touch"
)
LOADERS = _words(
    "MethodNode OperatorFuncNode FunctionNode PartialNode TypeNode ObjectNode ReduceNode BytesNode BytearrayNode "
    "SetNode SparseMatrixNode MaskedArrayNode NdArrayNode RandomStateNode DefaultDictNode CachedNode JsonNode "
    "Nonsense"
)


def _node(path: str, loader: str) -> dict[str, Any]:
    module, _, name = path.rpartition(".")
    words = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "__id__": 11, "is_json": True}
    command = {**words, "content": json.dumps(f"touch {CANARY}")}
    arguments = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "content": [command]}
    return {
        "__class__": name,
        "__module__": module,
        "__loader__": loader,
        "__id__": 12,
        "content": {**arguments, "__id__": 13},
    }


def _types() -> None:
    for path in FORBIDDEN:
        _case(f"calls-{path}", TYPES, lambda kit, p=path: kit.with_node(_node(p, "ConstructorFromReduceNode")))
    for loader in LOADERS:
        _case(f"loads-by-{loader}", TYPES, lambda kit, one=loader: kit.with_node(_node("os.system", one)))
    for root in (
        "sklearn.svm._classes.SVC",
        "sklearn.neural_network._multilayer_perceptron.MLPClassifier",
        "sklearn.ensemble._voting.VotingClassifier",
        "sklearn.ensemble._iforest.IsolationForest",
        "sklearn.linear_model._base.LinearRegression",
        "os.system",
    ):
        _case(f"root-{root}", {"kind_not_supported"}, lambda kit, r=root: kit.rezip(kit.logistic, schema=_rooted(r)))
    _case(
        "pipeline-of-nothing",
        {"kind_not_supported"},
        lambda kit: kit.rezip(kit.logistic, schema=_rooted("sklearn.pipeline.Pipeline")),
    )
    _case("pipeline-with-a-function", TYPES, lambda kit: kit.rezip(kit.pipeline, schema=_calling))


def _rooted(path: str) -> Callable[[dict[str, Any]], None]:
    def change(schema: dict[str, Any]) -> None:
        schema["__module__"], _, schema["__class__"] = path.rpartition(".")

    return change


def _calling(schema: dict[str, Any]) -> None:
    schema["content"]["content"]["memory"] = _node("os.system", "FunctionNode")


def _schemas() -> None:
    many = b'{"__class__":"dict","__module__":"builtins","__loader__":"DictNode"},'
    bodies = {
        "empty": (b"", DAMAGED),
        "null": (b"null", DAMAGED),
        "a-list": (b"[]", DAMAGED),
        "utf-16": ('{"a": 1}'.encode("utf-16"), DAMAGED),
        "half": (b'{"protocol": 2, "__loader__"', DAMAGED),
        "a-key-twice": (b'{"protocol": 1, "protocol": 2}', DAMAGED),
        "a-hundred-thousand-deep": (b"[" * 100_000, DAMAGED),
        "deep-and-closed": (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, DAMAGED),
        "too-large": (b" " * (33 << 20), {"archive_unsafe", "too_large"}),
        "a-huge-number": (b'{"protocol": ' + b"9" * 5_000 + b"}", DAMAGED),
        "a-million-trees": (b"[" + many * (31 * (1 << 20) // len(many)) + b"{}]", {"too_large"}),
        "as-many-nodes-as-may-be": (b"[" + many * (31 * (1 << 20) // len(many) // 2) + b"{}]", DAMAGED),
        "a-million-words": (b"[" + b"".join(b'"%d",' % at for at in range(1_500_000)) + b"0]", DAMAGED),
        "three-million-numbers": (b"[" + b"1," * 3_000_000 + b"0]", {"too_large"}),
    }
    for name, (body, codes) in bodies.items():
        _case(f"schema-{name}", codes, lambda kit, b=body: kit.with_schema(b))
    for protocol in (0, 1, 3, -1, 2.0, "2", None, True):
        _case(
            f"protocol-{protocol!r}",
            OUTSIDE,
            lambda kit, p=protocol: kit.rezip(kit.logistic, schema=lambda schema: schema.update(protocol=p)),
        )


def _models() -> None:
    """Files that skops itself writes, of models that were tampered with."""
    for field, value in (
        ("left_child", 0),
        ("left_child", 1),
        ("right_child", 2),
        ("right_child", -5),
        ("left_child", 10**6),
        ("feature", 99),
        ("feature", -7),
        ("threshold", np.nan),
        ("threshold", np.inf),
    ):
        _case(f"forest-{field}-{value}", UNSOUND, lambda kit, f=field, v=value: kit.spoil("nodes", f, v))
    for value in (np.nan, np.inf, -np.inf):
        _case(f"forest-leaf-{value}", UNSOUND, lambda kit, v=value: kit.spoil("values", v))
        _case(f"histogram-leaf-{value}", UNSOUND, lambda kit, v=value: kit.spoil("histogram", "value", v))
    for field, value in (("left", 0), ("right", 10**6), ("feature_idx", 99), ("is_leaf", 1)):
        _case(f"histogram-{field}-{value}", UNSOUND, lambda kit, f=field, v=value: kit.spoil("histogram", f, v))
    _case("histogram-categories", {"native_categorical"}, lambda kit: kit.spoil("histogram", "is_categorical", 1))
    _case("no-trees", UNSOUND, lambda kit: kit.spoil("repeat", 0))
    _case("leaves-beyond-one", {"not_explainable"}, lambda kit: kit.spoil("values", 7.5))
    _case("another-scikit-learn", {"version_differs"}, lambda kit: kit.rezip(kit.logistic, schema=_aged))
    _case("a-method-overwritten", DAMAGED, lambda kit: kit.rezip(kit.logistic, schema=_overwritten))


def _aged(schema: dict[str, Any]) -> None:
    schema["content"]["content"]["_sklearn_version"]["content"] = '"1.2.0"'


def _overwritten(schema: dict[str, Any]) -> None:
    attributes = schema["content"]
    attributes["content"]["predict_proba"] = attributes["content"]["solver"]
    attributes["key_types"]["content"].append(attributes["key_types"]["content"][0])


for _register in (_pickles, _other_formats, _archives, _arrays, _types, _schemas, _models):
    _register()
