"""What owners attested, in rows that only grow."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Attestation(Base):
    """Somebody who answers for a model attested that they still do, and which source they opened on which day.

    `location` and `revision` are as typed, `deputy_id` is the deputy at that moment. The words that were confirmed
    are those of `STATEMENTS`.
    """

    __tablename__ = "attestation"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("risk_model.id"), index=True)
    location: Mapped[str] = mapped_column(String(300))
    revision: Mapped[str] = mapped_column(String(200))
    opened_on: Mapped[date]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
