"""What people other than the authors say about answers: reviews and comments. Both only grow."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class AnswerReview(Base):
    """One reviewer's view of one answer and its evidence (R05).

    `view` is satisfied, with_condition, not_satisfied or not_applicable. `looked_at_sha256` is the digest of the
    question, the answer and the evidence the reviewer looked at: an answer that was edited since is unreviewed again.
    """

    __tablename__ = "answer_review"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    view: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text)
    looked_at_sha256: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]


class Comment(Base):
    """Something said about one question of one round; `parent_id` is the comment it replies to, at most one level."""

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    assessment_id: Mapped[int] = mapped_column(ForeignKey("assessment.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("comment.id"))
    text: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
