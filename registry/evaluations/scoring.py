"""What the register asks of whatever runs artefacts; the engine's client fulfils it and is handed in from above."""

from collections.abc import Mapping, Sequence
from typing import Protocol


class Report(Protocol):
    """What an artefact is, as found by loading it under control."""

    @property
    def unit(self) -> str: ...
    @property
    def method(self) -> str: ...


class Answer(Protocol):
    """Scores for rows: chances from 0 to 1, or a point score's points."""

    @property
    def scores(self) -> tuple[float, ...]: ...


class Runner(Protocol):
    """Loads an artefact in a process of its own, says what it is, and scores rows with it."""

    def inspect(self, artefact: bytes, features: Sequence[str], method: str) -> Report:
        """Refuse an artefact that is not allowed, or that does not fit the declared features."""

    def score(
        self,
        artefact: bytes,
        sha256: str,
        method: str,
        features: Sequence[str],
        rows: Sequence[Mapping[str, float]],
    ) -> Answer:
        """Score rows after comparing the bytes with their approved SHA-256."""
