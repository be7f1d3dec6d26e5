"""What an agency and one of its systems are, as the register holds them."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from registry.catalogue.entries import Code, Entry, Line, Note


class AgencyKind(StrEnum):
    """What a body is, for the question which law is open to it (R17, R18)."""

    COUNCIL = "council"
    POLICE = "police"
    HEALTH = "health"
    CENTRAL_GOVERNMENT = "central_government"
    OTHER = "other"


AGENCY_KINDS = {
    AgencyKind.COUNCIL: "Council",
    AgencyKind.POLICE: "Police force",
    AgencyKind.HEALTH: "Health body",
    AgencyKind.CENTRAL_GOVERNMENT: "Department of central government",
    AgencyKind.OTHER: "Another body",
}
"""Kinds of body in words, by stored code."""


class AgencyEntry(Entry):
    """An agency. `competent_authority`: whether it may process under Part 3 of the Data Protection Act 2018 (R19)."""

    code: Code
    name: Annotated[Line, Field(max_length=120)]
    kind: AgencyKind
    competent_authority: bool = False
    note: Note = ""

    @property
    def key(self) -> str:
        """The agency's code."""
        return self.code

    @property
    def title(self) -> str:
        """The agency's name."""
        return self.name

    @property
    def kind_text(self) -> str:
        """The kind of body in words."""
        return AGENCY_KINDS[self.kind]


class SystemEntry(Entry):
    """A system in which an agency keeps data."""

    code: Code
    name: Annotated[Line, Field(max_length=120)]
    agency: Code
    note: Note = ""

    @property
    def key(self) -> str:
        """The system's code."""
        return self.code

    @property
    def title(self) -> str:
        """The system's name."""
        return self.name
