"""The committee's pages, as each role meets them, and the whole way from questions to approval."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from algocare.demo.assessing import fields_of, read_answers
from algocare.demo.preparing import prepare
from assessments.decisions.queries import list_open_conditions
from assessments.questionnaire.values import load_questionnaire
from registry.models.queries import find_approval, get_use

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def test_the_agenda_says_what_to_decide_and_what_was_decided(story, visit) -> None:
    member = visit(story.database, "committee_member")
    assert "Nothing waits for the committee" in member.get("/committee").get_data(as_text=True)
    item = story.submit()
    text = member.get("/committee").get_data(as_text=True)
    assert "1 item waits for the committee" in text
    assert f"/committee/items/{item}" in text
    story.decide(item, "approve")
    text = member.get("/committee").get_data(as_text=True)
    assert "On 22 November 2026 the ethics committee approved this use in the shadow. 3 votes to approve." in text


def test_the_papers_hold_everything_on_one_page(story, visit) -> None:
    item = story.submit()
    text = visit(story.database, "committee_member").get(f"/committee/items/{item}").get_data(as_text=True)
    for wanted in (
        "With the committee",
        "Of 100 people it flags, about",
        "By ethnicity",
        "Olivia Owen",
        "Whether or when a person is released",
        "0 members have voted; 3 more votes are needed",
        "Do you have an interest in this item?",
    ):
        assert wanted in text
    assert "Your vote" not in text


def test_a_member_declares_then_votes_and_sees_no_other_vote(story, visit) -> None:
    item = story.submit()
    story.declare(story.cast.tom, item)
    story.vote(story.cast.tom, item, "reject", "Too few people were asked.")
    address = f"/committee/items/{item}"
    mina = visit(story.database, "committee_member")
    assert mina.send(f"{address}/vote", {"choice": "approve"}, page=address).status_code == 409
    assert mina.send(f"{address}/interest", {"declared": "stayed"}, page=address).status_code == 422
    assert mina.send(f"{address}/interest", {"declared": "none"}, page=address).status_code == 302
    assert mina.send(f"{address}/vote", {"choice": "reject"}, page=address).status_code == 422
    assert mina.send(f"{address}/vote", {"choice": "suspend", "reason": "x"}, page=address).status_code == 422
    assert mina.send(f"{address}/vote", {"choice": "approve"}, page=address).status_code == 302
    assert mina.send(f"{address}/vote", {"choice": "approve"}, page=address).status_code == 409
    for role in ("committee_member", "chair", "auditor", "accountable_officer"):
        text = visit(story.database, role).get(address).get_data(as_text=True)
        assert "Too few people were asked." not in text
        assert "2 members have voted" in text


def test_the_chair_closes_records_and_everybody_sees_the_dissent(story, visit) -> None:
    item = story.submit()
    address = f"/committee/items/{item}"
    chair = visit(story.database, "chair")
    assert chair.send(f"{address}/close", page=address).status_code == 409
    story.vote_all(item, mina="approve_with_conditions", tom="reject", grace="approve_with_conditions")
    assert chair.send(f"{address}/decide", {"outcome": "approve", "reasons": "x"}, page=address).status_code == 409
    assert chair.send(f"{address}/close", page=address).status_code == 302
    given = {"outcome": "approve_with_conditions", "reasons": "Help only.", "review_on": "1/9/2027"}
    bad = chair.send(f"{address}/decide", {**given, "review_on": "31/2/2027"}, page=address)
    assert (bad.status_code, "Enter a real date" in bad.get_data(as_text=True)) == (422, True)
    assert chair.send(f"{address}/decide", given, page=address).status_code == 422
    given |= {"condition_1_text": "Write to families", "condition_1_duty": "challengeable"}
    assert chair.send(f"{address}/decide", given, page=address).status_code == 422
    given |= {"condition_1_due": "4/12/2026"}
    assert chair.send(f"{address}/decide", given, page=address).status_code == 302
    assert story.stage() == "approved"
    text = visit(story.database, "auditor").get(address).get_data(as_text=True)
    assert (
        "approved this use in the shadow with 1 condition. 2 votes to approve with conditions and 1 to reject." in text
    )
    assert "To reject (dissent)" in text
    assert "4 December 2026" in text
    assert chair.send(f"{address}/decide", given, page=address).status_code == 409


@pytest.mark.one_database
def test_where_the_committee_advises_an_officer_decides_on_the_page(story, visit) -> None:
    """The item says what was advised, by whom it is decided, and why a decision departs (R09)."""
    item = story.submit()
    address = f"/committee/items/{item}"
    chair, officer = visit(story.database, "chair"), visit(story.database, "accountable_officer")
    for client in (chair, officer):
        settings = client.house.settings.model_copy(update={"committee_advises": True})
        client.house = replace(client.house, settings=settings)
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.close(item)
    assert officer.send(f"{address}/determine", {"outcome": "approve"}, page="/home").status_code == 409
    assert "Record the advice" in chair.get(address).get_data(as_text=True)
    advised = {"outcome": "approve", "reasons": "Help only.", "review_on": "1/9/2027"}
    assert chair.send(f"{address}/decide", advised, page=address).status_code == 302
    assert story.stage() == "submitted"
    text = officer.get(address).get_data(as_text=True)
    for wanted in ("the ethics committee advised to approve. 3 votes to approve.", "Nothing runs before that."):
        assert wanted in text
    assert "Decide on the committee&#39;s advice" in officer.get("/home").get_data(as_text=True)
    refused = officer.send(f"{address}/determine", {"outcome": "reject", "reasons": "Not yet."}, page=address)
    assert (refused.status_code, "give the reasons that everybody can read" in refused.get_data(as_text=True)) == (
        422,
        True,
    )
    departed = {"outcome": "reject", "reasons": "Not yet.", "published_reasons": "The leaflet is not ready."}
    assert officer.send(f"{address}/determine", departed, page=address).status_code == 302
    text = visit(story.database, "auditor").get(address).get_data(as_text=True)
    for wanted in ("Why not as the committee advised", "The leaflet is not ready.", "What the committee advised"):
        assert wanted in text
    assert story.stage() == "rejected"


@pytest.mark.one_database
def test_the_item_says_what_stands_in_the_way_and_what_changed(story, visit) -> None:
    story.approve()
    item = story.ask_for_pilot()
    address, chair = f"/committee/items/{item}", visit(story.database, "chair")
    text = chair.get(address).get_data(as_text=True)
    for wanted in ("Pilot: named teams", "Two in three take it up.", "4 seats vote today", "of the 1 needed"):
        assert wanted in text
    assert chair.send(f"{address}/again", page="/home").status_code == 409
    story.change_law()
    text = chair.get(address).get_data(as_text=True)
    assert "the law it rests on or who shares the data changed." in text
    again = chair.send(f"{address}/again", page=address)
    assert (again.status_code, again.location) == (302, f"/committee/items/{item + 1}")
    assert "No longer needed" in chair.get(address).get_data(as_text=True)


def test_a_condition_goes_from_its_owner_to_the_chair(story, visit) -> None:
    story.approve([("Write to families", date(2026, 12, 4))])
    with story.database.read() as session:
        number = list_open_conditions(session, [story.use_id])[0].id
    address = f"/committee/conditions/{number}"
    owner, chair = visit(story.database, "model_owner"), visit(story.database, "chair")
    assert chair.send(f"{address}/met", page=address).status_code == 409
    assert owner.send(f"{address}/answer", {"evidence": ""}, page=address).status_code == 422
    assert owner.send(f"{address}/answer", {"evidence": "Sent on 1 December."}, page=address).status_code == 302
    assert owner.send(f"{address}/met", page=address).status_code == 403
    assert chair.send(f"{address}/met", page=address).status_code == 302
    assert "by Cara Whitfield" in owner.get(address).get_data(as_text=True)


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("chair", 302),
        ("accountable_officer", 302),
        ("data_protection_officer", 302),
        ("model_owner", 302),
        ("committee_member", 403),
        ("contributor", 403),
        ("auditor", 403),
        ("practitioner", 403),
        ("administrator", 403),
    ],
)
def test_who_can_suspend_at_once(story, visit, role, status) -> None:
    story.approve()
    address = f"/committee/uses/{story.use_id}/suspend"
    client = visit(story.database, role)
    assert client.send(address, {"reason": "A child was misread."}, page="/home").status_code == status
    assert story.stage() == ("suspended" if status == 302 else "approved")


def test_a_suspension_needs_a_reason_and_happens_once(story, visit) -> None:
    story.approve()
    chair = visit(story.database, "chair")
    address = f"/committee/uses/{story.use_id}/suspend"
    assert chair.get(address).status_code == 200
    assert chair.send(address, {"reason": " "}).status_code == 422
    assert chair.send(address, {"reason": "Doubt"}).status_code == 302
    assert chair.send(address, {"reason": "Doubt"}).status_code == 409


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("committee_member", 200),
        ("chair", 200),
        ("accountable_officer", 200),
        ("auditor", 200),
        ("data_protection_officer", 200),
        ("model_owner", 403),
        ("contributor", 403),
        ("practitioner", 403),
        ("administrator", 403),
    ],
)
def test_who_may_see_the_committee(story, visit, role, status) -> None:
    item = story.submit()
    client = visit(story.database, role)
    assert client.get("/committee").status_code == status
    assert client.get(f"/committee/items/{item}").status_code == status
    for what in ("interest", "vote", "close", "decide"):
        expected = {"committee_member": ("interest", "vote"), "chair": ("interest", "vote", "close", "decide")}
        answer = client.send(f"/committee/items/{item}/{what}", page="/home").status_code
        assert (answer == 403) is (what not in expected.get(role, ()))


def test_a_forged_post_casts_no_vote(story, visit) -> None:
    item = story.submit()
    member = visit(story.database, "committee_member")
    assert member.post(f"/committee/items/{item}/interest", data={"declared": "none"}).status_code == 400
    assert member.post(f"/committee/items/{item}/vote", data={"choice": "approve"}).status_code == 400


def test_the_whole_way_in_pages_from_the_first_question_to_an_approval(story, visit) -> None:
    owner = visit(story.database, "model_owner")
    address = owner.send(f"/models/return-to-custody/uses/{story.use_id}/assess", page="/home").location
    given = {one["code"]: one for one in read_answers()}
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        prepare(session, story.cast.owner, use, NOON)
        asked = {q.code: fields_of(q, given[q.code], use) for q in load_questionnaire().questions}
    for letter in load_questionnaire().letters:
        form = {}
        for question in letter.questions:
            form[f"{question.field}_text"] = given[question.code]["text"]
            if question.asks_choice:
                form[f"{question.field}_choice"] = given[question.code]["answer"]
            form |= asked[question.code]
            evidence = given[question.code]["evidence"][0]
            note = {"title": evidence["title"], "text": "See there.", "kind": evidence.get("kind", "other")}
            assert owner.send(f"{address}/evidence/{question.code}", note).status_code == 302
        assert owner.send(f"{address}/{letter.code}", form).status_code == 302
    sent = owner.send(f"{address}/submit", page=address)
    assert sent.status_code == 302
    chair = visit(story.database, "chair")
    place = re.search(r"/committee/items/\d+", chair.get("/committee").get_data(as_text=True)).group(0)
    item = int(place.rsplit("/", 1)[1])
    story.vote_all(item, tom="approve", grace="approve")
    mina = visit(story.database, "committee_member")
    mina.send(f"{place}/interest", {"declared": "none"}, page=place)
    mina.send(f"{place}/vote", {"choice": "approve"}, page=place)
    assert chair.send(f"{place}/close", page=place).status_code == 302
    decided = {"outcome": "approve", "reasons": "Help only, with a person deciding.", "review_on": "2027-09-01"}
    assert chair.send(f"{place}/decide", decided, page=place).status_code == 302
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        assert (use.stage, find_approval(session, use).expires_on.isoformat()) == ("approved", "2027-09-01")
