"""The partnership, its accounts and their sessions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from foundation.accounts.values import Actor, Role
from foundation.database.base import Base


class Partnership(Base):
    """The one partnership this deployment serves; `demonstration` is set when it is created and never later."""

    __tablename__ = "partnership"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    demonstration: Mapped[str | None] = mapped_column(String(400))
    created_at: Mapped[datetime]


class Account(Base):
    """Somebody who can sign in. `agency` is the code of an agency in the register, `team` a team of it or empty."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_name: Mapped[str] = mapped_column(String(80), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    agency: Mapped[str | None] = mapped_column(String(12))
    team: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    password_hash: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    held: Mapped[list["AccountRole"]] = relationship(
        cascade="all, delete-orphan", lazy="selectin", order_by="AccountRole.role"
    )

    @property
    def roles(self) -> frozenset[Role]:
        """The roles the account holds."""
        return frozenset(Role(row.role) for row in self.held)

    def actor(self) -> Actor:
        """The account as somebody who acts."""
        return Actor(account_id=self.id, name=self.name, roles=self.roles, agency=self.agency, team=self.team)


class AccountRole(Base):
    """A role an account holds."""

    __tablename__ = "account_role"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)


class SignInSession(Base):
    """A session on the server; the browser holds only a token whose SHA-256 is the key here."""

    __tablename__ = "sign_in_session"

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class SignInFailure(Base):
    """A wrong password for a name, counted to slow guessing down."""

    __tablename__ = "sign_in_failure"

    id: Mapped[int] = mapped_column(primary_key=True)
    sign_in_name: Mapped[str] = mapped_column(String(80), index=True)
    at: Mapped[datetime]
