"""Training for one model, built from its own failure cases (R39)."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Training:
    """How somebody stands with the training for one version: when it was passed and the last day it counts.

    Both are empty when it was never passed.
    """

    passed_on: date | None
    lapses_on: date | None
