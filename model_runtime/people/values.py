"""People as they are read from a file, before any of them is stored."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
"""How a person's reference may look: letters, digits, full stops, hyphens and underscores, at most 40 of them."""

FACT_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,79}")
"""How a column of facts may be called: as a feature is in a model's declaration."""


@dataclass(frozen=True)
class PersonRow:
    """One row of a file of people: `facts` are the numbers that are known; an empty cell is no fact and no birth."""

    row: int
    reference: str
    agency: str
    facts: Mapping[str, int | float]
    born_on: date | None = None


@dataclass(frozen=True)
class FactLine:
    """A fact as a page shows it: what it means, its value in words, where it came from and when."""

    meaning: str
    value: str
    source: str
    as_of: date
