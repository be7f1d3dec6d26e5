"""The register's pages: who may read them, and what they say honestly."""

import re
from html import unescape

import pytest

from foundation.database.connection import Database
from foundation.ledger.values import digest
from registry.imports.service import REFERENCE
from registry.items.queries import find_item

PAGES = ["/register", "/register/agencies", "/register/gateways", "/register/gateways/1", "/register/items"]
PAGES += ["/register/items/1", "/register/imports"]
ROLES = ["model_owner", "contributor", "committee_member", "chair", "accountable_officer", "practitioner", "auditor"]


def text_of(client, page: str) -> str:
    shown = client.get(page).get_data(as_text=True)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


@pytest.mark.parametrize("role", ROLES)
def test_who_may_see_the_register_sees_all_of_it(role: str, registered: Database, visit) -> None:
    client = visit(registered, role)
    for page in PAGES:
        assert client.get(page).status_code == 200, page


def test_the_administrator_and_a_visitor_see_none_of_it(registered: Database, visit) -> None:
    administrator, nobody = visit(registered, "administrator"), visit(registered)
    for page in PAGES:
        assert administrator.get(page).status_code == 403, page
        assert nobody.get(page).status_code == 302, page


@pytest.mark.parametrize(
    "page", ["/register/gateways/14", "/register/items/999", "/register/gateways/x", "/register/items/-1"]
)
def test_what_is_not_there_is_not_found(page: str, registered: Database, visit) -> None:
    assert visit(registered, "auditor").get(page).status_code == 404


def test_the_register_says_what_it_holds_and_what_nobody_verified(registered: Database, visit) -> None:
    said = text_of(visit(registered, "auditor"), "/register")
    for part in (
        "4 agencies and 2 systems",
        "41 data items in 10 groups",
        "13 legal gateways",
        "17 values were not taken",
    ):
        assert part in said
    assert "None of the 13 legal gateways has been checked by a lawyer" in said
    assert "1 model held here, and 7 more that documents name" in said
    assert "6 data items cite no power to disclose" in said


def test_an_empty_register_says_how_it_is_filled(make_database, visit, clock) -> None:
    from algocare.demo.cast import found

    database = make_database("empty")
    with database.write() as session:
        found(session, clock.now())
    assert "The register is empty" in text_of(visit(database, "auditor"), "/register")


def test_every_gateway_is_shown_as_unverified_with_its_kind(registered: Database, visit) -> None:
    client = visit(registered, "auditor")
    page = client.get("/register/gateways").get_data(as_text=True)
    assert page.count("Not verified by a lawyer") == 13
    said = text_of(client, "/register/gateways")
    assert said.count("A power to disclose") == 4  # three gateways and the explanation
    assert "A gateway is not a lawful basis" in said
    assert "It is inferred, not stated" in said
    assert "Digital Economy Act 2017, section 35" in said
    assert "Check whether it is in force" in said


def test_a_gateway_is_shown_as_given_and_as_read(registered: Database, visit) -> None:
    said = text_of(visit(registered, "auditor"), "/register/gateways/13")
    assert "Welfare Reform Act 2012 - Section 13" in said
    assert "section 131 is the likely reading" in said
    assert "Not verified by a lawyer" in said
    assert "Financial Exclusion: Adult Benefit Cap" in said
    nine = text_of(visit(registered, "auditor"), "/register/gateways/9")
    assert "of 37 do not fit it, as the register reads it" in nine
    assert "none of the item's sources is a council" in nine


def test_an_item_shows_its_line_as_typed_and_its_repairs(registered: Database, visit) -> None:
    with registered.read() as session:
        parent = find_item(session, "Health", "Teenage Parent")
    said = text_of(visit(registered, "auditor"), f"/register/items/{parent.id}")
    assert parent.original in said
    assert not parent.original.isascii()
    assert "Typed in Cyrillic letters that look like Latin ones" in said
    assert "data_items.csv , row 15" in said
    assert "No model held here uses it" in said


def test_an_item_leads_to_the_models_that_use_it(registered: Database, visit) -> None:
    with registered.read() as session:
        used = find_item(session, "Crime", "Person Committed Offence")
        named = find_item(session, "Risk Models", "Risk of NEET")
    client = visit(registered, "practitioner")
    page = client.get(f"/register/items/{used.id}").get_data(as_text=True)
    assert "/models/return-to-custody/versions/1" in page
    assert "none of these is a power to disclose" in page
    assert "/models/risk-of-neet" in client.get(f"/register/items/{named.id}").get_data(as_text=True)


def test_items_of_one_name_are_told_apart(registered: Database, visit) -> None:
    client = visit(registered, "auditor")
    page = client.get("/register/items").get_data(as_text=True)
    found = re.findall(r'href="/register/items/(\d+)">Other Professional Referral</a>', page)
    assert len(set(found)) == 6


def test_imports_show_every_file_and_every_repair(registered: Database, visit) -> None:
    said = text_of(visit(registered, "auditor"), "/register/imports")
    for name in ("sources.csv", "gateways.csv", "data_items.csv", "named_models.csv"):
        assert digest((REFERENCE / name).read_bytes()) in said
    assert said.count("data_items.csv, row") == 17
    assert "Breach of Order of Injuction" in said
    assert "Breach of Order or Injunction" in said


def test_agencies_name_their_systems_and_models(registered: Database, visit) -> None:
    said = text_of(visit(registered, "auditor"), "/register/agencies")
    assert "Early Help Module (case-management system) EHM Bristol City Council 6" in said
    assert "Avon and Somerset Constabulary ASC Police Return to custody" in said
