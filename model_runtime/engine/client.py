"""The client of the engine child: asks for scores, imports no model library, lets no child hang or lie.

Children are forked by a fork server of this client's own. One warm child per artefact, kept in order of last use. A
child that times out, crashes or contradicts itself is ended with all it started; the next request starts another.
"""

import hashlib
import os
import secrets
import sys
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from foundation.paths import ROOT
from model_runtime.engine.archives import DEFAULT_MIB
from model_runtime.engine.kinds import KINDS
from model_runtime.engine.launching import CommandLauncher, ForkServer, Launcher
from model_runtime.engine.messages import MIB, encode_blob, encode_message
from model_runtime.engine.points import answer_points
from model_runtime.engine.process import ChildProcess
from model_runtime.engine.replies import check_layers, check_loaded, raise_refusal, read_answer, read_costs
from model_runtime.engine.rows import Row, batches, ordered_rows
from model_runtime.engine.table_answers import (
    TableAnswer,
    answer_bytes,
    check_table,
    joined,
    parts_of,
    read_table,
    table_of,
)
from model_runtime.engine.values import (
    POINTS_METHOD,
    SUPPLIED_METHOD,
    ArtefactReport,
    EngineAnswer,
    EngineMismatch,
    EngineRefused,
)
from model_runtime.engine.warm import WarmChildren

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Answer = TypeVar("Answer")
WORN_SECONDS = 3600.0
"""A child that was at work for so long is replaced, long before its own limit on processor time."""


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
    """Scores through child processes; safe for threads, and for a server that forks after it was made.

    `seconds` bounds one request and `load_seconds` the start of a child with its artefact, in wall-clock time;
    `memory_mib` is the child's address space; `keep` the number of warm children; `artefact_mib` the largest
    model file, at most 64. `accept_seconds` and `accept_mib` are what loading and trying out a model may take at
    most to be accepted. `command` replaces the child and `server` the fork server, for rehearsals of faults.
    """

    def __init__(
        self,
        seconds: float = 10.0,
        load_seconds: float = 60.0,
        memory_mib: int = 2048,
        keep: int = 2,
        *,
        artefact_mib: int = DEFAULT_MIB,
        accept_seconds: float = 20.0,
        accept_mib: int = 1024,
        command: Sequence[str] | None = None,
        server: Sequence[str] | None = None,
    ) -> None:
        self._seconds = seconds
        self._load_seconds = load_seconds
        self._artefact_mib = artefact_mib
        self._keep = max(2, keep)
        self._hashed: dict[str, bytes] = {}
        self._accept_seconds, self._accept_mib = accept_seconds, accept_mib
        self._launcher: Launcher = (
            CommandLauncher(command) if command else ForkServer(server or server_command(memory_mib))
        )
        self._warm = WarmChildren(keep)
        _clients.add(self)

    def score(
        self, artefact: bytes, sha256: str, method: str, features: Sequence[str], rows: Sequence[Row]
    ) -> EngineAnswer:
        """Probabilities and explanations of `rows`, each a mapping of every declared feature to a finite number.

        The bytes are compared with the approved `sha256` before anything is sent (R03): EngineRefused with the
        code artefact_changed. Many rows are sent in parts, and other requests are served between them. Points are
        added up here: there is nothing to load, so no child and no layers.
        """
        order = self._approved(artefact, sha256, method, features)
        if method == POINTS_METHOD:
            return answer_points(artefact, order.features, rows)
        parts = batches(ordered_rows(order.features, rows), len(order.features))
        return _joined([self._score(order, part) for part in parts])

    def score_table(
        self,
        artefact: bytes,
        sha256: str,
        method: str,
        features: Sequence[str],
        rows: "NDArray[np.float64]",
        *,
        fast: bool = True,
    ) -> TableAnswer:
        """Probabilities and explanations of a table (n, f) of finite float64 numbers, columns in declared order.

        `fast` allows the faster of two exact ways of explaining, checked against the other on a sample of each part.
        Imports NumPy, so it is for the worker and the command line. Refused as `score` refuses (R02, R03).
        """
        order = self._approved(artefact, sha256, method, features)
        table = check_table(rows, len(order.features))
        if method == POINTS_METHOD:
            named = [dict(zip(order.features, row, strict=True)) for row in table.tolist()]
            return table_of(answer_points(artefact, order.features, named), POINTS_METHOD)
        return joined([self._score_table(order, part, fast) for part in parts_of(table)])

    def inspect(self, artefact: bytes, features: Sequence[str], method: str) -> ArtefactReport:
        """What a model file holds, found out in two children of its own that are ended afterwards.

        Raises EngineRefused, whose code and sentence say what is wrong with the file; not_deterministic where the two
        gave different answers, too_slow and too_big where it needs more than is allowed (R03, R33).
        """
        order = self._order(artefact, method, features)
        kind, first, seconds, peak_mib = self._tried(order)
        if self._tried(order)[1] != first:
            raise EngineRefused(
                "The model gives different answers to the same question in two processes.", code="not_deterministic"
            )
        if seconds > self._accept_seconds:
            raise EngineRefused(
                f"The model took {seconds:.1f} seconds to try out; allowed are {self._accept_seconds:g}.",
                code="too_slow",
            )
        if peak_mib > self._accept_mib:
            raise EngineRefused(
                f"The model took {peak_mib:,.0f} MiB of memory; allowed are {self._accept_mib:,}.", code="too_big"
            )
        return ArtefactReport(
            kind, order.features, (0, 1), KINDS[kind].unit, method, len(artefact), order.sha256,
            trial_sha256=first, seconds=seconds, peak_mib=peak_mib,
        )  # fmt: skip

    def layers(self) -> tuple[str, ...]:
        """What shuts a child in on this machine, seen by a child that is started for it and gets no artefact (R39)."""
        with self._own_child() as child:
            reply, _ = self._ask(child, self._load_seconds, verb="look")
            return check_layers(reply)

    def warm_up(self) -> None:
        """Begin to import the libraries and do not wait: the first request is then answered sooner."""
        if isinstance(self._launcher, ForkServer):
            self._launcher.warm_up()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the warm children."""
        return self._warm.pids()

    def close(self) -> None:
        """End all children. A child also ends by itself when the process of its client is gone."""
        self._warm.close()
        self._launcher.close()

    def abandon(self) -> None:
        """Leave children and fork server to the process that this one was forked from."""
        self._warm.abandon()
        self._launcher.abandon()

    def _approved(self, artefact: bytes, sha256: str, method: str, features: Sequence[str]) -> _Order:
        order = self._order(artefact, method, features, sha256.lower())
        if order.sha256 != sha256.lower():
            raise EngineRefused(
                "The model file is not the one that was approved. There is no score.", code="artefact_changed"
            )
        return order

    def _order(self, artefact: bytes, method: str, features: Sequence[str], approved: str = "") -> _Order:
        if method == SUPPLIED_METHOD:
            raise EngineRefused(
                "This score is worked out by its supplier, and nothing was handed over whose reasons add up to it. "
                "There is no score.",
                code="supplied_score",
            )
        if len(artefact) > self._artefact_mib * MIB:
            raise EngineRefused(f"The model file is larger than {self._artefact_mib} MiB.", code="too_large")
        if len(set(features)) != len(features):
            raise EngineRefused("A feature is declared twice.", code="features_differ")
        return _Order(artefact, self._digest(artefact, approved), method, tuple(features))

    def _digest(self, artefact: bytes, approved: str) -> str:
        """The SHA-256 of the bytes; not worked out again for the very bytes it was worked out for before.

        All of them are compared, which is ten times faster than hashing them and says as much (R03).
        """
        if self._hashed.get(approved) == artefact:
            return approved
        found = hashlib.sha256(artefact).hexdigest()
        if found == approved:
            self._hashed = {**dict(list(self._hashed.items())[1 - self._keep :]), found: artefact}
        return found

    def _score(self, order: _Order, rows: list[list[int | float]]) -> EngineAnswer:
        def ask(child: ChildProcess, kind: str) -> EngineAnswer:
            reply, _ = self._ask(child, self._seconds, verb="score", rows=rows)
            raise_refusal(reply)
            return read_answer(reply, kind, len(rows), len(order.features), _same_layers(child, reply))

        return self._with_child(order, ask)

    def _score_table(self, order: _Order, rows: "NDArray[np.float64]", fast: bool) -> TableAnswer:
        shape = len(rows), len(order.features)

        def ask(child: ChildProcess, kind: str) -> TableAnswer:
            reply, raw = self._ask(
                child,
                self._load_seconds,
                blob=rows.tobytes(),
                raw_bytes=answer_bytes(*shape),
                verb="table",
                rows=shape[0],
                fast=fast,
            )
            raise_refusal(reply)
            return read_table(reply, raw, kind, shape, _same_layers(child, reply))

        return self._with_child(order, ask)

    def _with_child(self, order: _Order, ask: Callable[[ChildProcess, str], Answer]) -> Answer:
        with self._warm.held(order.key(), self._seconds + self._load_seconds) as place:
            try:
                if place.child is None:
                    place.child = ChildProcess(self._launcher.launch(self._load_seconds))
                    place.kind = self._load(place.child, order)[0]
                answer = ask(place.child, place.kind)
                if place.child.spent > WORN_SECONDS:
                    place.clear()
                return answer
            except EngineRefused:
                # a child that was loaded is sound: it was the rows that it refused
                if not place.kind:
                    place.clear()
                raise
            except BaseException:
                place.clear()
                raise

    @contextmanager
    def _own_child(self) -> Iterator[ChildProcess]:
        """A child that serves one purpose and is ended afterwards."""
        child = ChildProcess(self._launcher.launch(self._load_seconds))
        try:
            yield child
        finally:
            child.end()

    def _tried(self, order: _Order) -> tuple[str, str, float, float]:
        """Kind, digest of the trial, seconds and mebibytes, as a fresh child finds them."""
        with self._own_child() as child:
            kind, reply = self._load(child, order)
            return kind, *read_costs(reply)

    def _load(self, child: ChildProcess, order: _Order) -> tuple[str, dict[str, Any]]:
        reply, _ = self._ask(
            child,
            self._load_seconds,
            blob=order.artefact,
            verb="load",
            sha256=order.sha256,
            method=order.method,
            features=list(order.features),
            artefact_mib=self._artefact_mib,
        )
        child.layers = check_layers(reply)
        raise_refusal(reply)
        return check_loaded(reply, order.features, order.method), reply

    def _ask(
        self, child: ChildProcess, seconds: float, *, blob: bytes | None = None, raw_bytes: int = 0, **message: Any
    ) -> tuple[dict[str, Any], bytes]:
        nonce = secrets.token_hex(16)
        request = encode_message({"nonce": nonce, "seconds": seconds, **message})
        reply, raw = child.exchange(request + (encode_blob(blob) if blob is not None else b""), seconds, raw_bytes)
        if reply.get("nonce") != nonce:
            raise EngineMismatch("The engine answered another question. There is no score.", code="malformed_reply")
        return reply, raw


def find_layers(memory_mib: int) -> tuple[str, ...]:
    """What shuts a child in on this machine, found out at once by a fork server without model libraries (R39)."""
    client = EngineClient(memory_mib=memory_mib, server=server_command(memory_mib, "()"))
    try:
        return client.layers()
    finally:
        client.close()


def server_command(memory_mib: int, libraries: str = "") -> tuple[str, ...]:
    """The command line of the fork server: isolated Python that finds this checkout last on its path."""
    path = f"import sys; sys.path.append({str(ROOT)!r})"
    start = f"{path}; from model_runtime.engine.forkserver import main; main({libraries})"
    return sys.executable, "-I", "-B", "-c", start, str(memory_mib)


def _same_layers(child: ChildProcess, reply: dict[str, Any]) -> tuple[str, ...]:
    """What shuts the child in, named again with every answer."""
    if check_layers(reply) != child.layers:
        raise EngineMismatch("The engine says it is shut in otherwise than before. There is no score.")
    return child.layers


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
        first.layers,
    )


_clients: "weakref.WeakSet[EngineClient]" = weakref.WeakSet()


def _abandon_all() -> None:
    for client in list(_clients):
        client.abandon()


# after a fork the pipes would belong to two processes: the new one leaves everything to the old one
os.register_at_fork(after_in_child=_abandon_all)
