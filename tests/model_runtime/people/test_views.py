"""Pages of people."""

from datetime import date

import pytest
from sqlalchemy import func, select

from foundation.ledger.queries import list_recent
from model_runtime.scores.tables import Viewing


def test_the_list_names_the_agencys_people_only(approved, visit):
    page = visit(approved.database, "practitioner").get("/people")
    shown = page.get_data(as_text=True)
    assert page.status_code == 200
    assert "RC-0001" in shown
    assert "RC-0002" not in shown
    assert "1 person known here" in shown


def test_a_person_is_found_by_part_of_the_reference(approved, visit):
    browser = visit(approved.database, "practitioner")
    assert "/people/RC-0001" in browser.get("/people?search=0001").get_data(as_text=True)
    nobody = browser.get("/people?search=0002").get_data(as_text=True)
    assert "/people/RC-0002" not in nobody
    assert "Nobody your agency works with" in nobody


def test_a_long_list_is_read_page_by_page(approved, visit, add):
    add(approved.database, *(f"X-{n:03}" for n in range(120)), at=approved.clock.now())
    browser = visit(approved.database, "practitioner")
    first, third = (browser.get(f"/people?page={page}").get_data(as_text=True) for page in (1, 3))
    assert first.count("/people/") == 50
    assert third.count("/people/") == 21
    assert "page 3 of 3" in third
    assert browser.get("/people?page=99").get_data(as_text=True).count("/people/") == 21
    for odd in ("0", "-3", "x", "1e9"):
        assert browser.get(f"/people?page={odd}").status_code == 200


def test_a_person_is_shown_in_plain_words(approved, visit):
    shown = visit(approved.database, "practitioner").get("/people/RC-0001").get_data(as_text=True)
    assert "Number of convictions before the one that led to this sentence" in shown
    assert "Took part in the prison&#39;s work programme during this sentence" in shown
    assert "14 November 2026" in shown
    assert "Avon and Somerset Constabulary" in shown
    assert "Offer of resettlement support (Return to custody)" in shown
    assert "Open. It may influence: which people leaving custody" in shown
    assert "Another purpose" in shown
    assert "Aged 24, born on 4 March 2002." in shown


def test_a_closed_use_says_so_before_anybody_asks(approved, visit, add):
    add(approved.database, "RC-0003", at=approved.clock.now(), as_of=date(2026, 9, 1))
    shown = visit(approved.database, "practitioner").get("/people/RC-0003").get_data(as_text=True)
    assert "Closed now. You cannot be shown a score: the model needs facts of the last 45 days" in shown


def test_looking_at_a_person_records_nothing(approved, visit):
    browser = visit(approved.database, "practitioner")
    before = _entries(approved)
    browser.get("/people")
    browser.get("/people/RC-0001")
    assert _entries(approved) == before
    with approved.database.read() as session:
        assert session.scalar(select(func.count(Viewing.id))) == 0


def test_earlier_answers_are_listed_without_what_they_say(approved, ask, visit):
    score, refusal = ask(), ask(purpose="Recall", use_id=None)
    shown = visit(approved.database, "practitioner").get("/people/RC-0001").get_data(as_text=True)
    assert f"/scores/{score.reference}" in shown
    assert f"/refusals/{refusal.reference}" in shown
    assert f"{score.use.version.band_of(score.value).name.lower()}</h1>" not in shown
    assert "Of 100 people" not in shown


@pytest.mark.parametrize("reference", ["RC-0002", "RC-9999", "%00", "..%2f", "%C3%BC"])
def test_another_agencys_person_and_nobody_look_the_same(approved, visit, reference):
    answer = visit(approved.database, "practitioner").get(f"/people/{reference}")
    assert answer.status_code == 404


@pytest.mark.parametrize("role", ["auditor", "administrator", "model_owner", "chair", "data_protection_officer"])
def test_only_practitioners_see_people(approved, visit, role):
    browser = visit(approved.database, role)
    assert browser.get("/people").status_code == 403
    assert browser.get("/people/RC-0001").status_code == 403


def _entries(world) -> int:
    with world.database.read() as session:
        return len(list_recent(session, 1000))
