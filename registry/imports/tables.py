"""Imports into the register, and every repair an import made (R51). Both only grow."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class ImportRun(Base):
    """One file taken into the register."""

    __tablename__ = "import_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(String(120))
    sha256: Mapped[str] = mapped_column(String(64))
    rows: Mapped[int]
    at: Mapped[datetime]


class Repair(Base):
    """One value that was not taken as it was typed, and why."""

    __tablename__ = "repair"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"), index=True)
    row: Mapped[int]
    field: Mapped[str] = mapped_column(String(40))
    original: Mapped[str] = mapped_column(Text)
    repaired: Mapped[str] = mapped_column(Text)
    why: Mapped[str] = mapped_column(Text)


class Proposal(Base):
    """A file somebody wants to take into the register: read and checked, its repairs waiting for a person (R51).

    `thing` is what its rows are. `stage` is proposed, accepted or discarded; `run_id` is the import it became.
    """

    __tablename__ = "import_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    thing: Mapped[str] = mapped_column(String(12))
    file_name: Mapped[str] = mapped_column(String(120))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    stage: Mapped[str] = mapped_column(String(12))
    rows: Mapped[int]
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("import_run.id"))
