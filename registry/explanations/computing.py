"""What drives a version, how each input moves it and how steady it is. Machinery: never imported by the web process.

Takes rows and a function that explains rows; gives findings. Nothing here knows a database or a model file.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from registry.explanations.values import (
    CHANGES_EACH,
    DIFFERS,
    FALLS,
    FLAT,
    HARDLY,
    MIXED,
    MOST_CURVE_PEOPLE,
    MOST_PEOPLE,
    MOST_POINTS,
    MOST_STEADY_PEOPLE,
    RISES,
    Curve,
    Findings,
    Point,
    Steadiness,
    Weight,
)

Numbers = NDArray[np.float64]
CLEAR = 0.8
"""A curve rises or falls when its ends are this share of its whole swing apart."""


class Explained(Protocol):
    """Scores (n,), chances or points, and contributions (n, f) of rows: they add up to the output within
    `largest_error`."""

    @property
    def scores(self) -> Numbers: ...
    @property
    def contributions(self) -> Numbers: ...
    @property
    def unit(self) -> str: ...
    @property
    def route(self) -> str: ...
    @property
    def largest_error(self) -> float: ...


Explain = Callable[[Numbers], Explained]


@dataclass(frozen=True)
class Input:
    """One input as declared: `concept` names what it encodes with others, empty for itself alone."""

    name: str
    title: str
    type: str
    low: float | None
    high: float | None
    unit: str
    categories: Mapping[str, float]
    about: str
    protected: str
    concept: str

    def text(self, value: float) -> str:
        """A value as people read it."""
        if self.type == "yes_no":
            return "Yes" if value >= 0.5 else "No"
        named = [name for name, number in self.categories.items() if number == value]
        return named[0] if named else f"{value:,.10g}"

    @property
    def step(self) -> float:
        """The smallest change worth trying: 1 of a whole number, a hundredth of the range of another number; else 0."""
        if self.type == "integer":
            return 1.0
        span = (self.high or 0.0) - (self.low or 0.0)
        return span / 100 if self.type == "number" else 0.0


def explain_rows(
    inputs: Sequence[Input],
    rows: Numbers,
    truth: NDArray[np.int_],
    starts: Sequence[float],
    explain: Explain,
    seed: int,
    width: float = 1.0,
) -> Findings:
    """Findings about rows (n, f) whose outcome is `truth` (n,), 0 or 1; a score from `starts[i]` on is in band i.

    `width` is how far the lowest score that can be is from the highest, in the unit of the scores, like `starts`.

    Of more than MOST_PEOPLE rows a sample is drawn by `seed`, so that the same file gives the same findings (R02).
    """
    draw = np.random.default_rng(seed)
    chosen = _drawn(draw, len(rows), MOST_PEOPLE)
    sample, happened = rows[chosen], truth[chosen]
    answer = explain(sample)
    sizes = np.abs(answer.contributions).mean(axis=0)
    total = float(sizes.sum()) or 1.0
    return Findings(
        rows=len(rows),
        people=len(sample),
        seed=seed,
        unit=answer.unit,
        route=answer.route,
        largest_error=float(answer.largest_error),
        weights=_weights(inputs, answer.contributions),
        about=_by_whom(inputs, sizes / total),
        protected=float(sum(size for one, size in zip(inputs, sizes / total, strict=True) if one.protected)),
        curves=_curves(inputs, sample, happened, explain, draw, HARDLY * width),
        steadiness=_steadiness(inputs, sample, answer, starts, explain, draw),
    )


def _drawn(draw: np.random.Generator, count: int, most: int) -> NDArray[np.int_]:
    return np.arange(count) if count <= most else np.sort(draw.choice(count, most, replace=False))


def _concepts(inputs: Sequence[Input]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, one in enumerate(inputs):
        found.setdefault(f"concept:{one.concept}" if one.concept else f"input:{one.name}", []).append(place)
    return found


def _weights(inputs: Sequence[Input], contributions: Numbers) -> tuple[Weight, ...]:
    folded = _concepts(inputs)
    sizes = np.abs(_folded(inputs, contributions)).mean(axis=0)
    total = float(sizes.sum()) or 1.0
    found = [_weight(inputs, places, float(size) / total) for places, size in zip(folded.values(), sizes, strict=True)]
    return tuple(sorted(found, key=lambda one: -one.share))


def _weight(inputs: Sequence[Input], places: Sequence[int], share: float) -> Weight:
    first, names = inputs[places[0]], tuple(inputs[place].name for place in places)
    told = sorted({inputs[place].protected for place in places} - {""})
    return Weight(first.concept or first.name, first.concept or first.title, names, share, first.about, ", ".join(told))


def _folded(inputs: Sequence[Input], contributions: Numbers) -> Numbers:
    columns = [contributions[:, places].sum(axis=1) for places in _concepts(inputs).values()]
    return np.stack(columns, axis=1)


def _by_whom(inputs: Sequence[Input], shares: Numbers) -> dict[str, float]:
    found = {"person": 0.0, "relative": 0.0, "linked": 0.0}
    for one, share in zip(inputs, shares, strict=True):
        found[one.about] += float(share)
    return found


def _curves(
    inputs: Sequence[Input],
    sample: Numbers,
    happened: NDArray[np.int_],
    explain: Explain,
    draw: np.random.Generator,
    hardly: float,
) -> tuple[Curve, ...]:
    """All curves in one question to the engine: for each input and point, everybody drawn with that value."""
    people = sample[_drawn(draw, len(sample), MOST_CURVE_PEOPLE)]
    places = [_points(one, sample[:, at]) for at, one in enumerate(inputs)]
    moved = [_moved(people, at, value) for at, values in enumerate(places) for value in values]
    scores = explain(np.concatenate(moved)).scores.reshape(len(moved), len(people)).mean(axis=1)
    ends = np.cumsum([len(values) for values in places])[:-1]
    return tuple(
        _curve(one, values, means, sample[:, at], happened, hardly)
        for at, (one, values, means) in enumerate(zip(inputs, places, np.split(scores, ends), strict=True))
    )


def _points(one: Input, column: Numbers) -> Numbers:
    if one.type in ("yes_no", "category"):
        return np.array(sorted(one.categories.values() or (0.0, 1.0)), dtype=np.float64)
    return np.unique(np.quantile(column, np.linspace(0.05, 0.95, MOST_POINTS), method="nearest"))


def _moved(people: Numbers, at: int, value: float) -> Numbers:
    copied = people.copy()
    copied[:, at] = value
    return copied


def _curve(
    one: Input, values: Numbers, means: Numbers, column: Numbers, happened: NDArray[np.int_], hardly: float
) -> Curve:
    nearest = np.abs(column[:, None] - values[None, :]).argmin(axis=1)
    counts = np.bincount(nearest, minlength=len(values))
    points = [
        Point(float(value), one.text(float(value)), float(mean), int(count))
        for value, mean, count in zip(values, means, counts, strict=True)
    ]
    ordered = one.type != "category" or len(values) == 2
    return Curve(
        one.name,
        one.title,
        one.unit,
        tuple(points),
        _way(means, hardly) if ordered else (DIFFERS if np.ptp(means) >= hardly else FLAT),
        _observed(column, happened) if ordered else FLAT,
    )


def _way(means: Numbers, hardly: float) -> str:
    swing, net = float(np.ptp(means)), float(means[-1] - means[0])
    if swing < hardly:
        return FLAT
    if abs(net) < CLEAR * swing:
        return MIXED
    return RISES if net > 0 else FALLS


def _observed(column: Numbers, happened: NDArray[np.int_]) -> str:
    """Whether the outcome comes more often with more of an input: a correlation beyond two standard errors."""
    if np.ptp(column) == 0 or np.ptp(happened) == 0:
        return FLAT
    together = float(np.corrcoef(column, happened)[0, 1])
    if abs(together) < 2 / np.sqrt(len(column)):
        return FLAT
    return RISES if together > 0 else FALLS


def _steadiness(
    inputs: Sequence[Input],
    sample: Numbers,
    answer: Explained,
    starts: Sequence[float],
    explain: Explain,
    draw: np.random.Generator,
) -> Steadiness:
    """One input of a person moved by one step within its range, several times; who changes band or first reason."""
    movable = [at for at, one in enumerate(inputs) if one.step]
    chosen = _drawn(draw, len(sample), MOST_STEADY_PEOPLE)
    if not movable:
        return Steadiness(len(chosen), 0, 0, 0)
    of = np.repeat(chosen, CHANGES_EACH)
    changed = sample[of]
    picked = draw.choice(movable, len(of))
    steps = np.array([one.step for one in inputs])[picked] * draw.choice((-1.0, 1.0), len(of))
    lows = np.array([-np.inf if one.low is None else one.low for one in inputs])[picked]
    highs = np.array([np.inf if one.high is None else one.high for one in inputs])[picked]
    lines = np.arange(len(of))
    changed[lines, picked] = np.clip(changed[lines, picked] + steps, lows, highs)
    really = changed[lines, picked] != sample[of, picked]
    if not really.any():
        return Steadiness(len(chosen), 0, 0, 0)
    of, after = of[really], explain(changed[really])
    bands = _bands(answer.scores[of], starts) != _bands(after.scores, starts)
    first = np.abs(_folded(inputs, answer.contributions[of])).argmax(axis=1)
    then = np.abs(_folded(inputs, after.contributions)).argmax(axis=1)
    return Steadiness(len(chosen), len(of), int(bands.sum()), int((first != then).sum()))


def _bands(scores: Numbers, starts: Sequence[float]) -> NDArray[np.int_]:
    return np.searchsorted(np.asarray(starts), scores, side="right")
