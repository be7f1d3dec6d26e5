"""ALGO-CARE assessments: the answers about one use of one version, and the evidence behind them."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, foreign, mapped_column, relationship

from assessments.questionnaire.values import EVIDENCE_KINDS
from assessments.questions.tables import QuestionSet
from foundation.database.base import Base
from registry.models.tables import Use


class Assessment(Base):
    """One round of answering for a use. `questionnaire` is the version of the questions that were answered.

    `permission` is the stage of permission it asks for, `terms` those of a pilot; both are part of what is submitted.
    """

    __tablename__ = "assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    questionnaire: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    started_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    submitted_at: Mapped[datetime | None]
    answers_sha256: Mapped[str | None] = mapped_column(String(64))
    permission: Mapped[str] = mapped_column(String(12), default="shadow")
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    use: Mapped[Use] = relationship(lazy="joined")
    answers: Mapped[list["Answer"]] = relationship(order_by="Answer.code", lazy="selectin")
    evidence: Mapped[list["Evidence"]] = relationship(order_by="Evidence.id", lazy="selectin")
    question_set: Mapped[QuestionSet | None] = relationship(
        primaryjoin=lambda: foreign(Assessment.questionnaire) == QuestionSet.version, viewonly=True
    )


class Answer(Base):
    """The answer to one question; `choice` is yes or no where the question asks for one, otherwise empty.

    `value` is what a typed question asks for beside the words (`answer_types.py`), and empty otherwise.
    """

    __tablename__ = "answer"
    __table_args__ = (UniqueConstraint("assessment_id", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    choice: Mapped[str] = mapped_column(String(8), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    value: Mapped[dict[str, Any]] = mapped_column(default=dict)
    answered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    answered_at: Mapped[datetime]


class Evidence(Base):
    """A document, link or note behind an answer; a file is kept under the SHA-256 of its bytes.

    It counts until the day it expires, that day included. `origin` says which answer of which model it was first
    given for, when it was chosen from evidence used before.
    """

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text, default="")
    link: Mapped[str] = mapped_column(String(400), default="")
    file_name: Mapped[str] = mapped_column(String(200), default="")
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    kind: Mapped[str] = mapped_column(String(24), default="")
    document_version: Mapped[str] = mapped_column(String(40), default="")
    effective_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    origin: Mapped[str] = mapped_column(String(300), default="")
    added_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    added_at: Mapped[datetime]

    @property
    def kind_text(self) -> str:
        """What kind of evidence it is, in words; nothing where nobody said, or where it is none of the named kinds."""
        return "" if self.kind == "other" else EVIDENCE_KINDS.get(self.kind, "")
