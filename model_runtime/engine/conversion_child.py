"""From the pickle that MLflow keeps to a skops file, in a process that ends afterwards. Child side; the only unpickler.

A pickle is a program. It is read three times before anything of it counts: every instruction is one of a short list and
every name it asks for is on a fixed list, found out without running it; the unpickler then gives out these names and no
other; and the skops file made of it passes the ordinary inspection like any that was handed in. All of it happens shut
in: without files, network or processes, and with bounded memory. No other module of the house reads a pickle.
"""

import importlib
import io
import os
import pickle
import pickletools
import signal
import sys
import warnings
from typing import Any, BinaryIO, NoReturn

from model_runtime.engine.kinds import KINDS
from model_runtime.engine.limits import take_pipes
from model_runtime.engine.messages import BLOB_FRAME, JSON_FRAME, encode_blob, encode_message, parse_message, read_frame
from model_runtime.engine.sandbox import end_with_parent, leave_namespaces, list_namespaces, shut_in
from model_runtime.engine.values import EngineRefused

GRACE_SECONDS = 5
MOST_INSTRUCTIONS = 20_000_000
NOT_ALLOWED = "The pickle asks for something no supported model needs"

MODELS = frozenset(
    (module, name)
    for kind in KINDS.values()
    for module, _, name in (path.rpartition(".") for _, path in kind.types)
    if module.startswith("sklearn.")
)
"""Classes of scikit-learn that a supported model is made of: the same that its skops file may name."""

NUMBERS = frozenset(
    {
        ("builtins", "slice"),
        ("numpy", "ndarray"),
        ("numpy", "dtype"),
        ("numpy", "float64"),
        ("numpy", "int64"),
        ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "scalar"),
        ("numpy._core.numeric", "_frombuffer"),
        ("numpy.random._mt19937", "MT19937"),
        ("numpy.random._pcg64", "PCG64"),
        ("numpy.random._pickle", "__bit_generator_ctor"),
        ("numpy.random._pickle", "__generator_ctor"),
        ("numpy.random._pickle", "__randomstate_ctor"),
        ("numpy.random.bit_generator", "SeedSequence"),
        ("numpy.random.bit_generator", "__pyx_unpickle_SeedSequence"),
    }
)
"""What arrays and random states are put together by."""

ALLOWED = MODELS | NUMBERS

_CODES = """
PROTO FRAME STOP MARK MEMOIZE BINPUT LONG_BINPUT BINGET LONG_BINGET NONE NEWTRUE NEWFALSE BININT BININT1 BININT2 LONG1
BINFLOAT SHORT_BINBYTES BINBYTES BINBYTES8 BYTEARRAY8 SHORT_BINUNICODE BINUNICODE BINUNICODE8 EMPTY_TUPLE TUPLE TUPLE1
TUPLE2 TUPLE3 EMPTY_LIST APPEND APPENDS EMPTY_DICT SETITEM SETITEMS STACK_GLOBAL NEWOBJ REDUCE BUILD
"""
INSTRUCTIONS = frozenset(_CODES.split())
"""What pickles of the protocols 4 and 5 use for estimators; none of persistent ids, extensions, other buffers, classes
called the old way, or names written apart from the strings that make them."""

OLD_NAMES = {"numpy.core.": "numpy._core."}
WORDS = frozenset({"SHORT_BINUNICODE", "BINUNICODE", "BINUNICODE8"})


def check_instructions(data: bytes) -> None:
    """Refuse a pickle with an instruction or a name that is not on the lists. Reads it; runs nothing of it."""
    try:
        _walk(data)
    except EngineRefused:
        raise
    except Exception as error:
        # pickletools has no error class of its own: whatever it finds wrong, this is no sound pickle
        raise EngineRefused("The model's pickle is damaged.", code="damaged", detail=repr(error)[:500]) from error


class _Mark:
    """Where a group begins on the stack."""


def _walk(data: bytes) -> None:
    stack: list[Any] = []
    memo: dict[int, Any] = {}
    end = 0
    for count, (instruction, argument, place) in enumerate(pickletools.genops(data)):
        name, end = instruction.name, (place or 0) + 1
        if name not in INSTRUCTIONS or count > MOST_INSTRUCTIONS:
            _refuse(f"the instruction {name}")
        if name == "PROTO" and argument not in (4, 5):
            _refuse(f"protocol {argument}")
        _step(name, argument, stack, memo, instruction)
    if end != len(data):
        _refuse("bytes after its end")


def _step(name: str, argument: Any, stack: list[Any], memo: dict[int, Any], instruction: Any) -> None:
    """What one instruction does to the stack, as far as words and names go: a value that is no word is None."""
    if name in WORDS:
        stack.append(argument)
    elif name == "MEMOIZE":
        memo[len(memo)] = stack[-1]
    elif name in ("BINPUT", "LONG_BINPUT"):
        memo[argument] = stack[-1]
    elif name in ("BINGET", "LONG_BINGET"):
        stack.append(memo[argument])
    elif name == "MARK":
        stack.append(_Mark)
    elif name == "STACK_GLOBAL":
        asked, module = stack.pop(), stack.pop()
        resolve(module, asked)
        stack.append(None)
    else:
        _pop_and_push(instruction, stack)


def _pop_and_push(instruction: Any, stack: list[Any]) -> None:
    before = list(instruction.stack_before)
    if pickletools.markobject in before:
        while stack.pop() is not _Mark:
            pass
        before = before[: before.index(pickletools.markobject)]
    taken = [stack.pop() for _ in before]
    if _Mark in taken:
        _refuse("a group where there is none")
    stack.extend(None for _ in instruction.stack_after)


