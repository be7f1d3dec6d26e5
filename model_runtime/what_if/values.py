"""A trial of other values: what it is called, what it is not, and what comes out of one."""

from dataclasses import dataclass
from typing import Any

from model_runtime.scores.parts import Reason, check_text

HEADLINE = "Not a score. A trial with values that somebody typed in"
LABEL = "Nothing here is about the person as recorded. It may not inform any decision, and it is not kept as a score."
TYPED = "Typed in to try it out"
"""The source of a value that was changed: no record says so."""


@dataclass(frozen=True)
class Changed:
    """One value that was changed: what it means, how it is recorded, and what was tried, in words."""

    meaning: str
    recorded: str
    tried: str


@dataclass(frozen=True)
class Trial:
    """What would have come out. It is no AdvisoryScore, holds none and becomes none; its label goes with it (R02)."""

    headline: str
    label: str
    reference: str
    score_reference: str
    band: str
    band_of_score: str
    changed: tuple[Changed, ...]
    reasons: tuple[Reason, ...]

    def __post_init__(self) -> None:
        if (self.headline, self.label) != (HEADLINE, LABEL):
            raise ValueError("a trial says word for word that it is no score")
        for name in ("reference", "score_reference", "band", "band_of_score"):
            check_text(name, getattr(self, name))
        if not self.changed or not self.reasons:
            raise ValueError("a trial has changed values and reasons")


@dataclass(frozen=True)
class Input:
    """One input as the form offers it: its place, its name, what it means, its type and what is recorded."""

    position: int
    name: str
    meaning: str
    type: str
    hint: str
    choices: tuple[str, ...]
    recorded: Any
    words: str
