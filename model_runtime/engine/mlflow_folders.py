"""The folder in which MLflow keeps a model, read as data: MLmodel says what is there and in which format.

Only text is read here. MLflow itself is not needed, and nothing of what the folder would run is run: its Python
environment, its own code and its input example are left alone.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from foundation.errors import Invalid, NotFound

MARKER = "MLmodel"
LARGEST_MARKER = 1 << 20
DEEPEST = 4
SKOPS, PICKLES = "skops", ("pickle", "cloudpickle")
TYPES = {"integer": "integer", "long": "integer", "float": "number", "double": "number", "boolean": "yes_no"}
"""What a column of a signature becomes in a declaration; others are left to whoever declares the model."""


@dataclass(frozen=True)
class Column:
    """An input of the model's signature; `type` is that of a declaration, or empty where none fits."""

    name: str
    type: str


@dataclass(frozen=True)
class MlflowModel:
    """A scikit-learn model as MLflow keeps it: its bytes, their format, and what MLflow knows about it."""

    folder: Path
    file: str
    content: bytes
    format: str
    columns: tuple[Column, ...]
    run: str
    made_with: str
    has_code: bool

    @property
    def is_pickle(self) -> bool:
        """Whether the file is a program that makes a model, and has to be converted."""
        return self.format in PICKLES


def read_folder(path: Path, largest: int) -> MlflowModel:
    """The scikit-learn model in a folder of MLflow: that of a run, of a registered model, or of one model.

    Refused: no MLmodel or several, another flavour than sklearn, a format nobody knows, a file outside the folder or
    above `largest` bytes, and a signature that cannot be read.
    """
    marker = _find_marker(path)
    said = _read_marker(marker)
    flavour = (said.get("flavors") or {}).get("sklearn")
    if not isinstance(flavour, Mapping):
        raise Invalid(f"{marker}: this is not a scikit-learn model: it has no sklearn flavour.")
    kept = str(flavour.get("serialization_format") or "pickle")
    if kept != SKOPS and kept not in PICKLES:
        raise Invalid(f"{marker}: the format {kept[:40]!r} is not one of skops, pickle and cloudpickle.")
    file = str(flavour.get("pickled_model") or "")
    return MlflowModel(
        folder=marker.parent,
        file=file,
        content=_read_file(marker.parent, file, largest),
        format=kept,
        columns=_columns(said.get("signature"), marker),
        run=str(said.get("run_id") or said.get("model_id") or ""),
        made_with=str(flavour.get("sklearn_version") or ""),
        has_code=bool(flavour.get("code")),
    )


def _find_marker(path: Path) -> Path:
    if not path.is_dir():
        raise NotFound(f"There is no folder {path}.")
    if (path / MARKER).is_file():
        return path / MARKER
    patterns = ("/".join(["*"] * depth + [MARKER]) for depth in range(1, DEEPEST + 1))
    found = sorted(one for pattern in patterns for one in path.glob(pattern) if one.is_file())
    if not found:
        raise NotFound(f"{path}: there is no file {MARKER} in it, so it is not a model that MLflow keeps.")
    if len(found) > 1:
        named = ", ".join(str(one.parent) for one in found[:5])
        raise Invalid(f"{path}: there are {len(found)} models in it. Name the folder of one: {named}.")
    return found[0]


def _read_marker(marker: Path) -> Mapping[str, Any]:
    if marker.stat().st_size > LARGEST_MARKER:
        raise Invalid(f"{marker}: the file is too large to be what it should be.")
    try:
        said = yaml.safe_load(marker.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise Invalid(f"{marker}: this is not YAML.") from None
    if not isinstance(said, Mapping) or not isinstance(said.get("flavors") or {}, Mapping):
        raise Invalid(f"{marker}: it does not describe a model.")
    return said


def _read_file(folder: Path, name: str, largest: int) -> bytes:
    whole = folder.resolve()
    path = (whole / name).resolve()
    if not name or not path.is_relative_to(whole) or not path.is_file():
        raise Invalid(f"{folder / MARKER}: the model's file {name[:80]!r} is not a file of this folder.")
    if path.stat().st_size > largest:
        raise Invalid(f"{path}: the file is larger than {largest / (1 << 20):g} MiB.", code="too_large")
    return path.read_bytes()


def _columns(signature: Any, marker: Path) -> tuple[Column, ...]:
    """The named inputs of a signature, which MLflow keeps as JSON in YAML; a model logged without one has none."""
    written = signature.get("inputs") if isinstance(signature, Mapping) else None
    if not written:
        return ()
    try:
        inputs = json.loads(written) if isinstance(written, str) else written
        named = [one for one in inputs if one.get("name")]
        return tuple(Column(str(one["name"]), TYPES.get(str(one.get("type")), "")) for one in named)
    except (ValueError, AttributeError, TypeError, RecursionError):
        raise Invalid(f"{marker}: the inputs of its signature cannot be read.") from None
