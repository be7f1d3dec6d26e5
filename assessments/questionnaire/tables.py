"""ALGO-CARE assessments: the answers about one use of one version, and the evidence behind them."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base
from registry.models.tables import Use


class Assessment(Base):
    """One round of answering for a use. `questionnaire` is the version of the questions that were answered."""

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    questionnaire: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]
    answers_sha256: Mapped[str | None] = mapped_column(String(64))
    use: Mapped[Use] = relationship(lazy="joined")
    answers: Mapped[list["Answer"]] = relationship(order_by="Answer.code", lazy="selectin")
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id", lazy="selectin")


class Answer(Base):
    """The answer to one question; `choice` is yes or no where the question asks for one, otherwise empty."""

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("assessment_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    choice: Mapped[str] = mapped_column(String(8), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime]


class Evidence(Base):
    """A document, link or note behind an answer; a file is kept under the SHA-256 of its bytes."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(400), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    added_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]
