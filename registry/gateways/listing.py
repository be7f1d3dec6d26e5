"""Finding legal gateways in a long list; pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from registry.catalogue.listing import Search, agrees
from registry.catalogue.values import Catalogue
from registry.gateways.values import ANYBODY, GatewayEntry

COLUMNS: tuple[str, ...] = (
    "number",
    "original",
    "statute",
    "provision",
    "section",
    "summary",
    "kind",
    "who_may_rely",
    "covers",
)
COLUMNS += ("purposes", "excludes", "in_force_from", "in_force_to", "superseded_by", "verification", "verified_on")
COLUMNS += ("check_again_on", "source_link", "note", "ended_on", "ended_reason")


@dataclass(frozen=True)
class GatewaySearch(Search):
    """What a reader looks for among gateways. `agency` is the code of an agency to which the law is open."""

    kind: str = ""
    verification: str = ""
    overdue: str = ""
    agency: str = ""

    def fits(self, gateway: GatewayEntry, catalogue: Catalogue, day: date) -> bool:
        """Whether a gateway is one of those looked for."""
        return (
            self.kind in ("", gateway.kind)
            and self.verification in ("", gateway.verification)
            and agrees(self.overdue, gateway.check_overdue(day))
            and agrees(self.ended, not gateway.stands(day))
            and self.has_words(gateway.title, gateway.summary, gateway.original, gateway.note)
            and (not self.agency or self._open_to(gateway, catalogue))
        )

    def _open_to(self, gateway: GatewayEntry, catalogue: Catalogue) -> bool:
        agency = catalogue.agencies.get(self.agency)
        return agency is not None and bool({ANYBODY, agency.kind} & set(gateway.who_may_rely))


def find_gateways(catalogue: Catalogue, search: GatewaySearch, day: date) -> Sequence[GatewayEntry]:
    """The gateways that fit, by number."""
    listed = sorted(catalogue.gateways.values(), key=lambda one: one.number)
    return [gateway for gateway in listed if search.fits(gateway, catalogue, day)]


def plain_gateway(gateway: GatewayEntry) -> dict[str, Any]:
    """A gateway as plain values for a file."""
    values = gateway.plain()
    return {name: values[name] for name in COLUMNS}
