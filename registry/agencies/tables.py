"""Agencies and their systems as things that accounts, models, people and facts point to.

What the register knows about one is in its revisions; name and kind here follow the newest.
"""

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base


class Agency(Base):
    """A council, a police force, a department of state, a health body."""

    __tablename__ = "agency"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))


class Source(Base):
    """What a data item can come from: an agency itself or one of its systems."""

    __tablename__ = "source"

    code: Mapped[str] = mapped_column(String(12), primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    owner: Mapped[Agency] = relationship(lazy="joined")
