"""Meetings of the ethics committee: when and where, what is on the agenda, and who was there (R09, R10)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.accounts.tables import Account
from foundation.database.base import Base


class Meeting(Base):
    """A meeting; `number` is what people call it by. `starts_at` and `ends_at` are as planned when it was called."""

    __tablename__ = "meeting"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200))
    stage: Mapped[str] = mapped_column(String(12), index=True)
    called_at: Mapped[datetime]
    called_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    notes: Mapped[str] = mapped_column(Text, default="")
    items: Mapped[list["MeetingItem"]] = relationship(
        lazy="selectin", order_by="MeetingItem.position", cascade="all, delete-orphan"
    )
    attendance: Mapped[list["Attendance"]] = relationship(lazy="selectin", order_by="Attendance.id")

    @property
    def title(self) -> str:
        """What the meeting is called on pages: Meeting 3."""
        return f"Meeting {self.number}"


class MeetingItem(Base):
    """One line of a meeting's agenda.

    `key` names the line within its meeting; `kind` is item (an agenda item of the committee), condition, report or
    business. `text` and `public_text` are what a report said when the meeting opened, or what the secretary added.
    `note` says why the line was put off; without one it is dealt with.
    """

    __tablename__ = "meeting_item"
    __table_args__ = (UniqueConstraint("meeting_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    key: Mapped[str] = mapped_column(String(40))
    kind: Mapped[str] = mapped_column(String(12))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    condition_id: Mapped[int | None] = mapped_column(ForeignKey("condition.id"))
    title: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text, default="")
    public_text: Mapped[str] = mapped_column(Text, default="")
    position: Mapped[int]
    note: Mapped[str] = mapped_column(Text, default="")


class Attendance(Base):
    """Somebody at a meeting: present, late, left, apologies or absent; `seat` is empty for who only attends.

    Seat, independence and lay membership are those of the day; `since` is when they joined, or left early. `unnamed`:
    asked that the public minutes do not name them.
    """

    __tablename__ = "attendance"
    __table_args__ = (UniqueConstraint("meeting_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    state: Mapped[str] = mapped_column(String(12))
    seat: Mapped[str] = mapped_column(String(12), default="")
    independent: Mapped[bool] = mapped_column(default=False)
    lay: Mapped[bool] = mapped_column(default=False)
    unnamed: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime]
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    account: Mapped[Account] = relationship(lazy="joined", foreign_keys=[account_id])
