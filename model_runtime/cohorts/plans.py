"""What a file of people has to look like for one use of a model, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from foundation.errors import Invalid
from model_runtime.gate.values import Ages
from registry.models.tables import Feature

REFERENCE, BORN, AS_OF = "reference", "born_on", "as_of"
OWN = (REFERENCE, BORN, AS_OF)
"""The columns that hold no input of the model; the day of the facts may be left out."""


@dataclass(frozen=True)
class Column:
    """An input of the model as a column. `codes` are the numbers of a category's codes, each code as it is written."""

    name: str
    meaning: str
    type: str
    low: float | None
    high: float | None
    codes: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True)
class Plan:
    """Everything a person's row is checked against, on the London day on which the run was asked for."""

    columns: tuple[Column, ...]
    ages: Ages | None
    today: date
    as_of: date
    stale_after_days: int

    @property
    def oldest(self) -> date:
        """The oldest day the facts may be of (R41)."""
        return self.today - timedelta(days=self.stale_after_days)


def column_of(feature: Feature) -> Column:
    """An input as a column."""
    codes = tuple((str(code), float(number)) for code, number in _pairs(feature.categories))
    return Column(feature.name, feature.meaning, feature.type, feature.low, feature.high, codes)


def check_heading(names: Sequence[str], plan: Plan, source: str) -> None:
    """Refuse a file that lacks a column, has one the model does not take, or has one twice; each is named."""
    known = [REFERENCE, BORN, *(column.name for column in plan.columns)]
    problems = {f"column {name}": "is missing" for name in known if name not in names}
    for name in names:
        if list(names).count(name) > 1:
            problems[f"column {name[:80]}"] = "appears twice"
        elif name not in known and name != AS_OF:
            problems[f"column {name[:80]}"] = "is not an input of this model"
    refuse(problems, source)


def refuse(problems: dict[str, str], source: str) -> None:
    """Refuse all of a file for the problems at their places; nobody is scored."""
    if problems:
        sentences = {place: f"{source}, {place}: {what}." for place, what in problems.items()}
        first = next(iter(sentences.values()))
        raise Invalid(f"{first} Nobody was scored.", problems=sentences, code="cohort_invalid")


def _pairs(categories: Any) -> list[tuple[Any, Any]]:
    if isinstance(categories, dict):
        return list(categories.items())
    pairs = (one if isinstance(one, list | tuple) and len(one) == 2 else (one, one) for one in categories or ())
    return [(code, number) for code, number in pairs]
