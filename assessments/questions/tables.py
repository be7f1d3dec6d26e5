"""Questions a partnership asks besides the 32 of ALGO-CARE. Rows only grow: each change is a version of its own."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class QuestionSet(Base):
    """One version of what is asked: the questions of `base`, and `own` ones as data, in the order they were added.

    `version` is the base with the number of the change, such as "2026_1+2". An assessment keeps the version it answers.
    """

    __tablename__ = "question_set"

    id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[str] = mapped_column(String(20), unique=True)
    base: Mapped[str] = mapped_column(String(20))
    own: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
