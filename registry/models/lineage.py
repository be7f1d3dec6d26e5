"""Where a version's inputs come from: features, data items, agencies, legal gateways; laid out as a picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from registry.gateways.tables import Gateway
from registry.items.tables import DataItem
from registry.models.tables import Feature

ROW, BOX, TOP = 34, 24, 34
WIDTHS = (165, 215, 220, 240)
GAP = 27
LEFTS = tuple(sum(WIDTHS[:n]) + GAP * n for n in range(4))
HEADINGS = ("Inputs of the model", "Data items", "Agencies", "Legal gateways")
LETTER = 6.8
"""How wide a letter is at most, on average; a text that does not fit is shortened and stands whole in the table."""


@dataclass(frozen=True)
class Node:
    """A box of the picture. `firm` is false for a gateway that nobody has verified (drawn with a broken edge)."""

    key: str
    text: str
    x: int
    y: int
    width: int
    firm: bool = True

    @property
    def label(self) -> str:
        """The text, shortened to fit the box."""
        most = int((self.width - 12) / LETTER)
        return self.text if len(self.text) <= most else f"{self.text[: most - 1].rstrip()}…"

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


@dataclass(frozen=True)
class Lineage:
    """The lineage of some features, laid out: four columns of boxes and the lines between them."""

    features: tuple[Feature, ...]

    @cached_property
    def items(self) -> list[DataItem]:
        """The data items the features come from, each once."""
        return list({feature.item_id: feature.item for feature in self.features}.values())

    @cached_property
    def gateways(self) -> list[Gateway]:
        """Every gateway the items rest on, by number."""
        found = {gateway.number: gateway for item in self.items for gateway in item.gateways}
        return [found[number] for number in sorted(found)]

    @cached_property
    def columns(self) -> list[list[Node]]:
        """The boxes of each column."""
        owners = {source.owner.code: source.owner.name for item in self.items for source in item.sources}
        texts: list[list[tuple[str, str, bool]]] = [
            [(f"f{feature.position}", feature.name.replace("_", " "), True) for feature in self.features],
            [(f"i{item.id}", item.name, True) for item in self.items],
            [(f"a{code}", name, True) for code, name in sorted(owners.items())],
            [
                (f"g{gateway.number}", f"{gateway.number}. {gateway.statute}", gateway.verified)
                for gateway in self.gateways
            ],
        ]
        return [_column(n, texts[n], self.height) for n in range(4)]

    @cached_property
    def height(self) -> int:
        """The picture's height."""
        owners = {source.agency_code for item in self.items for source in item.sources}
        rows = max(len(self.features), len(self.items), len(owners), len(self.gateways))
        return TOP + ROW * rows

    @property
    def width(self) -> int:
        """The picture's width."""
        return LEFTS[-1] + WIDTHS[-1]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines: each feature to its item, each item to its agencies, each agency to the gateways of its items."""
        nodes = {node.key: node for column in self.columns for node in column}
        pairs = dict.fromkeys(self._pairs())
        return [Line(nodes[start], nodes[end]) for start, end in pairs]

    def _pairs(self) -> Iterable[tuple[str, str]]:
        for feature in self.features:
            yield f"f{feature.position}", f"i{feature.item_id}"
        for item in self.items:
            for source in item.sources:
                yield f"i{item.id}", f"a{source.agency_code}"
                for gateway in item.gateways:
                    yield f"a{source.agency_code}", f"g{gateway.number}"

    @property
    def inputs(self) -> dict[int, list[str]]:
        """What the inputs from each data item mean, by the item's number."""
        meanings: dict[int, list[str]] = {}
        for feature in self.features:
            meanings.setdefault(feature.item_id, []).append(feature.meaning)
        return meanings

    @property
    def sentence(self) -> str:
        """The picture in a sentence."""
        unverified = sum(not gateway.verified for gateway in self.gateways)
        return (
            f"{_count(len(self.features), 'input')} come from {_count(len(self.items), 'data item')}, "
            f"which rest on {_count(len(self.gateways), 'legal gateway')}; {unverified} not verified by a lawyer."
        )


def _column(column: int, texts: list[tuple[str, str, bool]], height: int) -> list[Node]:
    first = TOP + (height - TOP - ROW * len(texts)) // 2
    return [
        Node(key, text, LEFTS[column], first + ROW * n, WIDTHS[column], firm)
        for n, (key, text, firm) in enumerate(texts)
    ]


def _count(number: int, one: str) -> str:
    return f"{number} {one}{'' if number == 1 else 's'}"
