"""The register as a whole: who may read it, what it says honestly, what changed in it."""

import re
from html import unescape

import pytest

from algocare.demo.cast import found
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from registry.catalogue.queries import read_catalogue
from registry.footing.queries import answer_item
from registry.overview.queries import count_models, find_standing

PAGES = ["/register", "/register/history", "/register/agencies", "/register/agencies/BCC", "/register/systems/EHM"]
PAGES += ["/register/gateways", "/register/gateways/1", "/register/items", "/register/items/1", "/register/agreements"]
ROLES = ["model_owner", "contributor", "committee_member", "chair", "accountable_officer", "practitioner", "auditor"]
ROLES += ["information_governance", "legal_adviser", "data_protection_officer"]


def text_of(client, page: str) -> str:
    shown = client.get(page).get_data(as_text=True)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", shown)))


def test_who_may_see_the_register_sees_all_of_it_and_nobody_else(registered: Database, visit) -> None:
    for role in ROLES:
        client = visit(registered, role)
        assert [page for page in PAGES if client.get(page).status_code != 200] == [], role
    administrator, nobody = visit(registered, "administrator"), visit(registered)
    for page in PAGES:
        assert administrator.get(page).status_code == 403, page
        assert nobody.get(page).status_code == 302, page


def test_the_register_says_what_it_holds_and_what_nobody_verified(registered: Database, visit) -> None:
    client = visit(registered, "auditor")
    said = text_of(client, "/register")
    for part in (
        "4 agencies and 2 systems",
        "41 data items in 10 groups",
        "13 legal gateways",
        "None of the 13 legal gateways has been checked by a lawyer",
        "No sharing agreement is in force",
        "No check is overdue",
        "1 model held here, and 7 more that are known of",
        "What changed last",
        "Taken in from a file",
    ):
        assert part in said
    assert "Enter a data item" not in said
    assert "Enter a data item" in text_of(visit(registered, "information_governance"), "/register")
    assert 'aria-current="page">Register' in client.get("/register/items").get_data(as_text=True)
    with registered.read() as session:
        assert count_models(session) == {"held": 1, "others": 7}


def test_what_is_found_about_thousands_at_once_is_what_the_engine_finds(founded: Database, clock: StoppedClock) -> None:
    with founded.read() as session:
        catalogue = read_catalogue(session)
    day = london_date(clock.now())
    rules = {
        item.id: {one.rule for one in answer_item(catalogue, item, day).findings} for item in catalogue.listed_items
    }
    standing = find_standing(catalogue, day)
    without = {"no_route", "no_gateway", "aims_alone"}
    assert {item.id for item in standing.blocked} == {number for number, found in rules.items() if found & without}
    waiting = {number for number, found in rules.items() if "route_to_accept" in found and not found & without}
    assert {item.id for item in standing.waiting} == waiting
    assert len(waiting) > 20
    assert find_standing(catalogue, day) is standing  # kept under the register's state


def test_an_empty_register_says_how_it_is_filled(make_database, visit, clock: StoppedClock) -> None:
    database = make_database("empty")
    with database.write() as session:
        found(session, clock.now())
    client = visit(database, "auditor")
    assert "The register is empty" in text_of(client, "/register")
    for page, words in (
        ("/register/items", "No data item is in the register yet"),
        ("/register/gateways", "No legal gateway is in the register yet"),
        ("/register/agencies", "No agency is in the register yet"),
        ("/register/history", "Nothing of this kind has changed yet"),
    ):
        assert words in text_of(client, page)


def test_every_change_is_listed_and_the_past_is_only_read(founded: Database, visit, clock: StoppedClock) -> None:
    clock.advance(days=2)
    client = visit(founded, "information_governance")
    total = int(re.search(r"(\d+) changes, newest first", text_of(client, "/register/history")).group(1))
    assert total >= 62
    second = client.get("/register/history?page=2").get_data(as_text=True)
    assert 'href="/register/history?page=1"' in second
    assert "13 changes, newest first" in text_of(client, "/register/history?thing=gateway")
    assert re.search(r"Made from: [^.]+ \(not given before\)", text_of(client, "/register/history?thing=item"))
    assert f"{total} changes" in text_of(client, "/register/history?thing=nonsense")
    then = client.get("/register?as_at=2026-11-22").get_data(as_text=True)
    assert "The register as it stood at the end of 22 November 2026" in then
    assert 'href="/register/items?as_at=2026-11-22"' in then
    assert 'href="/register">See it now</a>' in then
    before = text_of(client, "/register?as_at=21/11/2026")
    assert "The register was empty then" in before
    item = client.get("/register/items/1?as_at=2026-11-22").get_data(as_text=True)
    assert "/register/items/1/change" not in item
    assert client.get("/register/items/1?as_at=2026-11-21").status_code == 404


@pytest.mark.parametrize("asked", ["as_at=2026-11-23", "as_at=nonsense", "as_at=2026-11-22&page=%00"])
def test_a_day_that_is_none_is_refused_with_a_sentence(asked: str, founded: Database, visit) -> None:
    client = visit(founded, "auditor")
    answer = client.get(f"/register/items?{asked}")
    assert answer.status_code == (200 if "page" in asked else 422)
    if answer.status_code == 422:
        said = text_of(client, f"/register/items?{asked}")
        assert "a day such as 2026-03-01" in said or "has not come yet" in said
