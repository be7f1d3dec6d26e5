"""The whole watch of a large batch beside Evidently's bare preset on the same frames: time, and peak memory.

Each side is a process of its own that reads the same Parquet files and times its work on frames in memory. Ours is
drift, blanks, new values, ranges, performance, calibration and fairness with intervals and pairs of groups, and the
digests of both sides. Theirs is `DataDriftPreset` alone, as its documentation starts it.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.measuring import Measurement, own_peak_mib

ROWS = int(os.environ.get("ALGOCARE_BENCH_WATCHED", "1000000"))
ROUNDS = int(os.environ.get("ALGOCARE_BENCH_WATCHES", "1"))
MOST_MIB = 2048.0
INPUTS = [*(f"number_{each}" for each in range(8)), *(f"count_{each}" for each in range(4))]
INPUTS += ["yes_0", "yes_1", "area_0", "area_1"]


@dataclass(frozen=True)
class Column:
    """One of the sixteen inputs."""

    name: str

    @property
    def meaning(self) -> str:
        """Its name."""
        return self.name

    @property
    def type(self) -> str:
        """Its type, which its name begins with."""
        kinds = {"number": "number", "count": "integer", "yes": "yes_no", "area": "category"}
        return kinds[self.name.split("_")[0]]

    @property
    def low(self) -> float | None:
        """Numbers have a range."""
        return -4.0 if self.type == "number" else None

    @property
    def high(self) -> float | None:
        """Numbers have a range."""
        return 4.0 if self.type == "number" else None


@dataclass(frozen=True)
class Band:
    """A band of scores."""

    code: str
    name: str
    start: float
    end: float


BANDS = (Band("low", "Low", 0.0, 0.5), Band("middle", "Middle", 0.5, 0.8), Band("high", "High", 0.8, 1.0))


def watching(folder: Path) -> Iterator[Measurement]:
    """The time of both by turns, and the peak memory of ours."""
    place = folder / "watching"
    place.mkdir(parents=True, exist_ok=True)
    for name, seed in (("reference", 1), ("current", 2)):
        write_people(place / f"{name}.parquet", ROWS, seed)
    rounds = [(_run("ours", place), _run("bare", place)) for _ in range(ROUNDS)]
    ours, bare = (statistics.median(seconds) * 1000 for seconds in zip(*((a[0], b[0]) for a, b in rounds), strict=True))
    name = f"full watch of {ROWS:,} x {len(INPUTS)} / Evidently's DataDriftPreset alone"
    yield Measurement(name, round(ours / bare, 3), 1.5, round(ours, 1), round(bare, 1), ROUNDS)
    peak, theirs = (max(each[side][1] for each in rounds) for side in (0, 1))
    name = f"peak memory of that watch / 2 GiB; the preset took {theirs:,.0f} (MiB in place of ms)"
    yield Measurement(name, round(peak / MOST_MIB, 3), 1.0, round(peak, 1), MOST_MIB, ROUNDS)


def write_people(path: Path, rows: int, seed: int) -> None:
    """Sixteen inputs of four types, a score, an outcome and two columns of groups."""
    draw = np.random.default_rng(seed)
    frame = pd.DataFrame({name: _values(name, rows, draw) for name in INPUTS})
    frame["score"] = 1 / (1 + np.exp(-frame["number_0"] - 0.5))
    frame["outcome"] = (draw.random(rows) < frame["score"]).astype("float64")
    frame["ethnicity"] = draw.choice(["Asian", "Black", "Mixed", "Other", "White"], rows)
    frame["sex"] = draw.choice(["Female", "Male"], rows)
    frame.to_parquet(path)


def _values(name: str, rows: int, draw: np.random.Generator) -> np.ndarray:
    made: dict[str, Callable[[], np.ndarray]] = {
        "number": lambda: draw.normal(size=rows),
        "count": lambda: draw.poisson(2, rows),
        "yes": lambda: draw.random(rows) < 0.3,
        "area": lambda: draw.choice([f"Ward {each}" for each in range(20)], rows),
    }
    return made[name.split("_")[0]]()


def _run(what: str, place: Path) -> tuple[float, float]:
    """Seconds of work and peak mebibytes of one side, as its process says them."""
    command = [sys.executable, "-m", "benchmarks.watching", what, str(place)]
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return float(told[-2]), float(told[-1])


def _ours(place: Path) -> float:
    from monitoring.engine.values import Verdict, Window
    from monitoring.engine.watch import watch

    before, after = (pd.read_parquet(place / f"{name}.parquet") for name in ("reference", "current"))
    started = time.perf_counter()
    result = watch(
        before,
        after,
        columns=[Column(name) for name in INPUTS],
        outcome="outcome",
        outcome_name="in care",
        threshold=0.5,
        bands=BANDS,
        groups={"ethnicity": "Ethnicity", "sex": "Sex"},
        thresholds=(),
        minimum_rows=1000,
        stale_after_days=9,
        newest=datetime(2026, 11, 1, tzinfo=UTC),
        now=datetime(2026, 11, 2, tzinfo=UTC),
        earlier_digests=(),
        reference_window=Window("Reference"),
        current_window=Window("Batch"),
    )
    spent = time.perf_counter() - started
    assert result.verdict == Verdict.PASSED, result.sentence
    return spent


def _bare(place: Path) -> float:
    from evidently import Dataset, Report
    from evidently.presets import DataDriftPreset

    before, after = (pd.read_parquet(place / f"{name}.parquet", columns=INPUTS) for name in ("reference", "current"))
    started = time.perf_counter()
    Report([DataDriftPreset()]).run(Dataset.from_pandas(after), Dataset.from_pandas(before)).dict()
    return time.perf_counter() - started


if __name__ == "__main__":
    seconds = {"ours": _ours, "bare": _bare}[sys.argv[1]](Path(sys.argv[2]))
    print(seconds, own_peak_mib())