def resolve(module: Any, name: Any) -> tuple[str, str]:
    """The name as it is called here, when it is on the list; anything else is refused."""
    if isinstance(module, str) and isinstance(name, str):
        for old, new in OLD_NAMES.items():
            module = new + module.removeprefix(old) if module.startswith(old) else module
        if (module, name) in ALLOWED:
            return module, name
    raise _refusal(f"{str(module)[:80]}.{str(name)[:80]}")


def _refuse(what: str) -> NoReturn:
    raise _refusal(what)


def _refusal(what: str) -> EngineRefused:
    return EngineRefused(
        f"{NOT_ALLOWED}: {what}. Save the model again with skops, or as a plain supported estimator.",
        code="pickle_refused",
    )


class _Unpickler(pickle.Unpickler):
    """Gives out the names on the list, and knows nothing outside the pickle."""

    def find_class(self, module: str, name: str) -> Any:
        """A name on the list; scalars of plain numbers alone, for others hold what nobody looked at."""
        found = resolve(module, name)
        if found == ("numpy._core.multiarray", "scalar"):
            return _scalar
        return getattr(importlib.import_module(found[0]), found[1])

    def persistent_load(self, key: Any) -> Any:
        """Refused: it would be something from elsewhere."""
        _refuse("a persistent id")


def _scalar(kind: Any, content: bytes) -> Any:
    import numpy as np

    if not isinstance(kind, np.dtype) or kind.kind not in "biuf":
        _refuse("a scalar that is no number")
    return np.frombuffer(content, dtype=kind, count=1)[0]


def convert(data: bytes) -> tuple[bytes, dict[str, Any]]:
    """The skops file of a pickled model, and what it is: its class and the columns it was fitted with.

    Refused: pickle_refused, damaged, version_differs, kind_not_supported. What it holds is not judged here.
    """
    check_instructions(data)
    estimator = _unpickle(data)
    path = f"{type(estimator).__module__}.{type(estimator).__qualname__}"
    if path not in {kind.root for kind in KINDS.values()}:
        raise EngineRefused(f"A model of the type {path[:100]} is not supported.", code="kind_not_supported")
    from skops.io import dumps

    try:
        names = [str(name) for name in getattr(estimator, "feature_names_in_", ())]
        return dumps(estimator), {"class": path, "features": names}
    except Exception as error:
        raise _damaged(error) from error


def _unpickle(data: bytes) -> Any:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            estimator = _Unpickler(io.BytesIO(data)).load()
        except EngineRefused:
            raise
        except Exception as error:
            raise _damaged(error) from error
    for warning in caught:
        made_with = getattr(warning.message, "original_sklearn_version", None)
        if made_with is not None:
            here = getattr(warning.message, "current_sklearn_version", "another version")
            raise EngineRefused(
                f"The model was fitted with scikit-learn {str(made_with)[:20]}; here runs {here}. Fit it again with "
                f"{here}.",
                code="version_differs",
            )
    return estimator


def _damaged(error: Exception) -> EngineRefused:
    # whatever a crafted pickle provokes inside the libraries, it is one answer: not a model
    return EngineRefused("The model's pickle is damaged: no model came out.", code="damaged", detail=repr(error)[:500])


def main() -> None:
    """One conversion for the process that started this one; the memory limit in MiB is the only argument."""
    warnings.simplefilter("ignore")
    outside = list_namespaces()
    leave_namespaces()
    child = os.fork()
    if child:
        for number in range(3):
            os.close(number)
        os.waitpid(child, 0)
        os._exit(0)
    end_with_parent()
    inbox, outbox = take_pipes()
    for module in sorted({module for module, _ in ALLOWED} | {"skops.io", "numpy"}):
        importlib.import_module(module)
    _serve(inbox, outbox, shut_in(int(sys.argv[1]), outside))


def _serve(inbox: BinaryIO, outbox: BinaryIO, layers: tuple[str, ...]) -> None:
    """Say what shuts it in, take a pickle, say what it is, then hand over the file; a refusal ends it."""
    _answer(outbox, _request(inbox), layers, {})
    request, blob = _request(inbox), read_frame(inbox)
    if blob is None or blob[0] != BLOB_FRAME:
        return
    try:
        file, told = convert(blob[1])
    except EngineRefused as refused:
        sys.stderr.write(refused.detail + "\n")
        _answer(outbox, request, layers, {"refused": {"code": refused.code, "sentence": refused.sentence}})
        return
    _answer(outbox, request, layers, {**told, "bytes": len(file)})
    _answer(outbox, _request(inbox), layers, {}, file)


def _request(inbox: BinaryIO) -> dict[str, Any]:
    frame = read_frame(inbox)
    if frame is None or frame[0] != JSON_FRAME:
        sys.exit(0)
    request = parse_message(frame[1])
    signal.setitimer(signal.ITIMER_REAL, float(request["seconds"]) + GRACE_SECONDS)
    return request


def _answer(
    outbox: BinaryIO, request: dict[str, Any], layers: tuple[str, ...], told: dict[str, Any], file: bytes | None = None
) -> None:
    outbox.write(encode_message({"nonce": request["nonce"], "layers": list(layers), **told}))
    if file is not None:
        outbox.write(encode_blob(file))
    outbox.flush()
