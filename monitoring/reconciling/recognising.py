"""What a file is, told by its first bytes and its name alone: nothing is loaded, unpacked or run here. Pure.

Sources: the formats' own magic numbers (PEP 307 for pickles, zlib and gzip as joblib writes them, RFC 8259 for JSON).
"""

import re
from collections.abc import Iterable
from pathlib import PurePath

HEAD_BYTES = 4096
"""How much of a file's beginning is looked at."""

PICKLE = "a pickle"
ONNX = "an ONNX model"
PMML = "a PMML model"
XGBOOST = "an XGBoost model"
RDATA = "an R object"
KERAS = "a Keras or HDF5 model"
SKOPS = "a skops model"
TORCH = "a PyTorch model"

MAGIC: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"\x80[\x02-\x05]"), PICKLE),
    (re.compile(rb"ZF0x"), PICKLE),
    (re.compile(rb"(RDX[23]|RDA[23])\n|X\n\x00\x00\x00[\x02\x03]|A\n[23]\n"), RDATA),
    (re.compile(rb"\x89HDF\r\n"), KERAS),
    (re.compile(rb"\{L\x00{7}"), XGBOOST),
    (re.compile(rb"binf"), XGBOOST),
    (re.compile(rb"CBM1"), "a CatBoost model"),
    (re.compile(rb"tree\nversion="), "a LightGBM model"),
    (re.compile(rb"\x08[\x01-\x20]\x12.{0,4}(pytorch|onnx|skl2onnx|tf2onnx|OnnxML)", re.DOTALL), ONNX),
)
"""How model files begin."""

NAMES = {
    ".pkl": PICKLE,
    ".pickle": PICKLE,
    ".joblib": PICKLE,
    ".dill": PICKLE,
    ".cloudpickle": PICKLE,
    ".skops": SKOPS,
    ".onnx": ONNX,
    ".pmml": PMML,
    ".rds": RDATA,
    ".rda": RDATA,
    ".rdata": RDATA,
    ".ubj": XGBOOST,
    ".xgb": XGBOOST,
    ".cbm": "a CatBoost model",
    ".h5": KERAS,
    ".keras": KERAS,
    ".pt": TORCH,
    ".pth": TORCH,
    ".safetensors": "a file of weights",
    ".mojo": "an H2O model",
}
"""Model files by their ending, for formats that have no beginning of their own or are compressed."""

DATA = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".json": "json",
    ".jsonl": "lines",
    ".ndjson": "lines",
    ".zip": "zip",
}
"""Files whose rows are read, by their ending."""

CLOSED = {
    **dict.fromkeys((".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"), "a spreadsheet; save it as CSV"),
    **dict.fromkeys((".db", ".sqlite", ".sqlite3", ".mdb", ".accdb"), "a database; give it with --query"),
    **dict.fromkeys((".sav", ".dta", ".sas7bdat", ".xpt", ".feather", ".arrow", ".orc", ".avro"), "save it as Parquet"),
    **dict.fromkeys((".gz", ".bz2", ".xz", ".zst", ".7z", ".rar", ".tar", ".tgz"), "packed; unpack it first"),
}
"""Files that may well hold scores and are not read here: they are named, never passed over (fail closed)."""

XGBOOST_JSON = re.compile(rb'^\s*\{.{0,200}?"(learner|gradient_booster)"\s*:', re.DOTALL)
PMML_START = re.compile(rb"<PMML[\s>]")


def find_model_kind(name: str, head: bytes) -> str | None:
    """What kind of model file it is, or None; `head` are its first 4,096 bytes."""
    for begins, kind in MAGIC:
        if begins.match(head):
            return kind
    ending = PurePath(name).suffix.lower()
    if PMML_START.search(head):
        return PMML
    if XGBOOST_JSON.match(head):
        return XGBOOST
    return NAMES.get(ending)


def find_packed_kind(members: Iterable[str]) -> str | None:
    """What kind of model a ZIP is, told by the names in it: skops and PyTorch write ZIP files."""
    names = {PurePath(member).name for member in members}
    if "schema.json" in names and not any(name.lower().endswith((".csv", ".parquet")) for name in names):
        return SKOPS
    if "data.pkl" in names:
        return TORCH
    return None


def find_data_kind(name: str, head: bytes) -> str | None:
    """How its rows are read: csv, parquet, json, lines or zip; None for what holds no rows that can be read."""
    if head.startswith(b"PAR1"):
        return "parquet"
    ending = PurePath(name).suffix.lower()
    if ending in CLOSED:
        return None
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return DATA.get(ending)


def find_closed(name: str, head: bytes) -> str | None:
    """Why a file that may hold scores is not read here, or None."""
    if head.startswith(b"SQLite format 3"):
        return CLOSED[".db"]
    if head.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")):
        return CLOSED[".gz"]
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return CLOSED[".xls"]
    return CLOSED.get(PurePath(name).suffix.lower())
