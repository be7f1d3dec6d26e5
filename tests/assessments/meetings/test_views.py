"""A meeting in pages: the secretary calls it, the chair opens and closes it, members read what was decided."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from algocare.reports import SOURCES

pytestmark = pytest.mark.one_database

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CALL = {"day": "23/11/2026", "starts": "10.00", "ends": "12:00", "place": "City Hall, room 1"}
PLACE = "/committee/meetings/1"


@pytest.fixture
def sees(story, visit):
    """A function that gives a signed-in visitor to whom reports are told as they are in the running service."""

    def enter(role: str):
        client = visit(story.database, role)
        client.house = replace(client.house, reports=SOURCES)
        return client

    return enter


def text_of(client, address: str = PLACE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_a_meeting_from_its_call_to_its_close(story, sees, clock) -> None:
    item = story.submit()
    secretary, chair, mina = sees("committee_secretary"), sees("chair"), sees("committee_member")
    assert "No meeting is called" in text_of(mina, "/committee/meetings")
    assert "Meetings and their minutes" in text_of(mina, "/committee")
    call = "/committee/meetings/call"
    for wrong, said in (
        ({"day": "31/2/2026"}, "Enter a real date"),
        ({"starts": "noon"}, "Enter a time, like 14:30"),
        ({"day": "1/1/2026"}, "Enter a time to come"),
        ({"place": ""}, "Say where members meet"),
    ):
        answer = secretary.send(call, {**CALL, **wrong})
        assert (answer.status_code, said in answer.get_data(as_text=True)) == (422, True), wrong
    assert secretary.send(call, CALL).location == PLACE
    assert "Read the papers of meeting 1" in text_of(mina, "/home")
    shown = text_of(mina)
    for wanted in (
        "Meeting 1, 23 November 2026",
        "1 item has to be decided",
        "Nobody has challenged a score",
        "10:00am",
    ):
        assert wanted in shown, wanted
    assert "Any other business" not in shown
    assert secretary.send(f"{PLACE}/business", {"title": ""}, page=PLACE).status_code == 422
    assert secretary.send(f"{PLACE}/business", {"title": "Training"}, page=PLACE).status_code == 302
    assert secretary.send(f"{PLACE}/lines/business-1/move?to=up", page=PLACE).status_code == 302
    off = f"{PLACE}/lines/report-cases/put-off"
    assert secretary.send(off, {"note": ""}).status_code == 422
    assert secretary.send(off, {"note": "No time."}).status_code == 302
    assert secretary.get(f"{PLACE}/lines/item-99/put-off").status_code == 404
    assert "Breaches and other cases. No time." in text_of(mina)
    assert b"SUMMARY:Ethics committee\\, meeting 1" in mina.get(f"{PLACE}.ics").data
    assert chair.send(f"{PLACE}/open", page=PLACE).status_code == 409, "not before its day"
    clock.advance(days=1)
    chair = sees("chair")
    assert chair.send(f"{PLACE}/open", page=PLACE).status_code == 302
    assert "There is no quorum: 2 more voting members and 1 more independent must join" in text_of(chair)
    people = {name: getattr(story.cast, name).account_id for name in ("mina", "tom", "grace")}
    here = {f"state_{number}": "present" for number in people.values()} | {f"unnamed_{people['tom']}": "y"}
    secretary = sees("committee_secretary")
    assert secretary.send(f"{PLACE}/attendance", {**here, "state_999": "present"}, page=PLACE).status_code == 302
    assert secretary.send(f"{PLACE}/attendance", {f"state_{people['tom']}": "asleep"}, page=PLACE).status_code == 422
    assert "The meeting has its quorum" in text_of(chair)
    assert "Not decided" in text_of(chair, f"{PLACE}/close")
    assert secretary.get(f"{PLACE}/close").status_code == 403
    story.vote_all(item, mina="approve")
    assert "1 member has voted" in text_of(chair)
    assert chair.send(f"{PLACE}/close").status_code == 302
    assert chair.send(f"{PLACE}/close", page="/home").status_code == 409
    assert "0 of 1 item was decided" in text_of(sees("auditor"))


def test_a_meeting_called_off_says_why(story, sees) -> None:
    secretary = sees("committee_secretary")
    secretary.send("/committee/meetings/call", CALL)
    assert secretary.send(f"{PLACE}/call-off", {"reason": ""}).status_code == 422
    assert secretary.send(f"{PLACE}/call-off", {"reason": "The hall is flooded."}).status_code == 302
    assert "It was called off. The hall is flooded." in text_of(secretary)
    assert secretary.send(f"{PLACE}/call-off", {"reason": "Again."}, page="/home").status_code == 409
