"""The engine child: one artefact, a loop of requests on its input, until the input ends."""

import hashlib
import signal
import sys
import warnings
from typing import Any, BinaryIO

from model_runtime.engine.artefacts import Artefact, load_artefact
from model_runtime.engine.limits import set_limits, take_pipes
from model_runtime.engine.messages import (
    BLOB_FRAME,
    JSON_FRAME,
    MessageRefused,
    encode_message,
    parse_message,
    read_frame,
)
from model_runtime.engine.values import EngineRefused

GRACE_SECONDS = 5


def main() -> None:
    """Run with the memory limit in MiB as the only argument; ends when the parent closes the pipe."""
    set_limits(int(sys.argv[1]))
    warnings.simplefilter("ignore")
    # an ignored signal would be inherited, and with it an alarm that nobody hears
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    inbox, outbox = take_pipes()
    serve(inbox, outbox)


def serve(inbox: BinaryIO, outbox: BinaryIO) -> None:
    """Answer requests until the input ends. A frame that is not acceptable ends the process."""
    artefact: Artefact | None = None
    while (request := _next_request(inbox)) is not None:
        # an orphan that hangs in a library ends itself: the parent that would have ended it is gone
        signal.setitimer(signal.ITIMER_REAL, float(request["seconds"]) + GRACE_SECONDS)
        try:
            if request["verb"] == "load":
                artefact, reply = _load(request, inbox)
            else:
                reply = _score(artefact, request)
        except EngineRefused as refusal:
            sys.stderr.write(refusal.detail + "\n")
            reply = {"refused": {"code": refusal.code, "sentence": refusal.sentence}}
        signal.setitimer(signal.ITIMER_REAL, 0)
        outbox.write(encode_message({"nonce": request["nonce"], **reply}))
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
    frame = read_frame(inbox)
    if frame is None or frame[0] != BLOB_FRAME:
        raise MessageRefused("A request to load is followed by the artefact.")
    data = frame[1]
    # the very bytes that are loaded are the ones that are hashed (R03)
    if hashlib.sha256(data).hexdigest() != request["sha256"]:
        raise EngineRefused("The model file is not the approved one.", code="artefact_changed")
    artefact = load_artefact(data, request["features"], request["method"], request["artefact_mib"])
    return artefact, {"kind": artefact.kind.name, "features": list(artefact.features), "classes": [0, 1]}


def _score(artefact: Artefact | None, request: dict[str, Any]) -> dict[str, Any]:
    if artefact is None:
        raise MessageRefused("A request to score came before one to load.")
    import numpy as np

    rows = np.asarray(request["rows"], dtype=np.float64)
    try:
        explanation = artefact.explain(rows)
    except ValueError as error:
        raise EngineRefused(
            "The model cannot take these numbers.", code="rows_refused", detail=repr(error)[:1000]
        ) from error
    return {
        "kind": artefact.kind.name,
        "unit": artefact.kind.unit,
        "base": explanation.base,
        "scores": explanation.scores.tolist(),
        "margins": explanation.margins.tolist(),
        "contributions": explanation.contributions.tolist(),
    }
