"""Risk models, their versions, features and bands, their uses, and the approvals of those uses.

Everything about a version is written once when it is registered; another artefact, feature or threshold is
another version. What can change is the stage of a use, through the lifecycle alone.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.accounts.tables import Account
from foundation.database.base import Base
from foundation.lifecycle.values import Stage
from registry.items.tables import DataItem
from registry.models.values import (
    ELSEWHERE_STAGES,
    NAMED_STAGE,
    STAGE_ORDER,
    USE_LIFE,
    PermissionStage,
    PilotTerms,
    extent_text,
)


class RiskModel(Base):
    """A risk model. `held` is false for models that are only known from documents or run elsewhere (R42).

    `known` holds what is declared about one that runs elsewhere or ran once: operator, source, status, reason.
    """

    __tablename__ = "risk_model"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    held: Mapped[bool]
    summary: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(Text, default="")
    population: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[dict[str, Any]]
    agency_code: Mapped[str | None] = mapped_column(ForeignKey("agency.code"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    expert: Mapped[dict[str, Any]]
    code_reference: Mapped[dict[str, Any]]
    item_id: Mapped[int | None] = mapped_column(ForeignKey("data_item.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    known: Mapped[dict[str, Any]] = mapped_column(default=dict)
    registered_at: Mapped[datetime]
    owner: Mapped[Account | None] = relationship(foreign_keys=owner_id)
    deputy: Mapped[Account | None] = relationship(foreign_keys=deputy_id)
    item: Mapped[DataItem | None] = relationship()
    versions: Mapped[list["ModelVersion"]] = relationship(
        back_populates="model", order_by="ModelVersion.number.desc()", lazy="selectin"
    )

    @property
    def uses(self) -> list["Use"]:
        """Every edition of every use of every version, newest version first."""
        return [use for version in self.versions for use in version.uses]

    @property
    def current_uses(self) -> list["Use"]:
        """The newest edition of every use of every version, newest version first."""
        return [use for version in self.versions for use in version.current_uses]

    @property
    def stage(self) -> Stage:
        """The stage that stands for the model as a whole; that of one elsewhere is what was entered."""
        if not self.held:
            return ELSEWHERE_STAGES.get(self.known.get("status", ""), NAMED_STAGE)
        codes = {use.stage for use in self.current_uses}
        code = next((code for code in STAGE_ORDER if code in codes), None)
        return USE_LIFE.stages[code] if code else NAMED_STAGE


class ModelVersion(Base):
    """One version: the artefact and everything declared about it, as canonical text under its own hash.

    A point score's artefact is its declared points, a supplied score's the declared supplier, as canonical text: the
    hash holds for every kind alike (R03).
    """

    __tablename__ = "model_version"
    __table_args__ = (UniqueConstraint("model_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("risk_model.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(40))
    declaration: Mapped[dict[str, Any]]
    declaration_sha256: Mapped[str] = mapped_column(String(64))
    artefact_sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    evaluation_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    training_sha256: Mapped[str | None] = mapped_column(String(64))
    method: Mapped[str] = mapped_column(String(40))
    unit: Mapped[str] = mapped_column(String(20))
    threshold: Mapped[float]
    registered_at: Mapped[datetime]
    registered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    model: Mapped[RiskModel] = relationship(back_populates="versions", lazy="joined")
    features: Mapped[list["Feature"]] = relationship(order_by="Feature.position", lazy="selectin")
    bands: Mapped[list["Band"]] = relationship(order_by="Band.position", lazy="selectin")
    uses: Mapped[list["Use"]] = relationship(back_populates="version", order_by="Use.id", lazy="selectin")

    @property
    def title(self) -> str:
        """Model and version in words."""
        return f"{self.model.name}, version {self.number}"

    @property
    def current_uses(self) -> list["Use"]:
        """The newest edition of every use."""
        newest = {use.code: use for use in sorted(self.uses, key=lambda use: use.edition)}
        return sorted(newest.values(), key=lambda use: use.id)

    @property
    def outcome_name(self) -> str:
        """What the model predicts, as it reads after "about N"."""
        return str(self.model.outcome["name"])

    def band_of(self, score: float) -> "Band":
        """The band a score falls in: start inclusive, end exclusive, the last one closed."""
        return next(band for band in reversed(self.bands) if score >= band.start)


class Feature(Base):
    """One input of a version: what it means to people, what values it takes, and the data item it comes from."""

    __tablename__ = "feature"
    __table_args__ = (UniqueConstraint("version_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    meaning: Mapped[str] = mapped_column(Text)
    sentence: Mapped[str] = mapped_column(Text)
    sentence_no: Mapped[str] = mapped_column(Text, default="")
    type: Mapped[str] = mapped_column(String(12))
    low: Mapped[float | None]
    high: Mapped[float | None]
    unit: Mapped[str] = mapped_column(String(40), default="")
    categories: Mapped[dict[str, Any]]
    about: Mapped[str] = mapped_column(String(12))
    protected: Mapped[str | None] = mapped_column(String(60))
    item_id: Mapped[int] = mapped_column(ForeignKey("data_item.id"))
    item: Mapped[DataItem] = relationship(lazy="joined")


class Band(Base):
    """A band of scores people see instead of decimals (R41): from `start` up to but not including `end`."""

    __tablename__ = "band"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    position: Mapped[int]
    code: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(40))
    start: Mapped[float]
    end: Mapped[float]


class Use(Base):
    """What a version is used for: purpose, audience, the decision it may influence, the regime (R06, R19, R23).

    A wider audience, purpose, age range or decision is another edition of the use, which nobody has approved (R24).
    `particulars` holds the rest that is declared: ages, lawful basis, how people are told, how a human is involved.
    """

    __tablename__ = "model_use"
    __table_args__ = (UniqueConstraint("version_id", "code", "edition"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    code: Mapped[str] = mapped_column(String(60))
    edition: Mapped[int] = mapped_column(default=1)
    purpose: Mapped[str] = mapped_column(String(200))
    audience: Mapped[str] = mapped_column(String(200))
    agency_code: Mapped[str] = mapped_column(ForeignKey("agency.code"))
    decision: Mapped[str] = mapped_column(Text)
    regime: Mapped[str] = mapped_column(String(12))
    significant: Mapped[bool]
    human_involvement: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text)
    excluded_decisions: Mapped[list[Any]]
    particulars: Mapped[dict[str, Any]] = mapped_column(default=dict)
    stage: Mapped[str] = mapped_column(String(20), default=USE_LIFE.first)
    version: Mapped[ModelVersion] = relationship(back_populates="uses", lazy="joined")
    approvals: Mapped[list["Approval"]] = relationship(
        back_populates="use", order_by="Approval.id.desc()", lazy="selectin"
    )

    @property
    def stage_card(self) -> Stage:
        """The use's stage as people read it."""
        return USE_LIFE.stages[self.stage]

    @property
    def title(self) -> str:
        """The use in a line."""
        return f"{self.version.title}, for {self.purpose[:1].lower()}{self.purpose[1:]}"


