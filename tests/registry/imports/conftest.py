"""A small register in memory, and files as somebody would write them."""

import pytest

from registry.agencies.values import AgencyEntry, SystemEntry
from registry.catalogue.values import Catalogue
from registry.gateways.values import GatewayEntry
from registry.items.values import ItemEntry

LAW = {"original": "", "statute": "Children Act 2004", "summary": "Co-operation", "kind": "duty"}


@pytest.fixture
def catalogue() -> Catalogue:
    """One council with one system, a police force, two gateways (the second verified) and two items (one ended)."""
    agencies = [
        AgencyEntry(code="BCC", name="Bristol City Council", kind="council"),
        AgencyEntry(code="ASC", name="Avon and Somerset Constabulary", kind="police"),
    ]
    checked = {"verification": "verified", "verified_on": "2026-01-05", "verified_by": "Leo Marchetti"}
    gateways = [
        GatewayEntry.model_validate({**LAW, "number": 10, "provision": "Section 10", "section": "10"}),
        GatewayEntry.model_validate({**LAW, "number": 11, "provision": "Section 11", "section": "11", **checked}),
    ]
    ended = {"ended_on": "2026-02-01", "ended_reason": "No longer collected."}
    items = [
        ItemEntry(id=1, group="Health", name="Teenage Parent", sources=("BCC", "ASC"), matter="health"),
        ItemEntry.model_validate({"id": 2, "group": "Health", "name": "Old Note", "sources": ["BCC"], **ended}),
    ]
    return Catalogue(
        "state",
        {one.code: one for one in agencies},
        {"EHM": SystemEntry(code="EHM", name="Early Help Module", agency="BCC")},
        {one.number: one for one in gateways},
        {one.id: one for one in items},
        {},
    )
