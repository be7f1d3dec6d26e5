"""Finding agencies and their systems in a long list; pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.agencies.values import AgencyEntry, SystemEntry
from registry.catalogue.listing import Search, agrees
from registry.catalogue.values import Catalogue

COLUMNS = ("code", "name", "kind", "agency", "competent_authority", "note", "ended_on", "ended_reason")


@dataclass(frozen=True)
class AgencySearch(Search):
    """What a reader looks for among agencies and systems; `agency` is one of them with its systems."""

    kind: str = ""
    agency: str = ""

    def fits(self, entry: AgencyEntry | SystemEntry, catalogue: Catalogue, day: date) -> bool:
        """Whether an agency or a system is one of those looked for; a system is of the kind of its agency."""
        owner = catalogue.agency_of(entry.code)
        return (
            self.kind in ("", owner.kind if owner else "")
            and self.agency in ("", entry.code, owner.code if owner else "")
            and agrees(self.ended, not entry.stands(day))
            and self.has_words(entry.code, entry.name, entry.note)
        )


def find_sources(catalogue: Catalogue, search: AgencySearch, day: date) -> Sequence[AgencyEntry | SystemEntry]:
    """The agencies and systems that fit: agencies by name, then systems by name."""
    agencies: list[AgencyEntry | SystemEntry] = sorted(catalogue.agencies.values(), key=lambda one: one.name)
    systems = sorted(catalogue.systems.values(), key=lambda one: one.name)
    return [one for one in [*agencies, *systems] if search.fits(one, catalogue, day)]


def count_items(catalogue: Catalogue) -> Counter[str]:
    """How many data items come from each agency or system, by code."""
    return Counter(code for item in catalogue.items.values() for code in item.sources)


def count_items_of(catalogue: Catalogue, code: str) -> int:
    """How many data items come from an agency or one of its systems."""
    own = {code, *(system.code for system in catalogue.systems.values() if system.agency == code)}
    return sum(not own.isdisjoint(item.sources) for item in catalogue.items.values())


def plain_source(entry: AgencyEntry | SystemEntry) -> dict[str, Any]:
    """An agency or a system as plain values for a file; `agency` is the one a system belongs to."""
    values = entry.plain()
    known = {name: values.get(name, "") for name in COLUMNS}
    return {**known, "agency": entry.agency if isinstance(entry, SystemEntry) else ""}
