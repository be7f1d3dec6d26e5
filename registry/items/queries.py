"""Finding a data item's own number, and what rests on items."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from registry.items.tables import DataItem
from registry.models.tables import Feature, ModelVersion, RiskModel


def find_item(session: Session, group: str, name: str) -> DataItem | None:
    """A data item by group and name."""
    chosen = select(DataItem).where(DataItem.group_name == group, DataItem.name == name)
    return session.scalars(chosen).first()


def list_resting(
    session: Session, item_ids: Collection[int], as_at: datetime | None = None
) -> Sequence[Row[str, str, int]]:
    """Slug, name and version number of the models held here with an input from one of these items, by name (R16)."""
    resting = select(Feature.version_id).where(Feature.item_id.in_(item_ids))
    chosen = select(RiskModel.slug, RiskModel.name, ModelVersion.number).join(ModelVersion.model)
    chosen = chosen.where(ModelVersion.id.in_(resting))
    chosen = chosen.where(ModelVersion.registered_at <= as_at) if as_at else chosen
    return session.execute(chosen.order_by(RiskModel.name, ModelVersion.number)).all()
