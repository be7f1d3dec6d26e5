"""Data items: the facts agencies share, where they come from and under which gateways."""

from sqlalchemy import Column, ForeignKey, String, Table, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from registry.agencies.tables import Source
from registry.gateways.tables import Gateway
from registry.imports.tables import ImportRun

item_source = Table(
    "item_source",
    Base.metadata,
    Column("item_id", ForeignKey("data_item.id"), primary_key=True),
    Column("source_code", ForeignKey("source.code"), primary_key=True),
)

item_gateway = Table(
    "item_gateway",
    Base.metadata,
    Column("item_id", ForeignKey("data_item.id"), primary_key=True),
    Column("gateway_number", ForeignKey("gateway.number"), primary_key=True),
)


class DataItem(Base):
    """A data item, keyed by group and name: six items share the name "Other Professional Referral" (R51).

    `original` is the line as it was typed, `run_id` and `row` the file and line it came from.
    """

    __tablename__ = "data_item"
    __table_args__ = (UniqueConstraint("group_name", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_name: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))
    original: Mapped[str] = mapped_column(Text)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    row: Mapped[int]
    run: Mapped[ImportRun] = relationship()
    sources: Mapped[list[Source]] = relationship(secondary=item_source, lazy="selectin", order_by=Source.code)
    gateways: Mapped[list[Gateway]] = relationship(secondary=item_gateway, lazy="selectin", order_by=Gateway.number)

    @property
    def title(self) -> str:
        """Group and name, as people tell items apart."""
        return f"{self.group_name}: {self.name}"
