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
