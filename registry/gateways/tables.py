"""Legal gateways: the law that sharing is said to rest on, as given and as read."""

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from foundation.database.base import Base
from registry.gateways.values import COVERS, KINDS, UNVERIFIED, VERIFIED, WHO, Kind, KindCard


class Gateway(Base):
    """One numbered gateway (R17). `kind` is power, duty or aim; `verification` says whether a lawyer has checked it."""

    __tablename__ = "gateway"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    original: Mapped[str] = mapped_column(Text)
    statute: Mapped[str] = mapped_column(String(120))
    provision: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(12))
    who_may_rely: Mapped[str] = mapped_column(String(60))
    covers: Mapped[str] = mapped_column(String(80))
    verification: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(Text, default="")

    @property
    def title(self) -> str:
        """The gateway in a line: its number, statute and provision."""
        return f"{self.number}. {self.statute}, {self.provision[:1].lower()}{self.provision[1:]}"

    @property
    def kind_card(self) -> KindCard:
        """The kind in words."""
        return KINDS[Kind(self.kind)]

    @property
    def who_text(self) -> str:
        """Who may rely on it, in words."""
        return WHO.get(self.who_may_rely, self.who_may_rely.capitalize())

    @property
    def covers_text(self) -> str:
        """Whose data it covers, in words."""
        return COVERS.get(self.covers, self.covers.capitalize())

    @property
    def verified(self) -> bool:
        """Whether a lawyer has checked the reading."""
        return self.verification == "verified"

    @property
    def verification_text(self) -> str:
        """Said on every page that shows the gateway (R17)."""
        return VERIFIED if self.verified else UNVERIFIED
