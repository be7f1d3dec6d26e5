"""Who works through the parts of a run: engine children on this machine, or Dask workers that have their own.

Both do the very same work on the very same bytes, so the results are the same bit for bit. What goes to another machine
is bytes and numbers; Dask itself passes tasks on as pickles, so its machines have to be the service's own
(docs/decisions/0018). Machinery: needs numpy, and Dask only when it is asked for.
"""

import os
import queue
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from model_runtime.cohorts.rules import check_scheduler
from model_runtime.engine.client import EngineClient

MakeEngine = Callable[[], EngineClient]
PROCESSES = 2
"""Engine children at once: with the parent that hashes and stores, more than cores are of no use."""


@dataclass(frozen=True)
class Work:
    """The people of a part who are scored, as plain float64 numbers row after row, and the model's file."""

    artefact: bytes
    sha256: str
    method: str
    features: tuple[str, ...]
    rows: bytes


@dataclass(frozen=True)
class Answered:
    """What the engine answered: `scores` float64, `contributions` float32, both as bytes row after row."""

    scores: bytes
    base: float
    contributions: bytes
    unit: str
    kind: str
    largest_error: float
    route: str
    checked: int
    largest_difference: float
    layers: tuple[str, ...]


class Pool(Protocol):
    """Something that works through parts; `width` is how many at once."""

    width: int

    def answer(self, work: Work) -> Answered:
        """The answer about one part; safe for threads."""

    def close(self) -> None:
        """Give back what it holds."""


def answer_work(engine: EngineClient, work: Work) -> Answered:
    """One part through an engine child: the same on whichever machine."""
    width = len(work.features)
    rows = np.frombuffer(work.rows, "<f8").reshape(-1, width)
    found = engine.score_table(work.artefact, work.sha256, work.method, work.features, rows)
    return Answered(
        np.ascontiguousarray(found.scores, "<f8").tobytes(),
        found.base,
        np.ascontiguousarray(found.contributions, "<f4").tobytes(),
        found.unit,
        found.kind,
        found.largest_error,
        found.route,
        found.checked,
        found.largest_difference,
        tuple(found.layers),
    )


class LocalPool:
    """Engine clients of this process, each with a child of its own; a part has one of them to itself."""

    def __init__(self, make_engine: MakeEngine, width: int = 0) -> None:
        self.width = width or max(1, min(PROCESSES, os.cpu_count() or 1))
        self._engines = [make_engine() for _ in range(self.width)]
        self._free: queue.SimpleQueue[EngineClient] = queue.SimpleQueue()
        for engine in self._engines:
            self._free.put(engine)

    def answer(self, work: Work) -> Answered:
        """The answer about one part."""
        engine = self._free.get()
        try:
            return answer_work(engine, work)
        finally:
            self._free.put(engine)

    def close(self) -> None:
        """End the children."""
        for engine in self._engines:
            engine.close()


class DaskPool:
    """Dask workers of the service's own machines; each starts an engine client when it first gets a part.

    `options` are what each client is made with, as plain numbers. The certificates of TLS come from Dask's own
    configuration. Refuses an address that would send people's data over a network unencrypted.
    """

    def __init__(self, address: str, options: dict[str, float]) -> None:
        check_scheduler(address)
        from distributed import Client

        self._client = Client(address, timeout=20)
        self._options = options
        self.width = max(1, len(self._client.scheduler_info(n_workers=-1)["workers"]))
        self._artefacts: dict[str, Any] = {}

    def answer(self, work: Work) -> Answered:
        """The answer about one part, from whichever worker is free."""
        if work.sha256 not in self._artefacts:
            self._artefacts[work.sha256] = self._client.scatter(work.artefact, broadcast=True)
        told = work.sha256, work.method, work.features, work.rows
        future = self._client.submit(_on_worker, self._artefacts[work.sha256], *told, self._options, pure=False)
        return Answered(*future.result())

    def close(self) -> None:
        """Leave the workers to others; their engines end with them."""
        self._client.close()


_engines: dict[str, EngineClient] = {}


def _on_worker(
    artefact: bytes, sha256: str, method: str, features: tuple[str, ...], rows: bytes, options: dict[str, float]
) -> tuple[Any, ...]:
    """One part, on a worker: bytes and numbers in, bytes and numbers out."""
    key = repr(sorted(options.items()))
    if key not in _engines:
        _engines[key] = EngineClient(**options)  # type: ignore[arg-type]
    found = answer_work(_engines[key], Work(bytes(artefact), sha256, method, tuple(features), bytes(rows)))
    return tuple(vars(found).values())
