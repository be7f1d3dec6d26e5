"""What rests on something as a picture: the thing, data items, models, uses with their approvals."""

from collections.abc import Iterator

from algocare.lineage.values import Resting
from foundation.web.texts import count_text, date_text
from registry.catalogue.values import AnyEntry
from registry.items.values import ItemEntry
from registry.models.drawings import Box, Column, Drawing, Edge
from registry.models.lineage import box_of
from registry.models.resting import UseOn

MOST = 40
"""Boxes that a column holds at most; beyond them only the table is given."""


def fits(resting: Resting) -> bool:
    """Whether there is something to draw, and not too much of it."""
    return 0 < len(resting.items) <= MOST and len(resting.uses) <= MOST


def draw(resting: Resting, heading: str, entry: AnyEntry) -> Drawing:
    """The picture. A data item stands in the first column itself; items made from others stand in their own."""
    day, items = resting.day, resting.items.values()
    start = () if isinstance(entry, ItemEntry) else (box_of("start", entry.title, entry, day),)
    direct = tuple(_item(one.item, resting) for one in items if one.over is None)
    made = tuple(_item(one.item, resting) for one in items if one.over is not None)
    models = {use.slug: use.model for use in resting.uses}
    columns = (
        Column(heading, 190, start),
        Column(heading if not start else "Data items", 205, direct),
        Column("Made from them", 205, made),
        Column("Models", 180, tuple(Box(f"m{slug}", name) for slug, name in sorted(models.items()))),
        Column("Uses", 340, tuple(_use(use, resting) for use in resting.uses)),
    )
    return Drawing(columns, tuple(_pairs(resting, bool(start))))


def _item(item: ItemEntry, resting: Resting) -> Box:
    return box_of(f"i{item.id}", item.name, item, resting.day)


def _use(use: UseOn, resting: Resting) -> Box:
    scores = count_text(resting.scores_of(use), "score")
    granted = use.granted
    if use in resting.live and granted:
        return Box(f"u{use.id}", f"{scores}, until {date_text(granted.expires_on)}: {use.purpose}")
    stage = use.stage.title.lower()
    if use.stage_code == "approved" and granted:
        stage = f"approval ended {date_text(granted.expires_on)}"
    return Box(f"u{use.id}", f"{scores}, {stage}: {use.purpose}", Edge.UNVERIFIED)


def _pairs(resting: Resting, started: bool) -> Iterator[tuple[str, str]]:
    for number, reached in resting.items.items():
        if reached.over is not None:
            yield f"i{reached.over.id}", f"i{number}"
        elif started:
            yield "start", f"i{number}"
    for use in resting.uses:
        yield f"m{use.slug}", f"u{use.id}"
        yield from ((f"i{number}", f"m{use.slug}") for number in use.items if number in resting.items)
