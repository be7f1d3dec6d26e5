"""What a call that changes something was answered with, so that the same call again is answered the same."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base


class ApiAnswer(Base):
    """The answer to one Idempotency-Key of one token, written in the transaction of what it answers; it only grows.

    `key` and `body_sha256` are digests: of the key, and of the call, the person it was made for and its body.
    `answer` holds references and counts, from which the whole answer is made again; never anything about a person.
    """

    __tablename__ = "api_answer"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str] = mapped_column(String(64))
    body_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    at: Mapped[datetime]
