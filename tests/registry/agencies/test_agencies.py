"""Agencies and the systems their data comes from."""

import re
from html import unescape

import pytest

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import NotFound
from registry.agencies.queries import find_agency, get_system, list_models_of
from registry.agencies.tables import Source
from registry.catalogue.queries import read_catalogue


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def test_agencies_stand_by_name_and_systems_belong_to_one(registered: Database) -> None:
    with registered.read() as session:
        assert sorted(read_catalogue(session).agencies) == ["ASC", "BCC", "DFE", "DWP"]
        owners = {code: session.get_one(Source, code).owner.code for code in ("EHM", "EYES", "ASC")}
        assert find_agency(session, "BCC").name == "Bristol City Council"
        assert find_agency(session, "\u0412\u0421\u0421") is None  # Cyrillic
        with pytest.raises(NotFound, match="no system BCC"):
            get_system(read_catalogue(session), "BCC")
        assert [row.slug for row in list_models_of(session, "ASC")] == ["return-to-custody"]
        assert list_models_of(session, "BCC") == []
    assert owners == {"EHM": "BCC", "EYES": "BCC", "ASC": "ASC"}


def test_agencies_and_systems_are_kept_by_forms(registered: Database, visit, clock: StoppedClock) -> None:
    iris, auditor = visit(registered, "information_governance"), visit(registered, "auditor")
    said = text_of(auditor.get("/register/agencies"))
    assert "Early Help Module (case-management system) EHM System of Bristol City Council 6" in said
    assert "1 of 6 agencies and systems" in text_of(auditor.get("/register/agencies?kind=police"))
    said = text_of(auditor.get("/register/agencies/ASC"))
    assert "It answers for 1 model" in said
    assert "Part 3, Data Protection Act 2018) Yes" in said
    assert "6 data items come from it" in text_of(auditor.get("/register/systems/EHM"))
    assert auditor.get("/register/agencies/EHM").status_code == auditor.get("/register/systems/X").status_code == 404
    agency = {"code": "NHS", "name": "A health trust", "kind": "health"}
    assert "Use two to twelve capital letters" in text_of(
        iris.send("/register/enter/agency", {**agency, "code": "nhs"})
    )
    for wrong in ({"name": ""}, {"name": "x" * 121}, {"kind": "church"}, {"code": "EHM"}):
        assert iris.send("/register/enter/agency", {**agency, **wrong}).status_code == 422, wrong
    assert iris.send("/register/enter/agency", {**agency, "code": "BCC"}).status_code == 409
    assert iris.send("/register/enter/agency", agency).location == "/register/agencies/NHS"
    system = {"code": "PAS", "name": "Patient records", "agency": "NHS"}
    assert iris.send("/register/enter/system", {**system, "agency": "XXX"}).status_code == 422
    assert iris.send("/register/enter/system", system).location == "/register/systems/PAS"
    told = {"name": "The health trust", "kind": "health", "seen": "1", "reason": "It was renamed."}
    assert iris.send("/register/agencies/NHS/change", {**told, "reason": ""}).status_code == 422
    assert iris.send("/register/agencies/NHS/change", told).status_code == 302
    told = {"name": "Patients", "agency": "NHS", "seen": "1", "reason": "Shorter."}
    assert iris.send("/register/systems/PAS/change", told).status_code == 302
    with registered.read() as session:
        assert find_agency(session, "NHS").name == "The health trust"  # what accounts and models point to follows
        assert session.get_one(Source, "PAS").name == "Patients"
    for address in ("/register/systems/PAS", "/register/agencies/NHS"):
        page = iris.get(f"{address}/end").get_data(as_text=True)
        shown = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in ("seen", "shown")}
        over = {**shown, "reason": "It left.", "confirmed": "y", "day": ""}
        assert iris.send(f"{address}/end", over).status_code == 302
        assert "This ended on 22 November 2026. It left." in text_of(auditor.get(address))
        again = iris.send(f"{address}/open-again", {"reason": "It came back.", "seen": "3"})
        assert again.status_code == 302
        assert "Opened again" in text_of(auditor.get(address))
    assert "PAS,Patients,,NHS" in auditor.get("/register/agencies.csv?text=pas").get_data(as_text=True)
    clock.advance(days=1)
    auditor = visit(registered, "auditor")
    assert "health trust" not in text_of(auditor.get("/register/agencies?as_at=2026-11-21"))
    assert auditor.get("/register/agencies.json?as_at=2026-11-22").get_json()["as_at"].startswith("2026-11-22T23:59")
