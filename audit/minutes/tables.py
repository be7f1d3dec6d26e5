"""Minutes of meetings: what was said, who agreed them, and what the public is not told. Withholdings only grow."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.meetings.tables import Meeting
from foundation.database.base import Base


class Minutes(Base):
    """The minutes of one meeting. `record` is everything they say, kept when the chair agrees them, under `sha256`.

    `full_sha256` and `public_sha256` are the two PDFs; each is empty until the worker has made it.
    """

    __tablename__ = "minutes"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    stage: Mapped[str] = mapped_column(String(12), index=True)
    begun_at: Mapped[datetime]
    written_at: Mapped[datetime | None]
    written_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    agreed_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    record: Mapped[dict[str, Any]]
    sha256: Mapped[str | None] = mapped_column(String(64))
    full_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    public_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    problem: Mapped[str | None] = mapped_column(Text)
    meeting: Mapped[Meeting] = relationship(lazy="joined")
    notes: Mapped[list["MinutesNote"]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    redactions: Mapped[list["MinutesRedaction"]] = relationship(lazy="selectin", order_by="MinutesRedaction.id")


class MinutesNote(Base):
    """What the secretary wrote about one line of the agenda (`line` is its key), or with `opening` before the first."""

    __tablename__ = "minutes_note"
    __table_args__ = (UniqueConstraint("minutes_id", "line"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    line: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(Text)


class MinutesRedaction(Base):
    """A paragraph (`part`) is withheld from the public, or with `lifted` told again; its newest row counts."""

    __tablename__ = "minutes_redaction"

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"), index=True)
    part: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(20))
    note: Mapped[str] = mapped_column(Text)
    lifted: Mapped[bool]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
