"""One line of an outcomes file, as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

COLUMNS = ("person", "happened", "observed_on")
"""The columns every outcomes file has; the model's own group columns may follow."""

HAPPENED = {"yes": True, "1": True, "no": False, "0": False}


@dataclass(frozen=True)
class OutcomeRow:
    """Whether the outcome happened to one person. `row` counts as a spreadsheet does: the heading is row 1."""

    row: int
    person: str
    happened: bool
    observed_on: date
    groups: Mapping[str, str]
