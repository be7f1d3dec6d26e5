"""Minutes in pages: the secretary writes, the chair agrees, the public reads what is published."""

import html
import re
import sys

import pytest

from audit.minutes.jobs import build
from audit.minutes.service import publish, withhold
from foundation.settings import Settings
from tests.audit.minutes.conftest import SAID

pytestmark = pytest.mark.one_database

PLACE = "/committee/meetings/1/minutes"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of a test, with the public register on."""
    return settings.model_copy(update={"public_register": True})


def text_of(client, address: str = PLACE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def test_from_the_secretarys_notes_to_the_public(held, visit, clock) -> None:
    secretary, chair, anybody = (
        visit(held.database, "committee_secretary"),
        visit(held.database, "chair"),
        visit(held.database),
    )
    assert "Write the minutes of meeting 1" in text_of(secretary, "/home")
    assert secretary.send(f"{PLACE}/hand-in", page="/home").status_code == 404, "nothing is written yet"
    assert secretary.send(f"{PLACE}/write", {"opening": "Welcome.", "item-1": ""}).status_code == 302
    refused = secretary.send(f"{PLACE}/hand-in", page=PLACE)
    assert (refused.status_code, "Write what was said on this item" in refused.get_data(as_text=True)) == (422, True)
    assert secretary.send(f"{PLACE}/write", {"opening": "Welcome.", "item-1": "x" * 10_001}).status_code == 422
    assert secretary.send(f"{PLACE}/write", {"opening": "Welcome.", "item-1": SAID}).status_code == 302
    assert chair.send(f"{PLACE}/agree", page=PLACE).status_code == 409
    assert secretary.send(f"{PLACE}/hand-in", page=PLACE).status_code == 302
    assert secretary.get(f"{PLACE}/write").status_code == 409
    assert chair.send(f"{PLACE}/send-back", {"reason": ""}).status_code == 422
    assert secretary.get(f"{PLACE}/public").status_code == 409, "nothing is withheld before it is agreed"
    assert chair.send(f"{PLACE}/agree", page=PLACE).status_code == 302
    assert "Fingerprint of the agreed minutes" in text_of(visit(held.database, "auditor"))
    assert anybody.get("/public/minutes/1").status_code == 404, "agreed is not published"
    held_back = f"{PLACE}/withhold/item-1.said.2"
    assert secretary.send(held_back, {"reason": "", "note": "x"}).status_code == 422
    assert secretary.send(held_back, {"reason": "commercial", "note": ""}).status_code == 422
    assert secretary.send(held_back, {"reason": "commercial", "note": "The price."}).status_code == 302
    always = f"{PLACE}/withhold/item-1.decision"
    assert secretary.send(always, {"reason": "security", "note": "x"}, page=f"{PLACE}/public").status_code == 409
    assert "For colleagues: The price." in text_of(secretary, f"{PLACE}/public")
    assert secretary.send(f"{PLACE}/publish", page=PLACE).status_code == 302
    told = text_of(anybody, "/public/minutes/1")
    for wanted in ("[withheld: commercial confidence]", "approved this use", "A member dissented", "Mina Farah"):
        assert wanted in told, wanted
    for secret in ("4,200", "The price.", "Tom Ashdown", "Olivia"):
        assert secret not in told, secret
    assert "Meeting 1, 22 November 2026" in text_of(anybody, "/public/minutes")
    assert "Read what it said" in text_of(anybody, "/public")
    assert secretary.send(f"{PLACE}/tell/item-1.said.2", page=f"{PLACE}/public").status_code == 302
    assert "4,200" in text_of(anybody, "/public/minutes/1")


def test_pdfs_are_given_once_made_and_asked_for_again_when_they_fail(held, visit, clock, monkeypatch) -> None:
    held.agree()
    held.do(publish, held.cast.secretary)
    secretary, anybody = visit(held.database, "committee_secretary"), visit(held.database)
    for address in (f"{PLACE}.pdf", "/public/minutes/1.pdf"):
        assert anybody.get(address).status_code in (302, 404)
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "weasyprint", None)
        for form in ("full", "public"):
            with pytest.raises(Exception, match="Pango"):
                build(held.database, clock, 1, form)
    assert "Pango is missing" in text_of(secretary)
    assert secretary.send(f"{PLACE}/make-again", page=PLACE).status_code == 302
    for form in ("full", "public"):
        build(held.database, clock, 1, form)
    for client, address in ((secretary, f"{PLACE}.pdf"), (anybody, "/public/minutes/1.pdf")):
        answer = client.get(address)
        assert (answer.mimetype, answer.data[:5]) == ("application/pdf", b"%PDF-")
    held.do(withhold, held.cast.secretary, part="item-1.said.1", reason="personal_data", note="A pupil.")
    assert anybody.get("/public/minutes/1.pdf").status_code == 404, "the old file is given to nobody"


def test_with_the_public_register_off_there_are_no_public_minutes(held, visit, settings) -> None:
    held.agree()
    held.do(publish, held.cast.secretary)
    anybody = visit(held.database)
    anybody.house = type(anybody.house)(
        settings.model_copy(update={"public_register": False}), held.database, anybody.house.clock, None
    )
    for address in ("/public/minutes", "/public/minutes/1", "/public/minutes/1.pdf"):
        assert anybody.get(address).status_code == 404, address
