"""How a version works as a whole, as it is stored and shown; light imports only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FORMAT = "algocare-explanation/1"
MOST_PEOPLE = 2_000
"""So many people of the evaluation file are explained; of a larger file a drawn sample."""
MOST_CURVE_PEOPLE, MOST_POINTS = 200, 10
"""People whose input is moved to draw a curve, and the points it is drawn at."""
MOST_STEADY_PEOPLE, CHANGES_EACH = 200, 5
"""People whose inputs are changed by one step, and how many such changes are tried for each."""
HARDLY = 0.01
"""A curve that moves the average score by less than 1 of 100 of what scores can be is called flat."""

RISES, FALLS, MIXED, FLAT, DIFFERS = "rises", "falls", "mixed", "flat", "differs"
"""How the score goes as an input grows. A category has no order: its scores only differ."""

POINTS = "points"
"""The unit of contributions, and of scores, where the scores are no chances from 0 to 1."""


@dataclass(frozen=True)
class Weight:
    """The share of one input, or of one concept with all its inputs, in all that moves scores: 0 to 1.

    The share is the mean size of its contributions over the people looked at, of the sum of all such means.
    """

    name: str
    title: str
    inputs: tuple[str, ...]
    share: float
    about: str
    protected: str


@dataclass(frozen=True)
class Point:
    """Where a curve was looked at: the input's value, in words too, the average score there, how many lie nearest.

    The score is a chance from 0 to 1, or in points where the findings' `unit` is POINTS.
    """

    value: float
    text: str
    score: float
    people: int


@dataclass(frozen=True)
class Curve:
    """Partial dependence: the average score if everybody had a value of one input and else stayed as they are.

    `way` is how it goes, `observed` how the outcome goes with the input in the evaluation file (RISES, FALLS or FLAT).
    """

    name: str
    title: str
    unit: str
    points: tuple[Point, ...]
    way: str
    observed: str

    @property
    def swing(self) -> float:
        """How far apart the highest and the lowest average score are."""
        scores = [point.score for point in self.points]
        return max(scores) - min(scores) if scores else 0.0

    @property
    def against(self) -> bool:
        """Whether the score goes one way where the outcome goes the other: to be asked about, not always a fault."""
        return {self.way, self.observed} == {RISES, FALLS}


@dataclass(frozen=True)
class Steadiness:
    """What single steps in single inputs do: of `changes` tried on `people`, how many change band or leading reason."""

    people: int
    changes: int
    bands: int
    reasons: int

    def out_of_100(self, count: int) -> int:
        """A count as one of 100 changes."""
        return round(100 * count / self.changes) if self.changes else 0


@dataclass(frozen=True)
class Findings:
    """Everything found about one version. `people` of `rows` were explained; `seed` says which were drawn.

    `about` and `protected` are shares of the weight, 0 to 1; `largest_error` is how far reasons and output were apart.
    """

    rows: int
    people: int
    seed: int
    unit: str
    route: str
    largest_error: float
    weights: tuple[Weight, ...]
    about: Mapping[str, float]
    protected: float
    curves: tuple[Curve, ...]
    steadiness: Steadiness

    @property
    def in_points(self) -> bool:
        """Whether scores are points, not chances from 0 to 1."""
        return self.unit == POINTS

    @property
    def against(self) -> list[Curve]:
        """The curves that go against what was observed."""
        return [curve for curve in self.curves if curve.against]

    @property
    def others(self) -> float:
        """The share of the weight that is about relatives and other linked people (R29)."""
        return self.about.get("relative", 0.0) + self.about.get("linked", 0.0)

    def to_dict(self) -> dict[str, Any]:
        """As it is stored."""
        return {
            "format": FORMAT,
            **vars(self),
            "about": dict(self.about),
            "weights": [{**vars(one), "inputs": list(one.inputs)} for one in self.weights],
            "curves": [{**vars(one), "points": [vars(point) for point in one.points]} for one in self.curves],
            "steadiness": vars(self.steadiness),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Findings:
        """What was stored; another format is refused."""
        told = dict(data)
        if told.pop("format", None) != FORMAT:
            raise ValueError("This explanation of a model is in another format.")
        weights = tuple(Weight(**{**one, "inputs": tuple(one["inputs"])}) for one in told.pop("weights"))
        curves = tuple(
            Curve(**{**one, "points": tuple(Point(**point) for point in one["points"])}) for one in told.pop("curves")
        )
        steadiness = Steadiness(**told.pop("steadiness"))
        return cls(**told, weights=weights, curves=curves, steadiness=steadiness)
