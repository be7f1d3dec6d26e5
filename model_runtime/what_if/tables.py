"""What practitioners tried: other values in place of recorded ones. None of it is a score, and it only grows."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class WhatIf(Base):
    """One trial beside a score: who tried which values when, and the band that would have come out (R07, R39).

    It is kept to see how models are tried out. It is never read as anything about the person.
    """

    __tablename__ = "what_if"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    changed: Mapped[dict[str, Any]]
    band: Mapped[str] = mapped_column(String(20))
