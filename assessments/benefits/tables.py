"""Evaluations of the benefit of a use. Rows only grow."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class BenefitEvaluation(Base):
    """What a use did for people in a period (R31), as counts of people; days include both ends.

    `taken_up_had` of those who took up support had the outcome; `compared_had` of `compared` others had it.
    """

    __tablename__ = "benefit_evaluation"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    flagged: Mapped[int]
    offered: Mapped[int]
    taken_up: Mapped[int]
    taken_up_had: Mapped[int]
    compared: Mapped[int]
    compared_had: Mapped[int]
    outcome: Mapped[str] = mapped_column(String(200))
    comparison: Mapped[str] = mapped_column(Text)
    learned: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
