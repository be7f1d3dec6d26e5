"""What the ethics committee asked of those who are shown a use's scores; rows only grow (R39, R41)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class SafeguardRow(Base):
    """The rules of one use from a moment on, as `Safeguards.to_dict` gives them; the newest row stands.

    `loosened` names in sentences what became less strict than the rules before.
    """

    __tablename__ = "safeguard"

    id: Mapped[int] = mapped_column(primary_key=True)
    use_id: Mapped[int] = mapped_column(ForeignKey("model_use.id"), index=True)
    rules: Mapped[dict[str, Any]]
    loosened: Mapped[list[Any]]
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
