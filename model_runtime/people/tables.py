"""People who can be scored, under a reference and never a name, and the dated facts known about them (R54)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from registry.agencies.tables import Source


class Person(Base):
    """A person, known here by a reference of the case system; `agency_code` says whose practitioners work with them.

    `born_on` is needed where a use has a minimum age (R33); without it such a use gives no score.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(40), unique=True)
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"), index=True)
    born_on: Mapped[date | None]
    added_at: Mapped[datetime]
    facts: Mapped[list["Fact"]] = relationship(order_by="Fact.name, Fact.as_of, Fact.id", lazy="select")


class Fact(Base):
    """A value known about a person on a day, from a source. Facts are added, never changed; the newest one counts."""

    __tablename__ = "fact"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    value: Mapped[Any] = mapped_column(JSON)
    as_of: Mapped[date]
    source_code: Mapped[str] = mapped_column(ForeignKey("source.code"))
    recorded_at: Mapped[datetime]
    source: Mapped[Source] = relationship(lazy="joined")
