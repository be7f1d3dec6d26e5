"""Who sits on the ethics committee, as what, and for how long."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.members.values import PRESIDING, VOTING, SeatKind
from foundation.accounts.tables import Account
from foundation.clock import london_date
from foundation.database.base import Base


class Seat(Base):
    """A seat with its term (R10): `ends_on` is the last day, included; none where nobody has entered one yet.

    `independent` is somebody with no part in the partnership's models, who answers to nobody that has one; `lay` is
    somebody who speaks for the public and not for a profession. A seat can end early, with a `reason`; it is kept.
    `entered_by_id` is none for seats made from roles held before.
    """

    __tablename__ = "seat"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    independent: Mapped[bool] = mapped_column(default=False)
    lay: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    reason: Mapped[str] = mapped_column(Text, default="")
    account: Mapped[Account] = relationship(foreign_keys=account_id, lazy="joined")

    @property
    def votes(self) -> bool:
        """Whether it is a seat that votes."""
        return SeatKind(self.kind) in VOTING

    @property
    def presides(self) -> bool:
        """Whether it is a seat that closes votes and records what the committee says."""
        return SeatKind(self.kind) in PRESIDING

    def runs(self, on: date) -> bool:
        """Whether it runs on a day. One that was ended early does not run on that very day any more."""
        begun, over = self.starts_on <= on, self.ends_on is not None and self.ends_on < on
        return begun and not over and (self.ended_at is None or on < london_date(self.ended_at))
