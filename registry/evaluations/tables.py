"""Evaluations: figures the platform computed itself by running an artefact over its evaluation file (R04)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Evaluation(Base):
    """One computation: `figures` is the dictionary of `Figures`, never typed by anybody. Rows only grow."""

    __tablename__ = "evaluation"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    computed_at: Mapped[datetime]
    artefact_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
    figures: Mapped[dict[str, Any]]
