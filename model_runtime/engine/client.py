"""The client of the engine child: asks for scores, imports no model library, lets no child hang or lie.

One warm child per artefact, kept in order of last use. A child that times out, crashes or contradicts itself is
ended with its process group; the next request starts another.
"""

import hashlib
import secrets
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from foundation.paths import ROOT
from model_runtime.engine.archives import DEFAULT_MIB
from model_runtime.engine.kinds import KINDS
from model_runtime.engine.messages import MIB, encode_blob, encode_message
from model_runtime.engine.process import ChildProcess
from model_runtime.engine.replies import check_loaded, raise_refusal, read_answer
from model_runtime.engine.rows import Row, batches, ordered_rows
from model_runtime.engine.values import (
    ArtefactReport,
    EngineAnswer,
    EngineMismatch,
    EngineRefused,
)
from model_runtime.engine.warm import Place, WarmChildren


@dataclass(frozen=True)
class _Order:
    """What a child is started for; the bytes of the artefact are no part of its identity, their digest is."""

    artefact: bytes
    sha256: str
    method: str
    features: tuple[str, ...]

    def key(self) -> tuple[str, str, tuple[str, ...]]:
        return self.sha256, self.method, self.features


class EngineClient:
    """Scores through child processes; safe for threads.

    `seconds` bounds one request and `load_seconds` the start of a child with its artefact, in wall-clock time;
    `memory_mib` is the child's address space; `keep` the number of warm children; `artefact_mib` the largest
    model file, at most 64. `command` replaces the engine's command line, for a rehearsal of faults.
    """

    def __init__(
        self,
        seconds: float = 10.0,
        load_seconds: float = 60.0,
        memory_mib: int = 2048,
        keep: int = 2,
        *,
        artefact_mib: int = DEFAULT_MIB,
        command: Sequence[str] | None = None,
    ) -> None:
        self._seconds = seconds
        self._load_seconds = load_seconds
        self._artefact_mib = artefact_mib
        self._command = tuple(command or engine_command(memory_mib))
        self._warm = WarmChildren(keep)

    def score(
        self, artefact: bytes, sha256: str, method: str, features: Sequence[str], rows: Sequence[Row]
    ) -> EngineAnswer:
        """Probabilities and explanations of `rows`, each a mapping of every declared feature to a finite number.

        The bytes are compared with the approved `sha256` before anything is sent (R03): EngineRefused with the
        code artefact_changed. Many rows are sent in parts, and other requests are served between them.
        """
        order = self._order(artefact, method, features)
        if order.sha256 != sha256.lower():
            raise EngineRefused(
                "The model file is not the one that was approved. There is no score.", code="artefact_changed"
            )
        parts = batches(ordered_rows(order.features, rows), len(order.features))
        return _joined([self._score(order, part) for part in parts])

    def inspect(self, artefact: bytes, features: Sequence[str], method: str) -> ArtefactReport:
        """What a model file holds, found out in a child of its own that is ended afterwards.

        Raises EngineRefused, whose code and sentence say what is wrong with the file.
        """
        order = self._order(artefact, method, features)
        child = ChildProcess(self._command)
        try:
            kind = KINDS[self._load(child, order)]
        finally:
            child.end()
        return ArtefactReport(kind.name, order.features, (0, 1), kind.unit, method, len(artefact), order.sha256)

    def pids(self) -> tuple[int, ...]:
        """Process ids of the warm children."""
        return self._warm.pids()

    def close(self) -> None:
        """End all children. A child also ends by itself when the process of its client is gone."""
        self._warm.close()

    def _order(self, artefact: bytes, method: str, features: Sequence[str]) -> _Order:
        if len(artefact) > self._artefact_mib * MIB:
            raise EngineRefused(f"The model file is larger than {self._artefact_mib} MiB.", code="too_large")
        if len(set(features)) != len(features):
            raise EngineRefused("A feature is declared twice.", code="features_differ")
        return _Order(artefact, hashlib.sha256(artefact).hexdigest(), method, tuple(features))

    def _score(self, order: _Order, rows: list[list[int | float]]) -> EngineAnswer:
        with self._warm.held(order.key(), self._seconds + self._load_seconds) as place:
            child = self._child(place, order)
            try:
                reply = self._ask(child, self._seconds, verb="score", rows=rows)
                raise_refusal(reply)
                return read_answer(reply, place.kind, len(rows), len(order.features))
            except EngineRefused:
                # the child is sound: it was the rows that it refused
                raise
            except BaseException:
                place.clear()
                raise

    def _child(self, place: Place, order: _Order) -> ChildProcess:
        if place.child is not None:
            return place.child
        place.child = ChildProcess(self._command)
        try:
            place.kind = self._load(place.child, order)
        except BaseException:
            place.clear()
            raise
        return place.child

    def _load(self, child: ChildProcess, order: _Order) -> str:
        reply = self._ask(
            child,
            self._load_seconds,
            blob=order.artefact,
            verb="load",
            sha256=order.sha256,
            method=order.method,
            features=list(order.features),
            artefact_mib=self._artefact_mib,
        )
        raise_refusal(reply)
        return check_loaded(reply, order.features, order.method)

    def _ask(self, child: ChildProcess, seconds: float, *, blob: bytes | None = None, **message: Any) -> dict[str, Any]:
        nonce = secrets.token_hex(16)
        request = encode_message({"nonce": nonce, "seconds": seconds, **message})
        reply = child.exchange(request + (encode_blob(blob) if blob is not None else b""), seconds)
        if reply.get("nonce") != nonce:
            raise EngineMismatch("The engine answered another question. There is no score.", code="malformed_reply")
        return reply


def engine_command(memory_mib: int) -> tuple[str, ...]:
    """The command line of the engine child: isolated Python that finds this checkout last on its path."""
    start = f"import sys; sys.path.append({str(ROOT)!r}); from model_runtime.engine.child import main; main()"
    return sys.executable, "-I", "-B", "-c", start, str(memory_mib)


def _joined(answers: list[EngineAnswer]) -> EngineAnswer:
    first = answers[0]
    if any(answer.base != first.base for answer in answers):
        raise EngineMismatch("The engine changed its base between two parts. There is no score.")
    return EngineAnswer(
        tuple(chain.from_iterable(answer.scores for answer in answers)),
        first.base,
        tuple(chain.from_iterable(answer.contributions for answer in answers)),
        first.unit,
        max(answer.largest_error for answer in answers),
        first.kind,
    )
