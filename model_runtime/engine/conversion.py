"""Having a pickled model converted: the client of the child that does it. Reads no pickle and no model itself."""

import secrets
import sys
from dataclasses import dataclass
from typing import Any

from foundation.paths import ROOT
from model_runtime.engine.launching import CommandLauncher
from model_runtime.engine.layers import EXPECTED, LEAST, find_missing, read_layers
from model_runtime.engine.messages import MIB, encode_blob, encode_message
from model_runtime.engine.process import ChildProcess
from model_runtime.engine.replies import raise_refusal
from model_runtime.engine.values import EngineCrashed, EngineMismatch, EngineRefused

LARGEST_MIB = 64
SECONDS = 120.0
MEMORY_MIB = 3072


@dataclass(frozen=True)
class Converted:
    """A skops file made of a pickle: the class of the model, its columns, and the layers that shut the child in."""

    file: bytes
    model: str
    features: tuple[str, ...]
    layers: tuple[str, ...]


def convert_pickle(data: bytes, *, seconds: float = SECONDS, open_doors: bool = False) -> Converted:
    """The skops file of a pickled model, made in a process of its own that nothing comes out of but the file.

    Refused with EngineRefused: too_large, pickle_refused, damaged, version_differs, kind_not_supported, and not_shut_in
    where the kernel does not give every layer of the sandbox, unless `open_doors` says that this was accepted.
    """
    if len(data) > LARGEST_MIB * MIB:
        raise EngineRefused(f"The pickle is larger than {LARGEST_MIB} MiB.", code="too_large")
    child = ChildProcess(CommandLauncher(_command()).launch(seconds))
    try:
        told, _ = _ask(child, seconds, "look")
        layers = _check_layers(told, open_doors)
        told, _ = _ask(child, seconds, "convert", data)
        raise_refusal(told)
        _, file = _ask(child, seconds, "give", raw_bytes=_size(told))
    finally:
        child.end()
    return Converted(file, str(told.get("class")), tuple(str(name) for name in told.get("features", ())), layers)


def _command() -> tuple[str, ...]:
    start = (
        f"import sys; sys.path.append({str(ROOT)!r}); from model_runtime.engine.conversion_child import main; main()"
    )
    return sys.executable, "-I", "-B", "-c", start, str(MEMORY_MIB)


def _ask(
    child: ChildProcess, seconds: float, verb: str, data: bytes | None = None, raw_bytes: int = 0
) -> tuple[dict[str, Any], bytes]:
    nonce = secrets.token_hex(16)
    request = encode_message({"nonce": nonce, "seconds": seconds, "verb": verb})
    try:
        told, raw = child.exchange(request + (encode_blob(data) if data is not None else b""), seconds, raw_bytes)
    except EngineCrashed as crash:
        sentence = "The model could not be converted: the process that tried it was ended."
        raise EngineRefused(sentence, code="damaged", detail=crash.detail) from crash
    if told.get("nonce") != nonce:
        raise EngineMismatch("The converter answered another question.", code="malformed_reply")
    return told, raw


def _check_layers(told: dict[str, Any], open_doors: bool) -> tuple[str, ...]:
    layers = read_layers(told.get("layers"))
    missing = find_missing(layers, LEAST | (frozenset() if open_doors else EXPECTED))
    if missing:
        named = ", ".join(missing)
        raise EngineRefused(
            f"This machine does not shut the converter in ({named} missing), so no pickle is opened on it.",
            code="not_shut_in",
        )
    return layers


def _size(told: dict[str, Any]) -> int:
    size = told.get("bytes")
    if type(size) is not int or not 0 < size <= LARGEST_MIB * MIB:
        raise EngineMismatch("The converter's answer is not acceptable.", code="malformed_reply")
    return size
