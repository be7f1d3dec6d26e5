"""Legal gateways as pages: as given and as read, never as if a lawyer had checked them until one has."""

import csv
import re
from html import unescape

from foundation.database.connection import Database
from registry.catalogue.queries import read_catalogue
from registry.gateways.values import KINDS, UNVERIFIED
from registry.imports.service import REFERENCE

LINK = "https://www.legislation.gov.uk/ukpga/1998/37/section/115"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def test_there_are_thirteen_as_given_none_verified_and_no_aim_called_a_power(founded: Database) -> None:
    with (REFERENCE / "gateways.csv").open(encoding="utf-8") as file:
        given = {int(row["number"]): row["original"] for row in csv.DictReader(file)}
    with founded.read() as session:
        gateways = read_catalogue(session).gateways
    assert {number: gateway.original for number, gateway in gateways.items()} == given
    assert list(gateways) == list(range(1, 14))
    assert not any(gateway.verified for gateway in gateways.values())
    titles = {number: gateway.kind_card.title for number, gateway in gateways.items()}
    assert {number for number, title in titles.items() if title == "A power to disclose"} == {4, 9, 13}
    assert {number for number, title in titles.items() if title == "An aim only"} == {5, 6}
    assert len(KINDS) == 3


def test_the_list_says_what_each_is_and_that_nobody_checked_it(founded: Database, visit) -> None:
    client = visit(founded, "auditor")
    said = text_of(client.get("/register/gateways"))
    for part in (
        "A gateway is not a lawful basis",
        "It is inferred, not stated",
        "Digital Economy Act 2017, section 35",
        "Check whether it is in force",
        "3 of these 13 are powers to disclose",
    ):
        assert part in said
    assert client.get("/register/gateways").get_data(as_text=True).count(f'ac-tag">{UNVERIFIED}<') == 12
    assert "1 of 13 legal gateways fits" in text_of(client.get("/register/gateways?verification=in_doubt"))
    rows = client.get("/register/gateways.csv?kind=aim").get_data(as_text=True).splitlines()
    assert [row.split(",")[0] for row in rows] == ["number", "5", "6"]
    assert len(client.get("/register/gateways.json").get_json()["gateways"]) == 13
    for page in ("/register/gateways/14", "/register/gateways/x"):
        assert client.get(page).status_code == 404


def test_a_gateway_is_shown_as_given_as_read_and_with_what_it_does_not_carry(registered: Database, visit) -> None:
    client = visit(registered, "auditor")
    said = text_of(client.get("/register/gateways/13"))
    for part in ("Welfare Reform Act 2012 - Section 13", "section 131 is the likely reading", "In doubt"):
        assert part in said
    assert "Financial Exclusion: Adult Benefit Cap" in said
    nine = text_of(client.get("/register/gateways/9"))
    assert "37 data items are said to be shared under it" in nine
    assert "is open to councils, and Avon and Somerset Constabulary is not one of them" in nine
    assert "Return to custody, version 1" in nine
    assert "/lineage/gateways/9" in client.get("/register/gateways/9").get_data(as_text=True)
    assert "Verify it" not in said


def test_law_is_entered_by_one_and_checked_by_another(founded: Database, visit) -> None:
    iris, leo = visit(founded, "information_governance"), visit(founded, "legal_adviser")
    told = {"number": "14", "original": "DEA 2017 s35", "statute": "Digital Economy Act 2017", "kind": "power"}
    told |= {"provision": "Section 35", "section": "35", "summary": "Disclosure between named bodies"}
    told |= {"who_may_rely": ["any"], "covers": ["anybody"]}
    for wrong, sentence in (
        ({"in_force_from": "1/1/2026", "in_force_to": "1/1/2025"}, "lies before the day it came into force"),
        ({"in_force_from": "31/2/2026"}, "Expected a day such as 2026-11-30"),
        ({"source_link": "http://insecure.example"}, "Use an address that begins with https://"),
        ({"number": "4"}, "is in the register already"),
        ({"covers": []}, "Error"),
    ):
        refused = iris.send("/register/enter/gateway", {**told, **wrong})
        assert refused.status_code in (409, 422), wrong
        assert sentence in text_of(refused), wrong
    assert iris.send("/register/enter/gateway", told).location == "/register/gateways/14"
    address = "/register/gateways/14"
    assert iris.get(f"{address}/verify").status_code == leo.get(f"{address}/change").status_code == 403
    check = {"seen": "1", "section": "35", "source_link": LINK, "check_again_on": "22/11/2027", "reason": "I read it."}
    assert "Enter where the text of the law can be read" in text_of(
        leo.send(f"{address}/verify", {**check, "source_link": ""})
    )
    assert leo.send(f"{address}/verify", check).status_code == 302
    assert "Verified by a lawyer" in text_of(leo.get(address))
    changed = {**told, "section": "36", "reason": "A slip.", "seen": "2"}
    assert "counts as not verified until a lawyer checks it again" in text_of(iris.get(f"{address}/change"))
    assert iris.send(f"{address}/change", changed).status_code == 302
    said = text_of(leo.get(address))
    assert UNVERIFIED in said
    assert "Checked: Verified by a lawyer became Not verified by a lawyer" in said
    assert leo.send(f"{address}/supersede", {"superseded_by": "15", "reason": "Gone.", "seen": "3"}).status_code == 422
    follows = leo.send(f"{address}/supersede", {"superseded_by": "4", "reason": "Replaced.", "seen": "3"})
    assert follows.status_code == 302
    back = leo.send("/register/gateways/4/supersede", {"superseded_by": "14", "reason": "Back.", "seen": "1"})
    assert back.status_code == 422
    assert "goes in a circle" in text_of(back)
    for act in ("doubt", "end"):
        page = leo.get(f"{address}/{act}").get_data(as_text=True)
        shown = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in ("seen", "shown")}
        assert "No approved use of a model rests on this alone" in page
        assert leo.send(f"{address}/{act}", {**shown, "reason": "So it is.", "confirmed": "y"}).status_code == 302
    said = text_of(leo.get(address))
    assert "This ended on 22 November 2026. So it is." in said
    assert "Superseded by gateway 4" in said
    assert "Verify it" not in said
