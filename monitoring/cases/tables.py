"""Cases: a breach that somebody has to explain and somebody else has to close (R12)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from monitoring.watches.tables import WatchRun
from registry.models.tables import Use


class Case(Base):
    """What a watch found, until it is closed by someone other than the owner."""

    __tablename__ = "breach_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("watch_run.id"))
    title: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(12))
    stage: Mapped[str] = mapped_column(String(12), index=True)
    opened_at: Mapped[datetime]
    explanation: Mapped[str] = mapped_column(Text, default="")
    explained_at: Mapped[datetime | None]
    explained_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    use: Mapped[Use] = relationship(lazy="joined")
    run: Mapped[WatchRun] = relationship(lazy="joined")
