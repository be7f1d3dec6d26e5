"""What a sharing agreement is: who shares which data items, under which law, from when until when (R16)."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints, model_validator

from registry.catalogue.entries import Code, Entry, Line, Note


class AgreementEntry(Entry):
    """A sharing agreement. `parties` are agencies; it covers disclosure of its items between any two of them.

    `starts_on` is its first day, `ends_on` its last; `document_sha256` fixes the signed document.
    """

    code: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
    title: Line
    parties: Annotated[tuple[Code, ...], Field(min_length=2)]
    items: Annotated[tuple[int, ...], Field(min_length=1)]
    gateways: tuple[int, ...] = ()
    starts_on: date
    ends_on: date
    document_name: Annotated[str, Field(max_length=200)] = ""
    document_sha256: Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")] = ""
    note: Note = ""

    @model_validator(mode="after")
    def _makes_sense(self) -> "AgreementEntry":
        for field, values in (("parties", self.parties), ("items", self.items), ("gateways", self.gateways)):
            if len(set(values)) < len(values):
                raise ValueError(f"{field}: one is given twice")
        if self.ends_on < self.starts_on:
            raise ValueError("ends_on: the agreement ends before it starts")
        return self

    @property
    def key(self) -> str:
        """The code as a revision's key."""
        return self.code

    def in_force(self, day: date) -> bool:
        """Whether it runs on a day: first and last day included, and not ended early."""
        return self.starts_on <= day <= self.ends_on and self.stands(day)

    def covers(self, item_id: int, one: str, other: str) -> bool:
        """Whether it is about an item's disclosure between two agencies."""
        return item_id in self.items and one in self.parties and other in self.parties
