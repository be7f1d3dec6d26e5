"""Stored files: artefacts, data extracts, evidence and packs, each under the SHA-256 of its bytes."""

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, deferred, mapped_column

from foundation.database.base import Base


class StoredFile(Base):
    """Bytes that never change, kept in the database so that they commit with what refers to them."""

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(80))
    stored_at: Mapped[datetime]
    content: Mapped[bytes] = deferred(mapped_column(LargeBinary))
