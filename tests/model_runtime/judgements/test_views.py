"""The judgement on the page of its score."""

import pytest
from sqlalchemy import update

from model_runtime.people.tables import Person

WORDS = {"view": "disagree", "reason": "They have work now.", "action": "Call them in May."}


@pytest.fixture
def page(approved, ask):
    return f"/scores/{ask().reference}"


@pytest.fixture
def browser(approved, visit):
    return visit(approved.database, "practitioner")


def test_a_judgement_is_recorded_and_shown(browser, page):
    answer = browser.send(f"{page}/judgement", WORDS, page=page)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    shown = browser.get(page).get_data(as_text=True)
    for part in ("Your judgement was recorded.", "I disagree", "They have work now.", "Call them in May."):
        assert part in shown
    assert "Record my judgement" not in shown


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"view": ""}, "Say whether you agree, disagree or did not use it"),
        ({"view": "maybe"}, "Not a valid choice"),
        ({"reason": " "}, "Say why"),
        ({"reason": "x" * 4001}, "Write at most 4,000 characters"),
    ],
)
def test_what_is_missing_is_said_beside_the_score(browser, page, changes, problem):
    answer = browser.send(f"{page}/judgement", {**WORDS, **changes}, page=page)
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert problem in shown
    assert "There is a problem" in shown
    assert "Advisory only. A prompt for your professional judgement" in shown
    assert "Call them in May." in shown


def test_a_second_judgement_is_refused(browser, page):
    token_page = "/people/RC-0001"
    browser.send(f"{page}/judgement", WORDS, page=token_page)
    answer = browser.send(f"{page}/judgement", {**WORDS, "view": "agree"}, page=token_page)
    assert answer.status_code == 409
    assert "You have recorded your judgement on this score already" in answer.get_data(as_text=True)
    assert "I disagree" in browser.get(page).get_data(as_text=True)


def test_another_agency_cannot_judge(approved, browser, page):
    with approved.database.write() as session:
        session.execute(update(Person).values(agency_code="BCC"))
    assert browser.send(f"{page}/judgement", WORDS, page="/people").status_code == 404


def test_words_are_shown_as_words(browser, page):
    browser.send(f"{page}/judgement", {**WORDS, "reason": "<script>alert(1)</script>"}, page=page)
    assert "<script>alert(1)" not in browser.get(page).get_data(as_text=True)
