"""What an outcome is as it comes in, and what is known of it once it was matched and recorded."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

COLUMNS = ("person", "happened", "observed_on")
"""The columns every outcomes file has; the model's own group columns may follow."""

CORRECTING = ("correction", "reason")
"""Columns a file may have: whether a row replaces what was recorded of the person before, and why."""

HAPPENED = {"yes": True, "1": True, "no": False, "0": False}

LATE_AFTER_DAYS = 90
"""An outcome that is recorded more days after it was observed is late: watches in between went without it."""

LONG_AGO_DAYS = 183
"""Of people scored half a year ago or longer, what happened is expected to be known."""

MOST_ROWS = 200_000
"""The most people in one file, a row each."""

MOST_AT_ONCE = 1_000
"""The most people in one call of a system."""

LONGEST_REASON = 500

PARQUET_BEGINS = b"PAR1"
"""What every Parquet file begins with, whatever its name says."""


class Source(StrEnum):
    """How outcomes came in. Stored codes are never renamed."""

    CSV = "csv"
    PARQUET = "parquet"
    API = "api"
    SERVICE = "service"


SOURCES: dict[str | None, str] = {
    Source.CSV: "CSV file",
    Source.PARQUET: "Parquet file",
    Source.API: "Another system",
    Source.SERVICE: "This service",
    None: "CSV file",
}
"""The sources in plain words; rows of earlier releases name none and came by file."""


@dataclass(frozen=True)
class OutcomeRow:
    """Whether the outcome happened to one person. `row` counts as a spreadsheet does: the heading is row 1.

    A `correction` replaces what was recorded of the person before, for its `reason`.
    """

    row: int
    person: str
    happened: bool
    observed_on: date
    groups: Mapping[str, str]
    correction: bool = False
    reason: str = ""


@dataclass(frozen=True)
class Match:
    """The newest score of a person as it stood on a day: a single one, or a place in a finished run over many.

    `flagged` says whether it was at or above the threshold of its version.
    """

    score_id: int | None
    cohort_run_id: int | None
    cohort_place: int | None
    flagged: bool


@dataclass(frozen=True)
class HandedIn:
    """Where rows come from: how, the name of the file, the digest of the bytes, and the token of a system."""

    source: Source
    file_name: str
    sha256: str
    through_id: int | None = None


@dataclass(frozen=True)
class Recorded:
    """What one file or call came to: people, those matched to a score, corrections, and rows in conflict."""

    upload_id: int
    rows: int
    matched: int
    corrections: int
    conflicts: int
