"""What was found when folders, files and systems were held against the register. Rows only grow."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base
from monitoring.reconciling.values import Report


class Reconciliation(Base):
    """One comparison: where was looked, how much was read, what was found and what could not be read (R42).

    `asked_by` is who asked for it, command or worker. `rest` holds what is said without being a finding: models of
    which nothing was found, and files of other kinds. Nothing here is about a single person: counts, names of files
    and digests. `sha256` is the digest of all of it.
    """

    __tablename__ = "reconciliation"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    asked_by: Mapped[str] = mapped_column(String(40))
    places: Mapped[list[Any]]
    files: Mapped[int]
    rows: Mapped[int]
    findings: Mapped[list[Any]]
    unread: Mapped[list[Any]]
    rest: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))

    @property
    def report(self) -> Report:
        """What was found, as values."""
        held = {"places": self.places, "files": self.files, "rows": self.rows, "findings": self.findings}
        return Report.from_dict({**held, "unread": self.unread, **self.rest})
