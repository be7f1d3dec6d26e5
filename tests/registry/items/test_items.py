"""Data items: told apart by group and name, honest about the law they rest on, and changed in two steps."""

import re
from datetime import date
from html import unescape

import pytest

from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from foundation.errors import NotFound, Refused
from registry.catalogue.queries import read_catalogue
from registry.footing.grounds import grounds_of
from registry.footing.queries import answer_use
from registry.items.queries import find_item, list_resting
from registry.items.rules import without_gateway
from registry.items.values import ItemEntry
from registry.models.queries import list_uses
from registry.models.tables import Approval, ApprovalFooting


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))))


def shown_of(answer) -> dict[str, str]:
    """What a page of a change hands on in its hidden fields."""
    page = answer.get_data(as_text=True)
    return {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page).group(1) for name in ("seen", "shown")}


def approve_as_it_stands(database: Database, clock: StoppedClock) -> None:
    """An approval of the demonstration's use, on the footing the register has now."""
    with database.write() as session:
        use = list_uses(session)[0]
        answer = answer_use(session, use, london_date(clock.now()))
        use.stage = "approved"
        plain = {"fingerprint": "f" * 64, "answers_sha256": "a" * 64, "conditions": [], "granted_by_id": 1}
        approval = Approval(
            use_id=use.id, granted_at=clock.now(), expires_on=date(2027, 11, 1), permission="shadow", **plain
        )
        session.add(approval)
        session.flush()
        state = read_catalogue(session).state
        session.add(ApprovalFooting(approval_id=approval.id, state=state, grounds=grounds_of(answer)))


def test_a_gateway_is_taken_off_one_item_only_where_it_stands() -> None:
    item = ItemEntry(id=1, group="Crime", name="Offence", sources=("ASC",), gateways=(4, 9))
    assert without_gateway(item, 4).gateways == (9,)
    with pytest.raises(NotFound, match="does not cite gateway 5"):
        without_gateway(item, 5)
    with pytest.raises(Refused):
        without_gateway(item.model_copy(update={"ended_on": date(2026, 1, 1)}), 4)


def test_an_item_shows_its_line_its_repairs_its_footing_and_its_models(registered: Database, visit) -> None:
    with registered.read() as session:
        parent = find_item(session, "Health", "Teenage Parent").id
        used = find_item(session, "Crime", "Person Committed Offence").id
        named = find_item(session, "Risk Models", "Risk of NEET").id
        assert [(row.slug, row.number) for row in list_resting(session, [used])] == [("return-to-custody", 1)]
        assert list_resting(session, [parent]) == []
        original = read_catalogue(session).items[parent].origin.original
    client = visit(registered, "auditor")
    said = text_of(client.get(f"/register/items/{parent}"))
    for part in (
        original,
        "Typed in Cyrillic letters that look like Latin ones",
        "No model held here uses it",
        "From Bristol City Council",
        "No sharing agreement of Bristol City Council is about it",
        "No lawyer has verified how section 1",
        "How sensitive Special category data",
        "Taken in from a file",
    ):
        assert part in said
    assert not original.isascii()
    page = client.get(f"/register/items/{used}").get_data(as_text=True)
    assert "/models/return-to-custody/versions/1" in page
    assert f"/lineage/items/{used}" in page
    assert "/change" not in page  # an auditor keeps nothing
    assert "/models/risk-of-neet" in client.get(f"/register/items/{named}").get_data(as_text=True)
    assert client.get("/register/items/999").status_code == client.get("/register/items/-1").status_code == 404


def test_the_list_is_narrowed_and_taken_away_as_a_file(founded: Database, visit) -> None:
    client = visit(founded, "auditor")
    page = client.get("/register/items").get_data(as_text=True)
    found = re.findall(r'href="/register/items/(\d+)">Other Professional Referral</a>', page)
    assert len(set(found)) == 6
    said = text_of(client.get("/register/items?gateway=13&agency=DWP"))
    assert "1 of 41 data items fits what you chose" in said
    assert "Out of Work Benefits" in said
    assert "No data item fits" in text_of(client.get("/register/items?text=nothing-is-called-this"))
    rows = client.get("/register/items.csv?group=Health").get_data(as_text=True).splitlines()
    assert rows[0].startswith("id,group,name,sources,gateways,subjects,matter,sensitivity")
    assert len(rows) == 4
    told = client.get("/register/items.json?group=Health&text=teenage").get_json()
    assert [one["name"] for one in told["items"]] == ["Teenage Parent"]
    assert told["items"][0]["sources"] == ["BCC"]
    assert (told["as_at"], len(told["state"])) == (None, 64)


