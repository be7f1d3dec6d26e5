"""Warm children: at most so many, the least recently used one goes first, one request at a time for each."""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from model_runtime.engine.process import ChildProcess
from model_runtime.engine.values import EngineCrashed, EngineTimeout


class Place:
    """Where the child of one artefact lives, or will; whoever holds the lock may use it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.child: ChildProcess | None = None
        self.kind = ""
        self.gone = False

    def clear(self) -> None:
        """End the child, if any: the next request starts another."""
        if self.child is not None:
            self.child.end()
            self.child, self.kind = None, ""


class WarmChildren:
    """Places by key, safe for threads, and for a server that forks after it was made."""

    def __init__(self, keep: int) -> None:
        self._keep = keep
        self._reset()

    @contextmanager
    def held(self, key: Hashable, patience: float) -> Iterator[Place]:
        """The locked place of a key; waits at most `patience` seconds for a request that is under way."""
        place = self._locked(key, patience)
        try:
            yield place
        finally:
            place.lock.release()

    def pids(self) -> tuple[int, ...]:
        """Process ids of the children that are alive now, least recently used first."""
        with self._guard:
            return tuple(place.child.pid for place in self._places.values() if place.child is not None)

    def close(self) -> None:
        """End all children; running requests end first."""
        with self._guard:
            self._closed = True
            places = list(self._places.values())
            self._places.clear()
        for place in places:
            _retire(place)

    def abandon(self) -> None:
        """Forget the children: they belong to the process that this one was forked from."""
        for place in self._places.values():
            if place.child is not None:
                place.child.forget()
        self._reset()

    def _reset(self) -> None:
        self._guard = threading.Lock()
        self._places: OrderedDict[Hashable, Place] = OrderedDict()
        self._closed = False

    def _locked(self, key: Hashable, patience: float) -> Place:
        while True:
            place = self._place(key)
            if not place.lock.acquire(timeout=patience):
                raise EngineTimeout("The model is busy. There is no score; try again.", code="engine_busy")
            if not place.gone:
                return place
            place.lock.release()

    def _place(self, key: Hashable) -> Place:
        with self._guard:
            if self._closed:
                raise EngineCrashed("The engine is closed. There is no score.", code="engine_closed")
            place = self._places.setdefault(key, Place())
            self._places.move_to_end(key)
            extra = len(self._places) - self._keep
            old = [self._places.popitem(last=False)[1] for _ in range(extra)]
        for other in old:
            _retire(other)
        return place


def _retire(place: Place) -> None:
    with place.lock:
        place.gone = True
        place.clear()
