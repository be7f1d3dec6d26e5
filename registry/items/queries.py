"""Reading data items."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from registry.items.tables import DataItem, item_gateway


def list_items(session: Session) -> Sequence[DataItem]:
    """Every data item by group and name."""
    return session.scalars(select(DataItem).order_by(DataItem.group_name, DataItem.name)).all()


def get_item(session: Session, item_id: int) -> DataItem:
    """A data item by number."""
    item = session.get(DataItem, item_id)
    if item is None:
        raise NotFound("There is no such data item.")
    return item


def find_item(session: Session, group: str, name: str) -> DataItem | None:
    """A data item by group and name."""
    chosen = select(DataItem).where(DataItem.group_name == group, DataItem.name == name)
    return session.scalars(chosen).first()


def list_items_of_gateway(session: Session, number: int) -> Sequence[DataItem]:
    """The data items that cite a gateway."""
    citing = select(item_gateway.c.item_id).where(item_gateway.c.gateway_number == number)
    chosen = select(DataItem).where(DataItem.id.in_(citing))
    return session.scalars(chosen.order_by(DataItem.group_name, DataItem.name)).all()


def count_citations(session: Session) -> dict[int, int]:
    """How many data items cite each gateway, by its number; a gateway nobody cites is left out."""
    counted = select(item_gateway.c.gateway_number, func.count()).group_by(item_gateway.c.gateway_number)
    return dict(session.execute(counted).tuples().all())
