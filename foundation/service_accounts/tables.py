"""Systems of an agency that call the service on behalf of named people, and the tokens they show."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.database.base import Base


class ServiceAccount(Base):
    """A system of an agency, such as a case management system. It never acts for itself: each call names a person."""

    __tablename__ = "service_account"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    agency: Mapped[str] = mapped_column(String(12))
    contact: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    created_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    ended_at: Mapped[datetime | None]
    tokens: Mapped[list["ApiToken"]] = relationship(back_populates="account", order_by="ApiToken.id.desc()")


class ApiToken(Base):
    """A token: only its SHA-256 is kept. `scopes` are what it may do, `purposes` the codes of uses it may name."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("service_account.id"), index=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    scopes: Mapped[list[Any]]
    purposes: Mapped[list[Any]]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account: Mapped[ServiceAccount] = relationship(back_populates="tokens")
