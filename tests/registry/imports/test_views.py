"""The pages on which a file is handed in, looked at, accepted or discarded."""

import io
import re
from html import unescape

from foundation.database.connection import Database
from foundation.ledger.values import digest
from registry.catalogue.queries import read_catalogue
from registry.imports.service import REFERENCE
from registry.models.queries import find_use

ITEMS = "group,name,sources,gateways\nHealth,Teenage Parent,BCC,1\nHealth,New Item,\u0412\u0421\u0421,1\n".encode()


def words(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def hand_in(client, content: bytes, thing: str = "items"):
    data = {"thing": thing, "file": (io.BytesIO(content), "new items.csv")}
    return client.send("/register/imports/upload", data, content_type="multipart/form-data")


def test_a_file_is_looked_at_accepted_and_listed(founded: Database, visit) -> None:
    client = visit(founded, "information_governance")
    handed_in = hand_in(client, ITEMS)
    assert handed_in.status_code == 302, words(handed_in)
    page = handed_in.location
    shown = client.get(page)
    said = words(shown)
    for part in (
        "Nothing is in the register yet",
        "1 entry is new",
        "1 entry changes",
        "1 repair ",
        "Row 3 Sources \u0412\u0421\u0421 BCC Typed in Cyrillic",
        "Row 2 Health: Teenage Parent",
        "Row 3 Health: New Item",
        "Handed in by Iris Bello",
    ):
        assert part in said, part
    assert "3,repaired,sources,\u0412\u0421\u0421,BCC" in client.get(f"{page}/list.csv").get_data(as_text=True)
    assert "new items.csv" in words(client.get("/register/imports"))
    seen = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', shown.get_data(as_text=True)).group(1)
    without = client.send(f"{page}/accept", {"seen": seen}, page=page)
    assert without.status_code == 422
    assert "Error: " in words(without)
    assert "Say why" in words(without)
    stale = client.send(f"{page}/accept", {"seen": "0" * 64, "reason": "Why"}, page=page)
    assert stale.status_code == 409
    assert "The register changed since you looked" in words(stale)
    with founded.read() as session:
        assert read_catalogue(session).find_item("Health", "New Item") is None
    done = client.send(f"{page}/accept", {"seen": seen, "reason": "New extract."}, page=page)
    assert done.status_code == 302, words(done)
    run = words(client.get(done.location))
    assert "2 rows of new items.csv were taken in" in run
    assert "Accepted by Iris Bello" in run
    assert "Taken in" in words(client.get(page))
    again = hand_in(client, ITEMS)
    assert again.status_code == 200
    assert "This file changes nothing" in words(again)


def test_problems_are_shown_at_their_place_and_nothing_is_kept(founded: Database, visit) -> None:
    client = visit(founded, "information_governance")
    assert client.send("/register/imports/upload", {}).status_code == 422
    bad = hand_in(client, b"group,name,sources,gateways\nA,B,bcc,99\nHealth,Teenage Parent,BCC,\n")
    assert bad.status_code == 422
    assert "new items.csv, row 2, column gateways: The register has no legal gateway 99." in words(bad)
    assert "1 row refused" in words(bad)
    broken = hand_in(client, b'group,name,sources\nA,"B,BCC\n')
    assert broken.status_code == 422
    assert "new items.csv, row 2, column name: A quotation mark" in words(broken)
    assert "Files that wait" not in words(client.get("/register/imports"))


def test_what_stops_is_said_and_discarding_leaves_the_register(registered: Database, visit, clock) -> None:
    with registered.write() as session:
        find_use(session, "return-to-custody", "resettlement-support").stage = "approved"
    client = visit(registered, "information_governance")
    page = hand_in(client, b"group,name,sources,gateways\nCrime,Person Committed Offence,DWP,9\n").location
    said = words(client.get(page))
    assert "1 approved use stops at once" in said
    assert "Department for Work and Pensions has no lawful route" in said
    assert client.send(f"{page}/discard", page=page).status_code == 302
    assert "Discarded" in words(client.get(page))
    assert client.send(f"{page}/discard", page="/register/imports/upload").status_code == 409


def test_the_list_shows_every_file_and_repair_and_templates_come_as_csv(founded: Database, visit) -> None:
    reader, keeper = visit(founded, "auditor"), visit(founded, "information_governance")
    said = words(reader.get("/register/imports"))
    assert digest((REFERENCE / "data_items.csv").read_bytes()) in said
    assert said.count("data_items.csv, row") == 17
    assert "Hand in a file" not in said
    assert reader.get("/register/imports/upload").status_code == 403
    assert "With the reference files" in words(reader.get("/register/imports/3"))
    template = keeper.get("/register/imports/columns/agreements.csv")
    assert template.mimetype == "text/csv"
    assert template.get_data(as_text=True).startswith("code,title,parties,items,gateways,starts_on")
    for address in ("columns/nothing.csv", "proposals/99", "99"):
        assert keeper.get(f"/register/imports/{address}").status_code == 404
