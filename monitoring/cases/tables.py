"""Cases: a breach that somebody has to explain and somebody else has to close (R12)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from monitoring.watches.tables import WatchRun
from registry.models.tables import Use


class Case(Base):
    """What a watch found, or what happened to a use otherwise, until it is closed by someone other than the owner.

    `kind` is watch, law (its legal footing fell away), upstream (a model it feeds on was stopped), practice or
    reconcile; `sentence` says what was found where there is no watch. A case about something that runs without being
    registered has no use: `subject` names it (R42).
    """

    __tablename__ = "breach_case"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int | None] = mapped_column(ForeignKey("model_use.id"), index=True)
    subject: Mapped[str] = mapped_column(String(200), default="")
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
    use: Mapped[Use | None] = relationship(lazy="joined")
    run: Mapped[WatchRun | None] = relationship(lazy="joined")

    @property
    def about(self) -> str:
        """What the case is about, in a line: the version of a model, or what runs outside the register."""
        return self.use.version.title if self.use is not None else self.subject

    @property
    def name(self) -> str:
        """The model's name, or what runs outside the register."""
        return self.use.version.model.name if self.use is not None else self.subject

    @property
    def slug(self) -> str | None:
        """The model's short name, or none."""
        return self.use.version.model.slug if self.use is not None else None


class CaseStep(Base):
    """One thing that was chosen or that happened in a case. Rows only grow.

    `step` is retest, retrain, rerefer or suspend as the chair chose it, or overdue or late as the worker found it
    (`by_id` is none then). `due_on` is the day by which it is to be done, `item_id` the agenda item it opened,
    `watch_due_at` says which watch is the test that was asked for.
    """

    __tablename__ = "case_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("breach_case.id"), index=True)
    step: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text)
    due_on: Mapped[date | None]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))
    watch_due_at: Mapped[datetime | None]


class CaseEvidence(Base):
    """A file that the owner or the deputy attached to a case. Rows only grow."""

    __tablename__ = "case_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("breach_case.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
