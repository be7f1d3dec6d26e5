"""Impact assessments and the data protection officer's advice about them. Both only grow."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base


class ImpactAssessment(Base):
    """One version of one document about a model (R32): `covers` lists the numbers of the versions it is about.

    It holds until `review_on`, that day included. A file is kept under the SHA-256 of its bytes.
    """

    __tablename__ = "impact_assessment"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("risk_model.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    document_version: Mapped[str] = mapped_column(String(40))
    covers: Mapped[list[Any]]
    approved_by: Mapped[str] = mapped_column(String(200))
    approved_on: Mapped[date]
    review_on: Mapped[date]
    link: Mapped[str] = mapped_column(String(400))
    file_name: Mapped[str] = mapped_column(String(200))
    file_sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    entered_at: Mapped[datetime]
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    advice: Mapped[list["ImpactAdvice"]] = relationship(order_by="ImpactAdvice.id", lazy="selectin")


class ImpactAdvice(Base):
    """What the data protection officer advised, and whether it was accepted or overruled, with the reasons.

    `quoted` is true when the owner copied it from the document; otherwise the officer recorded it here.
    """

    __tablename__ = "impact_advice"

    id: Mapped[int] = mapped_column(primary_key=True)
    impact_id: Mapped[int] = mapped_column(ForeignKey("impact_assessment.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(String(12))
    reasons: Mapped[str] = mapped_column(Text)
    quoted: Mapped[bool]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
