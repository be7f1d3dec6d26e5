"""How a version works as a whole: what drives it, how each input moves it, how steady it is (R02, R29)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class Explanation(Base):
    """One computation, bound to the bytes it was made from: `findings` is the dictionary of `Findings`. Only grows."""

    __tablename__ = "explanation"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("model_version.id"), index=True)
    computed_at: Mapped[datetime]
    artefact_sha256: Mapped[str] = mapped_column(String(64))
    file_sha256: Mapped[str] = mapped_column(String(64))
    findings: Mapped[dict[str, Any]]
