"""The engine child: one artefact, a loop of requests on its input, until the input ends."""

import hashlib
import resource
import signal
import sys
import time
from typing import Any, BinaryIO

from model_runtime.engine.artefacts import Artefact, load_artefact
from model_runtime.engine.messages import (
    BLOB_FRAME,
    JSON_FRAME,
    MessageRefused,
    encode_blob,
    encode_message,
    parse_message,
    read_frame,
)
from model_runtime.engine.values import EngineRefused

GRACE_SECONDS = 5
Reply = tuple[dict[str, Any], bytes | None]


def serve(inbox: BinaryIO, outbox: BinaryIO, layers: tuple[str, ...]) -> None:
    """Answer requests until the input ends, each answer with the `layers` that shut this process in.

    A frame that is not acceptable ends the process.
    """
    artefact: Artefact | None = None
    while (request := _next_request(inbox)) is not None:
        # an orphan that hangs in a library ends itself: the parent that would have ended it is gone
        signal.setitimer(signal.ITIMER_REAL, float(request["seconds"]) + GRACE_SECONDS)
        raw: bytes | None = None
        try:
            if request["verb"] == "load":
                artefact, reply = _load(request, inbox)
            elif request["verb"] == "table":
                reply, raw = _score_table(artefact, request, inbox)
            elif request["verb"] == "look":
                reply = {}
            else:
                reply = _score(artefact, request)
        except EngineRefused as refusal:
            sys.stderr.write(refusal.detail + "\n")
            reply = {"refused": {"code": refusal.code, "sentence": refusal.sentence}}
        signal.setitimer(signal.ITIMER_REAL, 0)
        outbox.write(encode_message({"nonce": request["nonce"], "layers": list(layers), **reply}))
        if raw is not None:
            outbox.write(encode_blob(raw))
        outbox.flush()


def _next_request(inbox: BinaryIO) -> dict[str, Any] | None:
    frame = read_frame(inbox)
    if frame is None:
        return None
    kind, body = frame
    if kind != JSON_FRAME:
        raise MessageRefused("A request begins with a message.")
    return parse_message(body)


def _load(request: dict[str, Any], inbox: BinaryIO) -> tuple[Artefact, dict[str, Any]]:
    before, began = _peak_mib(), time.monotonic()
    data = _blob(inbox)
    # the very bytes that are loaded are the ones that are hashed (R03)
    if hashlib.sha256(data).hexdigest() != request["sha256"]:
        raise EngineRefused("The model file is not the approved one.", code="artefact_changed")
    artefact = load_artefact(data, request["features"], request["method"], request["artefact_mib"])
    return artefact, {
        "kind": artefact.kind.name,
        "features": list(artefact.features),
        "classes": [0, 1],
        "trial_sha256": getattr(artefact, "trial_sha256", ""),
        "seconds": time.monotonic() - began,
        "peak_mib": max(0.0, _peak_mib() - before),
    }


def _score(artefact: Artefact | None, request: dict[str, Any]) -> dict[str, Any]:
    if artefact is None:
        raise MessageRefused("A request to score came before one to load.")
    import numpy as np

    rows = np.asarray(request["rows"], dtype=np.float64)
    try:
        explanation = artefact.explain(rows)
    except ValueError as error:
        raise _refused_rows(error) from error
    return {
        "kind": artefact.kind.name,
        "unit": artefact.kind.unit,
        "base": explanation.base,
        "scores": explanation.scores.tolist(),
        "margins": explanation.margins.tolist(),
        "contributions": explanation.contributions.tolist(),
    }


def _score_table(artefact: Artefact | None, request: dict[str, Any], inbox: BinaryIO) -> Reply:
    """Answer with one message and one frame of numbers: scores, the model's own output, contributions row by row."""
    if artefact is None:
        raise MessageRefused("A request to score came before one to load.")
    import numpy as np

    # a copy, for what came through the pipe cannot be written to
    rows = np.frombuffer(_blob(inbox), dtype="<f8").reshape(request["rows"], len(artefact.features)).copy()
    try:
        found = artefact.explain_table(rows, bool(request["fast"]))
    except ValueError as error:
        raise _refused_rows(error) from error
    parts = (found.scores, found.margins, found.contributions)
    return {
        "kind": artefact.kind.name,
        "unit": artefact.kind.unit,
        "base": float(found.base),
        "route": found.route,
        "checked": int(found.checked),
        "largest_difference": float(found.largest_difference),
    }, b"".join(np.ascontiguousarray(part, dtype="<f8").tobytes() for part in parts)


def _blob(inbox: BinaryIO) -> bytes:
    frame = read_frame(inbox)
    if frame is None or frame[0] != BLOB_FRAME:
        raise MessageRefused("This request is followed by one frame of bytes.")
    return frame[1]


def _refused_rows(error: ValueError) -> EngineRefused:
    return EngineRefused("The model cannot take these numbers.", code="rows_refused", detail=repr(error)[:1000])


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
