"""Cases: a breach that somebody has to explain and somebody else has to close (R12)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from monitoring.watches.tables import WatchRun
from registry.models.tables import Use


class Case(Base):
    """What a watch found, or what happened to a use otherwise, until it is closed by someone other than the owner.

    `kind` is watch, law (its legal footing fell away) or upstream (a model it feeds on was stopped); `sentence` says
    what was found where there is no watch.
    """

    __tablename__ = "breach_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    kind: Mapped[str] = mapped_column(String(12), default="watch")
    run_id: Mapped[int | None] = mapped_column(ForeignKey("watch_run.id"))
    title: Mapped[str] = mapped_column(String(200))
    sentence: Mapped[str] = mapped_column(Text, default="")
    action: Mapped[str] = mapped_column(String(12))
    stage: Mapped[str] = mapped_column(String(12), index=True)
    opened_at: Mapped[datetime]
    explanation: Mapped[str] = mapped_column(Text, default="")
    explained_at: Mapped[datetime | None]
    explained_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    use: Mapped[Use] = relationship(lazy="joined")
    run: Mapped[WatchRun | None] = relationship(lazy="joined")
