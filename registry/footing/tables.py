"""Sign-offs: a lawyer accepts a finding for one use, with a reason and an end. Rows only grow."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class SignOff(Base):
    """One finding of a use, accepted until a day, or an earlier acceptance taken back (`accepted` false).

    `finding` is the finding's key: the newest row of a key counts. `sentence` is the finding as it then read.
    """

    __tablename__ = "sign_off"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    finding: Mapped[str] = mapped_column(String(120))
    sentence: Mapped[str] = mapped_column(Text)
    accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text)
    expires_on: Mapped[date]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
