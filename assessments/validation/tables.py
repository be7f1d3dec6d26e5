"""Plans, later-in-time validations with their results, claimed figures and leakage reviews. All of them only grow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from assessments.validation.values import PlanContent
from foundation.database.base import Base
from registry.models.tables import ModelVersion


class SuccessPlan(Base):
    """What success would be for a version, said before it is measured (R28, R52, R55). A change is another number.

    `content` is the dictionary of a PlanContent; `after_figures` is true when the platform had computed figures of
    this version already: such a plan counts only for what is asked for after it.
    """

    __tablename__ = "success_plan"
    __table_args__ = (UniqueConstraint("version_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]
    content_sha256: Mapped[str] = mapped_column(String(64))
    after_figures: Mapped[bool]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))

    @property
    def said(self) -> PlanContent:
        """What the plan says."""
        return PlanContent.from_dict(self.content)


class Validation(Base):
    """A file of people from a later time that was handed in to be measured (R36); `plan_id` is what stood then.

    Dates are days, the ends included. The file is kept under its hash; no page shows a row of it.
    """

    __tablename__ = "validation"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("success_plan.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    outcome: Mapped[str] = mapped_column(String(80))
    date_column: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    training_from: Mapped[date]
    training_to: Mapped[date]
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    version: Mapped[ModelVersion] = relationship()
    plan: Mapped[SuccessPlan | None] = relationship(lazy="joined")
    result: Mapped["ValidationResult | None"] = relationship(lazy="joined")
    reason: Mapped["UnmetReason | None"] = relationship(lazy="joined")


class ValidationResult(Base):
    """What the platform computed from a later file. `problem` says why it failed, empty when it did not.

    `report` is the whole report by group and intersection; `summary` holds what was promised against what came out,
    the gap to the first estimate and the baseline, each as sentences. `registered` when the plan stood before.
    """

    __tablename__ = "validation_result"

    id: Mapped[int] = mapped_column(primary_key=True)
    validation_id: Mapped[int] = mapped_column(ForeignKey("validation.id"), unique=True)
    computed_at: Mapped[datetime]
    code: Mapped[str] = mapped_column(String(40))
    problem: Mapped[str] = mapped_column(Text)
    people: Mapped[int]
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    registered: Mapped[bool]
    summary: Mapped[dict[str, Any]]
    report: Mapped[dict[str, Any]] = mapped_column(deferred=True)

    @property
    def failed(self) -> bool:
        """Whether nothing can be said from it about the model."""
        return bool(self.problem)

    @property
    def met(self) -> bool:
        """Whether every threshold of its plan was met; without a plan nothing was."""
        judged = self.summary.get("judged", [])
        return not self.failed and bool(judged) and all(one["met"] for one in judged)


class UnmetReason(Base):
    """Why a use should go on although a threshold was not met, in the owner's words; the committee judges it."""

    __tablename__ = "unmet_reason"

    id: Mapped[int] = mapped_column(primary_key=True)
    validation_id: Mapped[int] = mapped_column(ForeignKey("validation.id"), unique=True)
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class ClaimedFigures(Base):
    """Figures somebody claims for a version, as printed, and what they come to together (R04)."""

    __tablename__ = "claimed_figures"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    source: Mapped[str] = mapped_column(String(200))
    printed: Mapped[dict[str, Any]]
    verdict: Mapped[dict[str, Any]]
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))


class LeakageReview(Base):
    """Somebody who does not own the model signs that its outcome did not leak into its inputs (R35).

    `about` is evaluation, validation or claims, `about_id` the number of that row.
    """

    __tablename__ = "leakage_review"
    __table_args__ = (UniqueConstraint("about", "about_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    about: Mapped[str] = mapped_column(String(12))
    about_id: Mapped[int]
    statement: Mapped[str] = mapped_column(Text)
    checked: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
