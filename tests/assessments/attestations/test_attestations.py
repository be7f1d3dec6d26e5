"""Every six months somebody says that they still answer for a model, and which source they opened."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from assessments.attestations.facts import tell_source, tell_word
from assessments.attestations.queries import find_newest, list_tasks
from assessments.attestations.rules import check_told
from assessments.attestations.service import attest
from assessments.attestations.tables import Attestation
from assessments.attestations.values import STATEMENTS, Told
from foundation.accounts.values import Role
from foundation.errors import Forbidden, Invalid
from foundation.ledger.tables import LedgerEntry
from registry.models.queries import get_model

TODAY = date(2026, 11, 22)
TOLD = Told("train.py", "1.0", TODAY, frozenset(STATEMENTS))
NAMED = datetime(2026, 5, 1, 12, tzinfo=UTC)
MODEL = SimpleNamespace(slug="one", registered_at=NAMED, code_reference={"location": "train.py", "revision": "1.0"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"location": " "}, "location"),
        ({"revision": ""}, "revision"),
        ({"revision": "x" * 201}, "revision"),
        ({"opened_on": None}, "opened_on"),
        ({"opened_on": TODAY + timedelta(days=1)}, "opened_on"),
        ({"opened_on": TODAY - timedelta(days=32)}, "opened_on"),
        ({"confirmed": frozenset(STATEMENTS) - {"unchanged"}}, "confirmed"),
    ],
)
def test_half_an_attestation_is_none(change, field) -> None:
    check_told(TOLD, TODAY)
    with pytest.raises(Invalid) as refused:
        check_told(replace(TOLD, **change), TODAY)
    assert list(refused.value.problems) == [field]


@pytest.mark.parametrize(
    ("today", "attested", "state", "brief"),
    [
        (date(2026, 9, 30), None, "good", ""),
        (date(2026, 10, 1), None, "amber", "Attestation due by 31 October 2026"),  # 183 days after 1 May
        (date(2026, 10, 31), None, "amber", "Attestation due by 31 October 2026"),
        (date(2026, 11, 1), None, "red", "Attestation overdue since 31 October 2026"),
        (date(2026, 11, 1), datetime(2026, 10, 20, tzinfo=UTC), "good", ""),
    ],
)
def test_an_owner_who_says_nothing_turns_ownership_by_themselves(today, attested, state, brief) -> None:
    row = Attestation(at=attested) if attested else None
    told = tell_word(MODEL, row, today, 183)
    assert (told.letter, told.state, told.brief) == ("ownership", state, brief)


@pytest.mark.parametrize(
    ("opened", "reference", "state"),
    [
        (None, MODEL.code_reference, "none"),
        (("train.py", "1.0"), MODEL.code_reference, "good"),
        (("train.py", "2.0"), MODEL.code_reference, "amber"),
        (None, {}, "amber"),
    ],
)
def test_the_source_that_was_opened_is_the_one_that_was_registered(opened, reference, state) -> None:
    row = Attestation(location=opened[0], revision=opened[1], opened_on=TODAY) if opened else None
    told = tell_source(SimpleNamespace(slug="one", code_reference=reference), row, TODAY)
    assert told.state == state


def test_the_owner_attests_is_asked_again_and_nobody_else_does(registered, cast, clock) -> None:
    people = cast(registered)
    with registered.read() as session:
        assert list_tasks(session, people.owner, clock.now()) == []
        later = clock.now() + timedelta(days=184)
        overdue, near = (list_tasks(session, people.deputy, at)[0] for at in (later, later - timedelta(days=2)))
        assert (overdue.tag, near.tag) == ("Overdue", "Due soon")
        assert list_tasks(session, people.practitioner, later) == []
    with registered.write() as session:
        model = get_model(session, "return-to-custody")
        for stranger in (people.other_owner, people.chair):
            with pytest.raises(Forbidden):
                attest(session, stranger, model, TOLD, clock.now())
        attest(session, people.owner, model, replace(TOLD, location=" train.py "), later - timedelta(days=183))
        model_id, newest = model.id, find_newest(session, model.id)
        assert newest is not None
        assert (newest.location, newest.deputy_id, newest.by_id) == ("train.py", model.deputy_id, model.owner_id)
        entry = session.query(LedgerEntry).filter_by(kind="attested").one()
        assert b"train.py" not in entry.body
    with registered.read() as session:
        assert [task.tag for task in list_tasks(session, people.owner, later)] == ["Due soon"]
        assert list_tasks(session, people.owner, later, days=366) == []
    with pytest.raises(Exception, match="only ever grows"), registered.write() as session:
        find_newest(session, model_id).revision = "another"


@pytest.mark.one_database
def test_the_page_asks_the_owner_and_shows_everybody_what_was_said(registered, visit, clock) -> None:
    address = "/models/return-to-custody/attestations"
    client = visit(registered, Role.MODEL_OWNER)
    page = client.get(address).get_data(as_text=True)
    assert "Nobody has attested yet" in page
    assert 'value="algocare/demo/return_to_custody/train.py"' in page
    sent = {"location": "train.py", "revision": "tag 1", "opened_on": "tomorrow", "confirmed": list(STATEMENTS)}
    refused = client.send(address, sent)
    assert refused.status_code == 422
    assert "Enter a real date" in refused.get_data(as_text=True)
    refused = client.send(address, {"opened_on": "1/1/2026", "confirmed": ["answers"]}).get_data(as_text=True)
    for said in (
        "Say where the source is kept",
        "Say which revision",
        "Open the source now",
        "Confirm every statement",
    ):
        assert refused.count(said) == 2  # in the summary and at its field
    assert client.send(address, {**sent, "opened_on": "22/11/2026"}).status_code == 303
    seen = visit(registered, Role.AUDITOR).get(address).get_data(as_text=True)
    assert "train.py, revision tag 1" in seen
    assert "What do you confirm?" not in seen
    assert visit(registered, Role.AUDITOR).post(address).status_code in (400, 403)
    assert client.get("/models/risk-of-neet/attestations").status_code == 404
