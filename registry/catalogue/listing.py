"""Long lists in pages, and what a reader looks for in them. Everything works on the catalogue in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from math import ceil
from typing import Generic, TypeVar

T = TypeVar("T")
S = TypeVar("S", bound="Search")

LINES = 50
"""How many entries one page shows."""

LONGEST = 200
"""Characters of a search that are looked at."""


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list: its rows, its number from 1, how many pages and rows there are."""

    rows: Sequence[T]
    number: int
    pages: int
    total: int


def page_of(rows: Sequence[T], asked: str) -> Page[T]:
    """The page of a list that was asked for."""
    number, pages = pages_of(len(rows), asked)
    return Page(rows[(number - 1) * LINES : number * LINES], number, pages, len(rows))


def pages_of(total: int, asked: str) -> tuple[int, int]:
    """Which page is meant and how many there are; no number is the first page, one behind the end the last."""
    pages = max(1, ceil(total / LINES))
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
    return min(max(number, 1), pages), pages


@dataclass(frozen=True)
class Search:
    """What a reader looks for; empty means everything. Each kind of entry adds what it can be filtered by."""

    text: str = ""
    ended: str = ""

    @property
    def chosen(self) -> dict[str, str]:
        """What was chosen, for an address."""
        return {one.name: getattr(self, one.name) for one in fields(self) if getattr(self, one.name)}

    def has_words(self, *texts: str) -> bool:
        """Whether every word looked for occurs, in capitals or not."""
        if not self.words:
            return True
        whole = " ".join(texts).lower()
        return all(word in whole for word in self.words)

    @cached_property
    def words(self) -> list[str]:
        """The words looked for, in small letters."""
        return self.text.lower().split()


def read_search(kind: type[S], asked: Mapping[str, str]) -> S:
    """A search from an address; names it does not know are left out."""
    return kind(**{one.name: asked.get(one.name, "").strip()[:LONGEST] for one in fields(kind)})


def agrees(wanted: str, truth: bool) -> bool:
    """Whether a fact is the one looked for: "yes", "no", or "" for either."""
    return wanted not in ("yes", "no") or truth == (wanted == "yes")
