"""How a picture of boxes in columns is laid out: where each box stands, and the lines between them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

ROW, BOX, TOP, GAP = 34, 24, 34, 27
LETTER = 6.8
"""How wide a letter is at most, on average; a text that does not fit is shortened and stands whole in the table."""


class Edge(StrEnum):
    """How a box is drawn; its words say the same."""

    FIRM = "firm"
    UNVERIFIED = "unverified"
    ENDED = "ended"


@dataclass(frozen=True)
class Box:
    """What a box says. `key` is its own in the whole picture."""

    key: str
    text: str
    edge: Edge = Edge.FIRM


@dataclass(frozen=True)
class Column:
    """Boxes under a heading, all of one width in pixels."""

    heading: str
    width: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Node:
    """A box with its place, in pixels from the top left of the picture."""

    box: Box
    x: int
    y: int
    width: int

    @property
    def label(self) -> str:
        """The text, shortened to fit the box."""
        most = int((self.width - 12) / LETTER)
        text = self.box.text
        return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"

    @property
    def middle(self) -> int:
        """Where lines meet the box, from the top."""
        return self.y + BOX // 2


@dataclass(frozen=True)
class Line:
    """A line from the right edge of one box to the left edge of another."""

    start: Node
    end: Node

    @property
    def path(self) -> str:
        """The line as SVG: a gentle curve."""
        x1, y1, x2, y2 = self.start.x + self.start.width, self.start.middle, self.end.x, self.end.middle
        bend = (x1 + x2) // 2
        return f"M{x1} {y1}C{bend} {y1} {bend} {y2} {x2} {y2}"

    @property
    def lost(self) -> bool:
        """Whether it leads to or from what nothing can rest on any more."""
        return Edge.ENDED in (self.start.box.edge, self.end.box.edge)


@dataclass(frozen=True)
class Drawing:
    """Columns from left to right, and pairs of keys to be joined. A column without boxes is left out."""

    all_columns: tuple[Column, ...]
    pairs: tuple[tuple[str, str], ...]

    @cached_property
    def columns(self) -> list[Column]:
        """The columns that hold something."""
        return [column for column in self.all_columns if column.boxes]

    @property
    def lefts(self) -> list[int]:
        """Where each column begins."""
        widths = [column.width for column in self.columns]
        return [sum(widths[:number]) + GAP * number for number in range(len(widths))]

    @property
    def width(self) -> int:
        """The picture's width."""
        return sum(column.width for column in self.columns) + GAP * max(len(self.columns) - 1, 0)

    @property
    def height(self) -> int:
        """The picture's height."""
        return TOP + ROW * max((len(column.boxes) for column in self.columns), default=0)

    @cached_property
    def placed(self) -> list[tuple[str, list[Node]]]:
        """Each column's heading with its boxes in their places, the shorter columns in the middle."""
        return [
            (column.heading, list(_place(column, left, self.height)))
            for column, left in zip(self.columns, self.lefts, strict=True)
        ]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines, each once."""
        nodes = {node.box.key: node for _, column in self.placed for node in column}
        joined: Sequence[tuple[str, str]] = list(dict.fromkeys(self.pairs))
        return [Line(nodes[start], nodes[end]) for start, end in joined]

    @property
    def headings(self) -> list[str]:
        """The headings, from left to right."""
        return [column.heading for column in self.columns]


def _place(column: Column, left: int, height: int) -> Iterable[Node]:
    first = TOP + (height - TOP - ROW * len(column.boxes)) // 2
    return (Node(box, left, first + ROW * number, column.width) for number, box in enumerate(column.boxes))
