"""Data items as things that features point to. What the register knows about one is in its revisions."""

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class DataItem(Base):
    """A data item's own number, keyed by group and name: six items share the name "Other Professional Referral" (R51).

    Group and name follow the newest revision, so that a file or a feature finds the item.
    """

    __tablename__ = "data_item"
    __table_args__ = (UniqueConstraint("group_name", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    group_name: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(120))

    @property
    def title(self) -> str:
        """Group and name, as people tell items apart."""
        return f"{self.group_name}: {self.name}"
