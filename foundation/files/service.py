"""Keeping files: by the hash of their bytes, written once."""

from datetime import datetime

from sqlalchemy.orm import Session

from foundation.errors import NotFound, TooLarge, Unavailable
from foundation.files.tables import StoredFile
from foundation.ledger.values import digest


def check_size(content: bytes, limit_mib: int, name: str) -> None:
    """Refuse a file above the limit, naming it."""
    if len(content) > limit_mib * 1024 * 1024:
        raise TooLarge(f"{name} is larger than {limit_mib} MiB, the largest file accepted.")


def store(session: Session, content: bytes, media_type: str, at: datetime) -> str:
    """Keep `content` and return its SHA-256; the same bytes are kept once."""
    sha256 = digest(content)
    if session.get(StoredFile, sha256) is None:
        session.add(StoredFile(sha256=sha256, size=len(content), media_type=media_type, stored_at=at, content=content))
        session.flush()
    return sha256


def get_content(session: Session, sha256: str) -> bytes:
    """The bytes stored under `sha256`, hashed again: bytes that no longer match are refused."""
    file = session.get(StoredFile, sha256)
    if file is None:
        raise NotFound("This file is not in the store.")
    content = file.content
    if digest(content) != sha256:
        raise Unavailable("A stored file no longer matches its fingerprint and is not used.", code="file_changed")
    return content