def test_what_stops_is_shown_and_confirmed_before_a_gateway_is_taken_off(
    registered: Database, visit, clock: StoppedClock
) -> None:
    approve_as_it_stands(registered, clock)
    with registered.read() as session:
        item = find_item(session, "Crime", "Prisoner 12 Months From Release").id
    clock.advance(days=1)
    client, address = visit(registered, "information_governance"), f"/register/items/{item}/gateways/7/drop"
    first = client.get(address)
    said = text_of(first)
    assert "1 approved use stops at once" in said
    assert "Until 1 November 2027" in said
    assert "is no longer shared under section 325" in said
    for lacking, sentence in (
        ({"reason": "The notice was withdrawn."}, "Read what stops, then confirm it"),
        ({"confirmed": "y"}, "Say why the register changes"),
        ({"reason": "Blind.", "confirmed": "y", "shown": "forged"}, "Read what stops, then confirm it"),
    ):
        refused = client.send(address, {**shown_of(first), **lacking})
        assert refused.status_code == 422
        assert sentence in text_of(refused)
        assert "1 approved use stops at once" in text_of(refused)
    told = {**shown_of(first), "reason": "The notice was <b>withdrawn</b>.", "confirmed": "y"}
    assert client.send(address, told).location == f"/register/items/{item}"
    assert client.send(address, told, page=f"/register/items/{item}/end").status_code == 404  # it cites it no more
    page = client.get(f"/register/items/{item}").get_data(as_text=True)
    assert "The notice was &lt;b&gt;withdrawn&lt;/b&gt;." in page
    assert "gateways/7/drop" not in page
    then = client.get(f"/register/items/{item}?as_at=22/11/2026").get_data(as_text=True)
    assert "The register as it stood at the end of 22 November 2026" in then
    assert 'href="/register/gateways/7?as_at=2026-11-22"' in then  # links keep the day
    assert "/register/gateways/7" not in page
    assert "withdrawn" not in then
    cited = f'/register/items/{item}"', f"/register/items/{item}?as_at=2026-11-22"
    assert cited[0] not in client.get("/register/gateways/7").get_data(as_text=True)
    assert cited[1] in client.get("/register/gateways/7?as_at=2026-11-22").get_data(as_text=True)


def test_an_item_is_entered_changed_ended_and_opened_again_by_forms(
    founded: Database, visit, clock: StoppedClock
) -> None:
    client = visit(founded, "information_governance")
    told = {"group": "Health", "name": "Hospital Visit", "sources": ["BCC", "EHM"], "gateways": ["1", "10"]}
    blank = client.get("/register/enter/item").get_data(as_text=True)
    assert re.search(r'value="">Choose one', blank)  # nothing is chosen before somebody chooses
    assert "Expected &#39;crime&#39;" in client.send("/register/enter/item", {**told, "matter": ""}).get_data(
        as_text=True
    )
    told |= {"subjects": ["anybody"], "matter": "health", "sensitivity": "special_category", "refresh_days": "x"}
    refused = client.send("/register/enter/item", {**told, "made_from": "Crime: Nonsense"})
    assert refused.status_code == 422
    assert "The register has no data item 'Crime: Nonsense'" in text_of(refused)
    refused = client.send("/register/enter/item", told)
    assert "Expected a whole number" in text_of(refused)
    told |= {"refresh_days": "7", "made_from": "Crime: Person Committed Offence"}
    entered = client.send("/register/enter/item", told)
    assert entered.status_code == 302
    assert client.send("/register/enter/item", told).status_code == 422  # group and name are taken
    item = entered.location
    form = client.get(f"{item}/change").get_data(as_text=True)
    assert "Crime: Person Committed Offence" in form
    assert re.search(r'value="EHM"\s+checked', form)
    mine = {**told, "retention": "Six years", "reason": "The schedule says so.", "seen": "1"}
    assert client.send(f"{item}/change", {**mine, "reason": ""}).status_code == 422
    assert client.send(f"{item}/change", mine).status_code == 302
    late = client.send(f"{item}/change", {**mine, "name": "Other Name"})  # still looks at the first revision
    assert late.status_code == 409
    with founded.read() as session:
        assert find_item(session, "Health", "Other Name") is None  # nothing of it was half kept
    assert "Somebody else changed Health: Other Name while you were looking at it" in text_of(late)
    page = client.get(f"{item}/end")
    assert "No approved use of a model rests on this alone" in text_of(page)
    over = {**shown_of(page), "reason": "It is not collected any more.", "confirmed": "y", "day": "22/11/2026"}
    for day, sentence in (("21/11/2026", "Nothing is ended in the past"), ("soon", "Enter a real date")):
        assert sentence in text_of(client.send(f"{item}/end", {**over, "day": day}))
    asked_again = client.send(f"{item}/end", {**over, "day": "1/12/2026"})  # another day than the one that was shown
    assert "Read what stops, then confirm it" in text_of(asked_again)
    assert client.send(f"{item}/end", over).status_code == 302
    said = text_of(client.get(item))
    assert "This ended on 22 November 2026. It is not collected any more." in said
    assert client.get(f"{item}/change").status_code == 409
    again = {"reason": "It was the wrong item.", "seen": "3"}
    assert client.send(f"{item}/open-again", again).status_code == 302
    with founded.read() as session:
        entry = read_catalogue(session).find_item("Health", "Hospital Visit")
        assert (entry.ended_on, entry.retention, entry.refresh_days) == (None, "Six years", 7)
    history = text_of(client.get("/register/history?thing=item"))
    assert "Data item opened again: Health: Hospital Visit" in history
