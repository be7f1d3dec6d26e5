"""What really happened to people, as it became known, and the files and calls it came in with."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class OutcomeUpload(Base):
    """One file or call of outcomes: all of it was recorded, or nothing of it with `problems` by row and column (R13).

    A Parquet file is read by the worker: until then `finished_at` is empty. `sha256` is the digest of the bytes that
    came; `file_sha256` the stored file, kept only for what is read later. `through` is the token of a system.
    """

    __tablename__ = "outcome_upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("risk_model.id"), index=True)
    source: Mapped[str] = mapped_column(String(8))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    handed_in_at: Mapped[datetime]
    handed_in_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    through_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"))
    finished_at: Mapped[datetime | None]
    rows: Mapped[int] = mapped_column(default=0)
    problems: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Outcome(Base):
    """Whether a model's outcome happened to a person; `groups` recorded with it serve to compare error rates (R15).

    Rows only grow. The newest one of a person counts, unless it is in `conflict` and nobody has said yet which is
    right. `corrects` is the earlier row that a declared correction replaces, with its `reason`.
    `score`, or `cohort_run` and `cohort_place`, is the newest score as it stood on the day it was observed, and
    `flagged` whether that score was at or above the threshold; all are empty where no score stood then. Rows of
    earlier releases have no source, no upload and no match.
    """

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
    source: Mapped[str | None] = mapped_column(String(8))
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("outcome_upload.id"))
    score_id: Mapped[int | None] = mapped_column(ForeignKey("score.id"))
    cohort_run_id: Mapped[int | None] = mapped_column(ForeignKey("cohort_run.id"))
    cohort_place: Mapped[int | None]
    flagged: Mapped[bool | None]
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("outcome.id"))
    conflict: Mapped[bool | None]
    reason: Mapped[str | None] = mapped_column(Text)
