"""Finding sharing agreements in a long list; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.agreements.values import AgreementEntry
from registry.catalogue.listing import Search, agrees
from registry.catalogue.values import Catalogue

COLUMNS: tuple[str, ...] = ("code", "title", "parties", "items", "gateways", "starts_on", "ends_on", "document_name")
COLUMNS += ("document_sha256", "note", "ended_on", "ended_reason")


@dataclass(frozen=True)
class AgreementSearch(Search):
    """What a reader looks for among agreements. `ended` is whether it does not run any more (or yet)."""

    agency: str = ""
    gateway: str = ""

    def fits(self, agreement: AgreementEntry, day: date) -> bool:
        """Whether an agreement is one of those looked for."""
        return (
            self.agency in ("", *agreement.parties)
            and self.gateway in ("", *map(str, agreement.gateways))
            and agrees(self.ended, not agreement.in_force(day))
            and self.has_words(agreement.title, agreement.code, agreement.note)
        )


def find_agreements(catalogue: Catalogue, search: AgreementSearch, day: date) -> Sequence[AgreementEntry]:
    """The agreements that fit, by title."""
    listed = sorted(catalogue.agreements.values(), key=lambda one: (one.title, one.code))
    return [agreement for agreement in listed if search.fits(agreement, day)]


def plain_agreement(agreement: AgreementEntry, catalogue: Catalogue) -> dict[str, Any]:
    """An agreement as plain values for a file; its data items by name."""
    values = agreement.plain()
    items = [catalogue.items[number].title for number in agreement.items if number in catalogue.items]
    return {**{name: values[name] for name in COLUMNS}, "items": items}