class Approval(Base):
    """A fact about a registered version: it may be used so until this day. Bound to a fingerprint of what was approved.

    `answers_sha256` is the part of the fingerprint that the register does not hold itself: with it the fingerprint
    can be taken again at every score (R03). `ended_at` is set when the use is retired, rejected or approved anew;
    suspension is the use's stage. `permission` is how far it goes, `terms` those of a pilot, empty otherwise (R08).
    `lapses_on` is the last day of its first open critical condition; none while nothing is open (R11).
    """

    __tablename__ = "approval"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    granted_at: Mapped[datetime]
    granted_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    expires_on: Mapped[date]
    fingerprint: Mapped[str] = mapped_column(String(64))
    answers_sha256: Mapped[str] = mapped_column(String(64))
    conditions: Mapped[list[Any]]
    permission: Mapped[str] = mapped_column(String(12))
    terms: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ended_at: Mapped[datetime | None]
    lapses_on: Mapped[date | None]
    use: Mapped[Use] = relationship(back_populates="approvals")
    footing: Mapped["ApprovalFooting | None"] = relationship(lazy="joined")

    @property
    def stage(self) -> PermissionStage:
        """How far it goes."""
        return PermissionStage(self.permission)

    @property
    def pilot(self) -> PilotTerms | None:
        """The terms of a pilot; none of another approval."""
        return PilotTerms.from_dict(self.terms) if self.stage is PermissionStage.PILOT else None

    @property
    def extent(self) -> str:
        """How far it goes and until when, in a line."""
        return extent_text(self.stage, self.pilot, self.expires_on)


class ApprovalFooting(Base):
    """The law an approval rests on, as it stood when it was granted (R50): one row for each approval, never changed.

    `state` is the digest of the register at that moment; `grounds` names for every data item its sources, gateways
    and agreements. When one of them falls away, the approval no longer carries a score.
    """

    __tablename__ = "approval_footing"

    approval_id: Mapped[int] = mapped_column(ForeignKey("approval.id"), primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(String(64))
    grounds: Mapped[list[Any]]
