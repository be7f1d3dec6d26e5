"""Looking back at a use that was withdrawn: everybody it scored, what came of it, and how it was brought to an end."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from model_runtime.people.tables import Person
from registry.models.tables import Use


class Retirement(Base):
    """How a retired use was brought to an end (R14): one row for each, a draft until `completed_at`.

    `reason` is the committee's, `last_used_at` when it last gave a score, empty when it never did. `consumers` are
    pairs of who was told that it ended and the day (ISO); days end in `_on`.
    """

    __tablename__ = "retirement"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), unique=True)
    reason: Mapped[str] = mapped_column(Text)
    retired_at: Mapped[datetime]
    retired_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    last_used_at: Mapped[datetime | None]
    notice: Mapped[str] = mapped_column(Text, default="")
    notice_way: Mapped[str] = mapped_column(Text, default="")
    notice_on: Mapped[date | None]
    consumers: Mapped[list[Any]] = mapped_column(default=list)
    disposal: Mapped[str] = mapped_column(Text, default="")
    disposal_way: Mapped[str] = mapped_column(Text, default="")
    disposal_by_on: Mapped[date | None]
    disposed_on: Mapped[date | None]
    published_on: Mapped[date | None]
    completed_at: Mapped[datetime | None]
    completed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    use: Mapped[Use] = relationship(lazy="joined")

    @property
    def told(self) -> list[tuple[str, date]]:
        """Who used the scores, and the day each was told."""
        return [(who, date.fromisoformat(day)) for who, day in self.consumers]


class LookBack(Base):
    """The list of everybody a use of a version scored, in any edition: made by the worker, and made again when asked.

    There is one for each use of a version; `use_id` is the edition it was last made for. `people` and `scores` are
    how many it holds; `reason` says why the data protection officer asked, empty after a retirement.
    """

    __tablename__ = "look_back"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), unique=True)
    made_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    people: Mapped[int]
    scores: Mapped[int]
    use: Mapped[Use] = relationship(lazy="joined")


class LookBackEntry(Base):
    """One person of a look-back. `shown` are scores that somebody could see; the others were given in the shadow.

    Scores of finished runs count like those that were asked for alone; `viewed` counts every looking at a score and
    every taking out of a run that has one.
    `band` is the position of the highest band that was shown, empty when none was. `harm` is what the newest review
    found: none, possible or harm, and empty while the person waits for one. `settled_at` is set when the data
    protection officer looked at possible harm.
    """

    __tablename__ = "look_back_entry"
    __table_args__ = (UniqueConstraint("look_back_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    look_back_id: Mapped[int] = mapped_column(ForeignKey("look_back.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    scores: Mapped[int]
    shown: Mapped[int]
    band: Mapped[int | None]
    viewed: Mapped[int]
    agreed: Mapped[int]
    disagreed: Mapped[int]
    not_used: Mapped[int]
    challenged: Mapped[bool]
    harm: Mapped[str] = mapped_column(String(12), default="")
    settled_at: Mapped[datetime | None]
    look_back: Mapped[LookBack] = relationship(lazy="joined")
    person: Mapped[Person] = relationship(lazy="joined")


class HarmReview(Base):
    """What somebody found when they looked at a person again, and why. Only grows; the newest counts."""

    __tablename__ = "harm_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("look_back_entry.id"), index=True)
    harm: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
