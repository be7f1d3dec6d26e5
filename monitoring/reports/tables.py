"""Reports over all models, one for each quarter and perhaps some within it. Rows only grow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class QuarterlyReport(Base):
    """What one quarter showed, as it was known when the report was made (R12).

    `part` is 0 for the report of the whole quarter, and 1 and up for those made within it, up to `ends_on`. `content`
    is everything the report says, under its digest `sha256`. `asked_by_id` is none where the worker made it by itself.
    """

    __tablename__ = "quarterly_report"
    __table_args__ = (UniqueConstraint("quarter", "part"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(String(7), index=True)
    part: Mapped[int]
    ends_on: Mapped[date]
    made_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
