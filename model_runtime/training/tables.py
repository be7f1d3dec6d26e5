"""Training modules, built from a version's own figures and failure cases, and every attempt at one. Both only grow."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from registry.models.tables import ModelVersion


class TrainingModule(Base):
    """What users of a version are taught and asked (R39): `content` is the dictionary of `Module`; the newest counts.

    One for each evaluation: the module rests on its figures.
    """

    __tablename__ = "training_module"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    evaluation_id: Mapped[int] = mapped_column(ForeignKey("evaluation.id"), unique=True)
    built_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    version: Mapped[ModelVersion] = relationship(lazy="joined")


class TrainingAttempt(Base):
    """Somebody's answers to a module's questions, by question; `passed` when all or all but one were right."""

    __tablename__ = "training_attempt"

    id: Mapped[int] = mapped_column(primary_key=True)
    module_id: Mapped[int] = mapped_column(ForeignKey("training_module.id"))
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    at: Mapped[datetime]
    answers: Mapped[dict[str, Any]]
    right: Mapped[int]
    passed: Mapped[bool]
    module: Mapped[TrainingModule] = relationship(lazy="joined")
