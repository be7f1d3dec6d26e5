"""ALGO-CARE that measures itself: letters turn by themselves, and each opens what is known beside it."""

import re
from datetime import date, timedelta
from html import unescape

import pytest

from algocare.demo.assessing import answer_all, read_answers
from assessments.questionnaire.rules import answers_digest
from foundation.accounts.queries import find_account
from foundation.accounts.values import Role
from model_runtime.challenges.service import receive
from model_runtime.challenges.values import Words
from registry.catalogue.queries import read_catalogue
from registry.catalogue.service import revise
from registry.catalogue.values import Change
from registry.models.queries import find_use, get_model

ADDRESS = "/models/return-to-custody"


def tiles(page: str) -> dict[str, tuple[str, str]]:
    """Word of each tile to its state and words."""
    found = re.findall(r'ac-tile--(\w+)">.*?tile__word">(\w+)<.*?<span>([^<]+)</span>', page, re.S)
    return {word: (state, unescape(words)) for state, word, words in found}


@pytest.fixture
def approved(registered, cast, clock, grant):
    """The model's one use, answered and approved a week ago; its number."""
    people = cast(registered)
    with registered.write() as session:
        use = find_use(session, "return-to-custody", "resettlement-support")
        assessment = answer_all(session, people.owner, use, read_answers(), clock.now() - timedelta(days=9))
        assessment.stage = use.stage = "submitted"
        session.flush()
        told = {"expires_on": date(2027, 11, 1), "at": clock.now() - timedelta(days=7)}
        grant(session, people.chair, use, answers_sha256=answers_digest(assessment), **told)
        return use.id


def test_letters_turn_by_themselves_and_open_what_is_known_beside_them(
    registered, approved, cast, clock, visit
) -> None:
    member = visit(registered, Role.COMMITTEE_MEMBER)
    page = member.get(ADDRESS).get_data(as_text=True)
    before = tiles(page)
    assert before["Ownership"] == before["Challengeable"] == ("met", "Met")
    assert before["Lawful"][0] == "attention"
    assert "not checked by a lawyer" in before["Lawful"][1]
    assert before["Granularity"] == ("not_met", "Last night's watch is missing")
    assert before["Responsible"] == ("attention", "Not published")
    assert f'href="{ADDRESS}/uses/{approved}/letters#lawful"' in page
    assert "How far it may go: operational until 1 November 2027." in page

    _end_a_gateway(registered, clock)
    with registered.write() as session:
        words = Words("parent", "model", "Ann", "ann@example.org", "", "It is wrong about my son.")
        receive(session, words, get_model(session, "return-to-custody"), clock.now())
    assert tiles(member.get(ADDRESS).get_data(as_text=True))["Challengeable"][0] == "attention"
    clock.advance(days=185)
    member = visit(registered, Role.COMMITTEE_MEMBER)  # the old session has ended by now
    after = tiles(member.get(ADDRESS).get_data(as_text=True))
    assert after["Lawful"][0] == after["Challengeable"][0] == after["Ownership"][0] == "not_met"
    assert after["Ownership"][1].startswith("Attestation overdue since")
    owner = visit(registered, Role.MODEL_OWNER)
    assert "Attest that you answer for Return to custody" in owner.get("/home").get_data(as_text=True)

    letters = member.get(f"{ADDRESS}/uses/{approved}/letters").get_data(as_text=True)
    assert tiles(letters) == after
    for known in ("Owner&#39;s word", "Gateways checked by a lawyer", "Named expert", "Public record", "Challenges"):
        assert known in letters
    assert "Dr Morgan Hale" in letters
    assert f'href="/footing/uses/{approved}"' in letters
    assert "Read the answers" in letters
    practitioner = visit(registered, Role.PRACTITIONER).get(f"{ADDRESS}/uses/{approved}/letters")
    assert practitioner.status_code == 200
    assert "Read the answers" not in practitioner.get_data(as_text=True)
    assert member.get(f"/models/risk-of-neet/uses/{approved}/letters").status_code == 404


def _end_a_gateway(database, clock) -> None:
    """A provision that the model's inputs rest on is ended in the register."""
    with database.write() as session:
        catalogue = read_catalogue(session)
        use = find_use(session, "return-to-custody", "resettlement-support")
        item = catalogue.items[use.version.features[0].item_id]
        law = catalogue.gateways[item.gateways[0]]
        ended = law.model_copy(update={"ended_on": date(2026, 11, 22), "ended_reason": "Repealed"})
        keeper = find_account(session, "iris.governance").actor()
        revise(session, keeper, ended, change=Change.ENDED, reason="Repealed.", at=clock.now())
