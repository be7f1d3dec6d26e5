"""What the scores of a version are counted in: chances from 0 to 1, or points of its own. Light imports only."""

from dataclasses import dataclass

from registry.models.tables import ModelVersion


@dataclass(frozen=True)
class Scale:
    """The lowest and the highest score there can be, and what one counts. Only chances can be held against outcomes.

    What orders or parts people (AUC, rates, bands) needs no scale of its own. What compares a score with how often
    the outcome came (Brier score, calibration) is left out for points: stretched to 0 to 1 they would be no chances.
    """

    low: float
    high: float
    unit: str = ""

    @property
    def counts_chances(self) -> bool:
        """Whether a score says how likely the outcome is."""
        return not self.unit

    @property
    def width(self) -> float:
        """From the lowest score to the highest."""
        return self.high - self.low

    @property
    def text(self) -> str:
        """Between which numbers scores lie: between 0 and 18 points."""
        return f"between {self.low:g} and {self.high:g}{' ' * bool(self.unit)}{self.unit}"

    @property
    def why_no_chance(self) -> str:
        """Why what needs chances was left out."""
        return f"Brier score and calibration: not assessed, scores are {self.unit} and say no chance"


CHANCES = Scale(0, 1)
"""Scores from 0 to 1, which every fitted model gives."""


def scale_of(version: ModelVersion) -> Scale:
    """The scale of a version's scores. Bands of a point score are in points and cover all that points can come to."""
    if version.kind != "point-score":
        return CHANCES
    return Scale(version.bands[0].start, version.bands[-1].end, version.unit)
