"""Bars by group for paper: where each bar and its interval begin and end, in the units of the picture. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from registry.evaluations.values import Figures, Measures, Proportion

WIDTH, LABEL, ROW = 500.0, 150.0, 26.0
"""The picture's width, the room for labels, and a row's height, in points of its own grid."""


@dataclass(frozen=True)
class Bar:
    """One group: its label, the figure in words, and lengths from the left edge; None where not assessed."""

    label: str
    text: str
    y: float
    end: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Picture:
    """Bars of one rate by one characteristic; `alt` says in words all that the picture shows."""

    title: str
    alt: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> float:
        """Of the whole picture."""
        return len(self.bars) * ROW + 22


def draw_misses(figures: Figures) -> list[Picture]:
    """One picture for each characteristic: of 100 with the outcome, how many the model misses."""
    names = dict.fromkeys(row.group for row in figures.by_group)
    return [_draw(name, [row for row in figures.by_group if row.group == name]) for name in names]


def _draw(name: str, rows: Sequence[Measures]) -> Picture:
    bars = tuple(_bar(n, row.value, row.miss_rate) for n, row in enumerate(rows))
    told = "; ".join(f"{bar.label}: {bar.text}" for bar in bars)
    title = f"Missed, by {name[:1].lower()}{name[1:]}"
    return Picture(title, f"{title}, of 100 people with the outcome, with the 95% interval. {told}.", bars)


def _bar(position: int, label: str, rate: Proportion) -> Bar:
    y = position * ROW + 6
    if not rate.assessed or rate.rate is None or rate.low is None or rate.high is None:
        return Bar(label, "not assessed", y, None, None, None)
    return Bar(label, rate.frequency, y, _x(rate.rate), _x(rate.low), _x(rate.high))


def _x(share: float) -> float:
    """The place of a share on the axis from 0 to 100 people; room is left for the words at the end."""
    return round(LABEL + share * (WIDTH - LABEL - 90), 1)
