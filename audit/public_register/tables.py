"""Which parts of public pages are withheld: a list that only grows."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class PublicRedaction(Base):
    """A part of a model's public page was withheld, or with `lifted` told again. The newest row of a part counts.

    `field` is a code of `Field`, `reason` one of `Reason`; `note` says why to colleagues and auditors, never outside.
    """

    __tablename__ = "public_redaction"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("risk_model.id"), index=True)
    field: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(30))
    note: Mapped[str] = mapped_column(Text)
    lifted: Mapped[bool]
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
