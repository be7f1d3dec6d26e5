"""How speed is claimed: two ways of doing one thing, by turns in one run, compared as a ratio of medians."""

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
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


def own_peak_mib() -> float:
    """The most memory this process has held since it began, in MiB.

    Not `ru_maxrss`: that one begins with the peak of whoever started the process (getrusage(2), execve(2)).
    """
    return _mib(Path("/proc/self/status").read_text(), "VmHWM")


def run_and_weigh(command: Sequence[str], pause: float = 0.1) -> tuple[str, float]:
    """What a command prints, and the most memory that it and all it started held at one time, in MiB.

    Looked at every `pause` seconds; pages that several processes share are counted once between them (PSS).
    """
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(command, stdout=printed)
        peak = 0.0
        while process.poll() is None:
            peak = max(peak, sum(_held(pid) for pid in _descent(process.pid)))
            time.sleep(pause)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, list(command))
        printed.seek(0)
        return printed.read(), peak


def _descent(pid: int) -> Iterator[int]:
    yield pid
    for listed in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in listed.read_text().split():
                yield from _descent(int(child))


def _held(pid: int) -> float:
    try:
        return _mib(Path(f"/proc/{pid}/smaps_rollup").read_text(), "Pss")
    except OSError:  # it has ended, or is shut in
        return 0.0


def _mib(text: str, name: str) -> float:
    return next((int(line.split()[1]) / 1024 for line in text.splitlines() if line.startswith(f"{name}:")), 0.0)
