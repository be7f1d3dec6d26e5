"""The life of a run over a population, and what goes through its parts as plain values."""

from dataclasses import dataclass
from datetime import date, datetime

from foundation.accounts.values import Permission
from foundation.lifecycle.values import Lifecycle, Stage, Step

CHUNK_ROWS = 4096
"""People in a part: a power of two, so that the tree over a part is a whole branch of the tree over the run."""

MOST_ROWS = 5_000_000
"""The most people in one run."""

MOST_PROBLEMS = 100
"""Bad cells that are named; that there are more is said."""

SCORED = ""
"""The code of somebody who was scored."""

COHORT_LIFE = Lifecycle(
    thing="cohort",
    title="The run",
    first="queued",
    stages={
        "queued": Stage("Waiting", "info", "The gate was open. The people handed in have not been read yet."),
        "running": Stage("Running", "info", "Every cell was accepted. Nobody sees a result before all are there."),
        "finished": Stage("Finished", "good", "The gate was still open at the end. Its results stand in the ledger."),
        "failed": Stage("Failed", "bad", "It ended without a result: a bad cell, or a fault."),
        "withdrawn": Stage("Withdrawn", "bad", "It was stopped, or the gate closed meanwhile. Nobody sees a result."),
    },
    steps=(
        Step("begin", ("queued",), "running", Permission.RUN_COHORT, "Begin", also=Permission.RUN_WATCH),
        Step("finish", ("running",), "finished", Permission.RUN_COHORT, "Finish", also=Permission.RUN_WATCH),
        Step("fail", ("queued", "running"), "failed", Permission.RUN_COHORT, "Fail", also=Permission.RUN_WATCH),
        Step("withdraw", ("queued", "running"), "withdrawn", Permission.RUN_COHORT, "Stop", also=Permission.RUN_WATCH),
    ),
)
"""Every stage of a run; the worker takes its steps too, in the name of who asked."""


@dataclass(frozen=True)
class Handed:
    """What was handed in: its name, kind (csv, parquet, query), digest, and the stored file where there is one."""

    name: str
    kind: str
    sha256: str
    file_sha256: str | None = None


@dataclass(frozen=True)
class Progress:
    """How far a run has come: people worked through of all, and seconds left as far as can be told."""

    done: int
    rows: int
    seconds_left: int | None

    @property
    def percent(self) -> int:
        """Whole percent done, never 100 before all is done."""
        return self.done * 100 // self.rows if self.rows else 0


@dataclass(frozen=True)
class Quality:
    """How the explanations of a run were found: counts of parts by route, and the worst of what was checked."""

    routes: dict[str, int]
    checked: int
    largest_difference: float
    largest_error: float


@dataclass(frozen=True)
class Result:
    """That a run scored a person: for the person's page."""

    run_reference: str
    use_title: str
    finished_on: date
    place: int
    scored: bool


@dataclass(frozen=True)
class Given:
    """A score that a finished run gave a person: when, its band, who looked at it and who took out the whole run."""

    run_reference: str
    at: datetime
    band: str
    shadow: bool
    looked: tuple[int, ...]
    took: tuple[int, ...]
