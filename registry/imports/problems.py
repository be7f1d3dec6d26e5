"""What is wrong with a file, at its place: all of it at once, and never more than a person can read."""

from collections.abc import Sequence
from dataclasses import dataclass

from foundation.errors import Invalid

SHOWN = 50
"""How many problems are listed; the rest are counted. A file with more has one cause, not hundreds."""


@dataclass(frozen=True)
class RowProblem:
    """One thing that cannot be taken. Rows count as a spreadsheet does: the heading is row 1; 0 is the whole file."""

    row: int
    column: str
    sentence: str

    @property
    def place(self) -> str:
        """Where it is: row and column, or only one of them."""
        parts = [f"row {self.row}"] if self.row else []
        return ", ".join([*parts, f"column {self.column}"] if self.column else parts)


def refuse(file: str, problems: Sequence[RowProblem]) -> None:
    """Refuse a file with every problem at its place, the first fifty in words; nothing when there is none."""
    if not problems:
        return
    listed = list_problems(file, problems)
    raise Invalid(f"Nothing was taken in. {'; '.join(listed.values())}", problems=listed, code="import_invalid")


def list_problems(file: str, problems: Sequence[RowProblem]) -> dict[str, str]:
    """The first fifty problems, each under its place, and how many more there are."""
    listed: dict[str, str] = {}
    for one in sorted(problems, key=lambda one: one.row)[:SHOWN]:
        place = one.place or "file"
        said = f"{listed[place]} Also: {one.sentence}" if place in listed else _full(file, one)
        listed[place] = said
    if len(problems) > SHOWN:
        more = len(problems) - SHOWN
        listed["more"] = f"{file}: {more:,} more {'problem is' if more == 1 else 'problems are'} not listed."
    return listed


def _full(file: str, problem: RowProblem) -> str:
    return f"{file}, {problem.place}: {problem.sentence}" if problem.place else f"{file}: {problem.sentence}"
