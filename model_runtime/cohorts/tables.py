"""Runs over whole populations: what was asked, the people in parts, what the model answered, who looked at it.

Only `CohortRun` changes, and only by its life; everything else only grows.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from foundation.lifecycle.values import Stage
from model_runtime.cohorts.values import COHORT_LIFE
from registry.models.tables import Use


class CohortRun(Base):
    """One run of a model over a file or query of people, under one approval.

    `source_sha256` is the digest of what was handed in, `file_sha256` the stored file, none for a path or a query.
    `salt` hides the rows behind the hashes of the tree whose `root` stands in the ledger. `oldest_on` is the oldest
    day of any facts that were scored; `not_scored` counts people by code; `problems` are the bad cells of a file.
    """

    __tablename__ = "cohort_run"

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(16), unique=True)
    request_key: Mapped[str] = mapped_column(String(64), unique=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"))
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    through_id: Mapped[int | None] = mapped_column(ForeignKey("api_token.id"))
    asked_at: Mapped[datetime]
    as_of: Mapped[date]
    source_code: Mapped[str] = mapped_column(ForeignKey("source.code"))
    source_name: Mapped[str] = mapped_column(String(200))
    source_kind: Mapped[str] = mapped_column(String(12))
    source_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    artefact_sha256: Mapped[str] = mapped_column(String(64))
    shadow: Mapped[bool]
    salt: Mapped[bytes] = mapped_column(LargeBinary(32))
    chunk_rows: Mapped[int]
    rows: Mapped[int] = mapped_column(default=0)
    oldest_on: Mapped[date | None]
    stage: Mapped[str] = mapped_column(String(20), default=COHORT_LIFE.first)
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    root: Mapped[str | None] = mapped_column(String(64))
    scored: Mapped[int] = mapped_column(default=0)
    not_scored: Mapped[dict[str, Any]] = mapped_column(default=dict)
    problem: Mapped[str] = mapped_column(Text, default="")
    problems: Mapped[list[Any]] = mapped_column(default=list)
    use: Mapped[Use] = relationship(lazy="joined")

    @property
    def stage_card(self) -> Stage:
        """Its stage as people read it."""
        return COHORT_LIFE.stages[self.stage]

    @property
    def chunks(self) -> int:
        """In how many parts its people are worked through."""
        return -(-self.rows // self.chunk_rows)


class CohortChunk(Base):
    """A part of a run's people as they were handed in, packed (packing.py): references, days, values, who is left out.

    A run that was killed goes on from these rows; the file, path or query is not read again.
    """

    __tablename__ = "cohort_chunk"

    run_id: Mapped[int] = mapped_column(ForeignKey("cohort_run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    rows: Mapped[int]
    people: Mapped[bytes] = mapped_column(LargeBinary)
    days: Mapped[bytes] = mapped_column(LargeBinary)
    inputs: Mapped[bytes] = mapped_column(LargeBinary)
    closed: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))


class CohortAnswer(Base):
    """What the engine answered about a part, kept compactly: `contributions` of the people who were scored.

    `checked` people of the part were compared with SHAP, `largest_difference` is what was found; `largest_error` how
    far base plus contributions were from the model's own output before they were packed. `root` is the part's tree.
    """

    __tablename__ = "cohort_answer"

    run_id: Mapped[int] = mapped_column(ForeignKey("cohort_run.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    done_at: Mapped[datetime]
    base: Mapped[float]
    contributions: Mapped[bytes] = mapped_column(LargeBinary)
    unit: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(40))
    route: Mapped[str] = mapped_column(String(12))
    checked: Mapped[int]
    largest_difference: Mapped[float]
    largest_error: Mapped[float]
    layers: Mapped[list[Any]]
    root: Mapped[str] = mapped_column(String(64))


class CohortScore(Base):
    """One person of a run, in the order of the file: a band and a value, or the code and sentence of why there is none.

    `value` (0 to 1) is for watching the model and never shown to people (R41). `scored` is the person's place among
    those of its part who were scored, which is where their contributions are.
    """

    __tablename__ = "cohort_score"
    __table_args__ = (Index("ix_cohort_score_person_reference", "person_reference"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("cohort_run.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_reference: Mapped[str] = mapped_column(String(40))
    scored: Mapped[int | None]
    band: Mapped[str | None] = mapped_column(String(20))
    value: Mapped[float | None]
    code: Mapped[str] = mapped_column(String(40))
    sentence: Mapped[str | None] = mapped_column(Text)


class CohortViewing(Base):
    """Somebody looked at one person's result, or took out the whole file (`place` is empty)."""

    __tablename__ = "cohort_viewing"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("cohort_run.id"), index=True)
    place: Mapped[int | None]
    what: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
