"""What really happened to people, as it became known; rows only grow, the newest one counts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Outcome(Base):
    """Whether a model's outcome happened to a person; `groups` recorded with it serve to compare error rates (R15)."""

    __tablename__ = "outcome"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("risk_model.id"), index=True)
    happened: Mapped[bool]
    observed_on: Mapped[date]
    groups: Mapped[dict[str, Any]]
    file_name: Mapped[str] = mapped_column(String(200))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
