"""Sharing agreements as pages: who shares what under which law until when, with the signed document."""

import re
from html import unescape
from io import BytesIO

import pytest

from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.errors import Invalid
from foundation.ledger.values import digest
from registry.agreements.rules import check_document
from registry.catalogue.queries import read_catalogue

PDF = b"%PDF-1.7 signed by both"


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


@pytest.mark.parametrize(("name", "content"), [("", b""), ("a.pdf", b""), ("a.pdf", b"MZ"), ("a.pdf", b"<html>")])
def test_only_a_pdf_is_a_signed_document(name: str, content: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        check_document(name, content)
    assert list(refusal.value.problems) == ["document"]
    check_document("any name", PDF)


def test_an_agreement_from_its_first_form_to_its_early_end(founded: Database, visit, clock: StoppedClock) -> None:
    iris, address = visit(founded, "information_governance"), "/register/agreements/early-help"
    assert "No sharing agreement is in the register yet" in text_of(iris.get("/register/agreements"))
    told = {"code": "early-help", "title": "Early help", "parties": ["BCC", "ASC"], "gateways": ["4"]}
    told |= {"items": "Crime: Person Committed Offence\n\nDomestic Violence: Victim of DVA"}
    told |= {"starts_on": "1/1/2026", "ends_on": "31/12/2027"}
    for wrong, sentence in (
        ({"ends_on": "31/12/2025"}, "The agreement ends before it starts"),
        ({"parties": ["BCC"]}, "Error"),
        ({"items": "Crime: Nothing of the kind"}, "no data item 'Crime: Nothing of the kind'"),
        ({"items": ""}, "Error"),
        ({"code": "Early Help!"}, "Use small letters, digits and hyphens"),
    ):
        refused = iris.send("/register/enter/agreement", {**told, **wrong})
        assert refused.status_code == 422, wrong
        assert sentence in text_of(refused), wrong
    assert iris.send("/register/enter/agreement", told).location == address
    assert iris.send("/register/enter/agreement", told).status_code == 409
    assert iris.get(f"{address}/document").status_code == 404
    told |= {"seen": "1", "reason": "It was extended."}
    assert "Crime: Person Committed Offence" in iris.get(f"{address}/change").get_data(as_text=True)
    assert iris.send(f"{address}/change", {**told, "ends_on": "31/12/2028"}).status_code == 302
    for name, content in (("a.docx", b"PK"), ("a.pdf", b"")):
        sent = {"document": (BytesIO(content), name), "reason": "It was signed.", "seen": "2"}
        assert iris.send(f"{address}/attach", sent).status_code == 422
    sent = {"document": (BytesIO(PDF), "../signed.pdf"), "reason": "It was signed.", "seen": "2"}
    assert iris.send(f"{address}/attach", sent).status_code == 302
    file = iris.get(f"{address}/document")
    assert (file.data, file.mimetype) == (PDF, "application/pdf")
    assert "attachment" in file.headers["Content-Disposition"]
    assert digest(PDF) in text_of(iris.get(address))
    clock.advance(days=1)
    iris = visit(founded, "information_governance")
    page = iris.get(f"{address}/end").get_data(as_text=True)
    shown = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in ("seen", "shown")}
    over = {**shown, "reason": "Nobody needs it.", "confirmed": "y", "day": "23/11/2026"}
    assert "runs out on 31 December 2028 by itself" in text_of(iris.send(f"{address}/end", {**over, "day": "1/1/2029"}))
    assert iris.send(f"{address}/end", over).status_code == 302
    auditor = visit(founded, "auditor")
    assert "This ended on 23 November 2026. Nobody needs it." in text_of(auditor.get(address))
    assert "In force" in text_of(auditor.get(f"{address}?as_at=2026-11-22"))
    assert "1 of 1 sharing agreement fits" in text_of(auditor.get("/register/agreements?ended=yes&agency=ASC"))
    assert "ended" not in text_of(auditor.get("/register/agreements?as_at=2026-11-22")).lower()
    assert "Crime: Person Committed Offence" in auditor.get("/register/agreements.csv").get_data(as_text=True)
    assert auditor.get("/register/agreements.json").get_json()["agreements"][0]["ends_on"] == "2028-12-31"
    with founded.read() as session:
        item = read_catalogue(session).find_item("Crime", "Person Committed Offence").id
    assert "Early help , which is not in force" in text_of(auditor.get(f"/register/items/{item}"))
    assert iris.send(f"{address}/open-again", {"reason": "A mistake.", "seen": "4"}).status_code == 302
    assert "In force" in text_of(iris.get(address))
