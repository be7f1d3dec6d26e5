"""Files made from a watch or from a quarter, by the worker, when somebody asks for them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Paper(Base):
    """One file: of a watch (`run_id`) or of a quarter (`report_id`), of which exactly one is set.

    `form` is report (a PDF of a watch), interactive (Evidently's own page about a watch) or quarter (a PDF of a
    quarter). The file is there once `file_sha256` is, unless `problem` says why not. The newest of a form counts.
    """

    __tablename__ = "watch_paper"

    id: Mapped[int] = mapped_column(primary_key=True)
    form: Mapped[str] = mapped_column(String(12))
    run_id: Mapped[int | None] = mapped_column(ForeignKey("watch_run.id"), index=True)
    report_id: Mapped[int | None] = mapped_column(ForeignKey("quarterly_report.id"), index=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    asked_at: Mapped[datetime]
    built_at: Mapped[datetime | None]
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    problem: Mapped[str | None] = mapped_column(Text)
