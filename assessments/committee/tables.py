"""The ethics committee's agenda: items, each member's interest, each member's vote. Interests and votes only grow."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.questionnaire.tables import Assessment
from foundation.database.base import Base
from registry.models.tables import Use
from registry.watch_plans.tables import PlanVersion


class AgendaItem(Base):
    """Something to decide: a submission, a breach, a review or a change of a watch plan, which `plan` then is.

    `fingerprint` is what was put before the committee.

    `answers_sha256` and `law_sha256` are the digests of the answers and of the law it rests on, as they stood then;
    items of the first releases have neither. `counted` are the accounts whose votes counted at the close of the vote.
    """

    __tablename__ = "agenda_item"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    assessment_id: Mapped[int | None] = mapped_column(ForeignKey("assessment.id"))
    kind: Mapped[str] = mapped_column(String(12))
    title: Mapped[str] = mapped_column(String(200))
    question: Mapped[str] = mapped_column(Text)
    fingerprint: Mapped[str] = mapped_column(String(64))
    answers_sha256: Mapped[str | None] = mapped_column(String(64))
    law_sha256: Mapped[str | None] = mapped_column(String(64))
    counted: Mapped[list[Any] | None]
    stage: Mapped[str] = mapped_column(String(12), index=True)
    opened_at: Mapped[datetime]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("watch_plan.id"))
    use: Mapped[Use] = relationship(lazy="joined")
    assessment: Mapped[Assessment | None] = relationship(lazy="joined")
    plan: Mapped[PlanVersion | None] = relationship()
    interests: Mapped[list["Interest"]] = relationship(lazy="selectin", order_by="Interest.id")
    votes: Mapped[list["Vote"]] = relationship(lazy="selectin", order_by="Vote.id")


class Interest(Base):
    """A member's declaration on one item: none, stayed or withdrew (R10)."""

    __tablename__ = "interest"
    __table_args__ = (UniqueConstraint("item_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    declared: Mapped[str] = mapped_column(String(12))
    text: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]


class Vote(Base):
    """A member's vote on one item; nobody sees it before the chair closes the vote."""

    __tablename__ = "vote"
    __table_args__ = (UniqueConstraint("item_id", "member_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    choice: Mapped[str] = mapped_column(String(24))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime]
