"""How speed is claimed: two ways of doing one thing, by turns in one run, compared as a ratio of medians."""

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class Measurement:
    """One claim: `ratio` is ours divided by theirs; `goal` is the ratio it should stay below.

    `limit_ms`, if there is one, is the time ours should stay below on the machine that measured.
    """

    name: str
    ratio: float
    goal: float
    ours_ms: float
    theirs_ms: float
    count: int
    limit_ms: float | None = None

    @property
    def reached(self) -> bool:
        """Whether the goal was reached in this run."""
        return self.ratio <= self.goal and (self.limit_ms is None or self.ours_ms < self.limit_ms)


def compare(
    name: str,
    ours: Callable[[], object],
    theirs: Callable[[], object],
    *,
    goal: float,
    count: int,
    warm: int = 5,
    limit_ms: float | None = None,
) -> Measurement:
    """Run both by turns, `count` times after `warm` unmeasured rounds, and compare their medians."""
    for _ in range(warm):
        ours()
        theirs()
    pairs = [(_milliseconds(ours), _milliseconds(theirs)) for _ in range(count)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Measurement(name, round(mine / other, 3), goal, round(mine, 3), round(other, 3), count, limit_ms)


def _milliseconds(action: Callable[[], object]) -> float:
    start = time.perf_counter()
    action()
    return (time.perf_counter() - start) * 1000


def write(measurements: list[Measurement], path: Path) -> None:
    """Write one JSON object for each measurement."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(one) for one in measurements], indent=2) + "\n")


def table(measurements: list[Measurement]) -> str:
    """The measurements as a table for people."""
    lines = [f"{'measurement':<70} {'ratio':>7} {'goal':>6} {'ours ms':>9} {'theirs ms':>10} {'n':>5}"]
    lines += [
        f"{one.name:<70} {one.ratio:>7} {one.goal:>6} {one.ours_ms:>9} {one.theirs_ms:>10} {one.count:>5}"
        + ("" if one.reached else "  goal missed")
        for one in measurements
    ]
    return "\n".join(lines)
