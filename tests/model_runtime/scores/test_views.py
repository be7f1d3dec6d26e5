"""Asking for a score in the browser, and its pages."""

import csv
import html
import io
import json
import re

import pytest
from sqlalchemy import select, text, update

from model_runtime.people.tables import Person
from model_runtime.scores.tables import Refusal, Score, Viewing
from model_runtime.scores.values import HEADLINE, LABEL, AdvisoryScore
from registry.models.service import suspend
from tests.model_runtime.conftest import count, ledger, take


def press(browser, person="RC-0001", **data):
    """Fill in the form on a person's page and press the button."""
    page = browser.get(f"/people/{person}").get_data(as_text=True)
    key = re.search(r'name="request_key"[^>]*value="([^"]+)"', page)
    data = {"request_key": key.group(1) if key else "none", **data}
    return browser.send(f"/people/{person}/score", data, page="/people/RC-0001")


@pytest.fixture
def browser(approved, visit):
    return visit(approved.database, "practitioner")


def test_a_practitioner_asks_and_is_led_to_the_score(approved, browser):
    answer = press(browser, purpose=str(approved.use_id))
    assert answer.status_code == 303
    assert re.fullmatch(r"/scores/S-[0-9A-Z]{4}-[0-9A-Z]{4}", answer.headers["Location"])
    assert count(approved, Score) == 1


def test_the_page_says_first_what_a_score_is(approved, ask, browser):
    score = ask()
    answer = browser.get(f"/scores/{score.reference}")
    shown = html.unescape(answer.get_data(as_text=True))
    advisory = AdvisoryScore.from_dict(score.advisory)
    assert answer.status_code == 200
    assert f">{advisory.title}</h1>" in shown
    order = [shown.index(part) for part in (advisory.title, HEADLINE, LABEL, advisory.frequency.sentence)]
    assert order == sorted(order)
    told = [
        "Return to custody, version 1",
        "Offer of resettlement support",
        "14 November 2026",
        "3 March 2027",
        advisory.challenge_route,
        advisory.frequency.base_sentence,
        advisory.weights.sentence,
        *advisory.limits,
        *advisory.wrong_before,
        *advisory.cannot_know,
        *advisory.excluded_decisions,
        *(reason.sentence for reason in advisory.reasons),
        advisory.reference,
    ]
    assert [part for part in told if part not in shown] == []
    assert "Record my judgement" in shown
    assert "All 12 reasons" in shown


def test_no_decimal_score_is_shown(approved, ask, browser):
    score = ask()
    shown = browser.get(f"/scores/{score.reference}").get_data(as_text=True)
    for digits in range(2, 6):
        assert f"{score.value:.{digits}f}" not in shown
    assert f"{score.value * 100:.1f}" not in shown


@pytest.mark.parametrize("ending", ["", ".json", ".csv"])
def test_every_look_is_recorded(approved, ask, browser, ending):
    score = ask()
    for times in (1, 2):
        assert browser.get(f"/scores/{score.reference}{ending}").status_code == 200
        assert count(approved, Viewing) == times
        assert len(ledger(approved.database, "score_viewed")) == times
    assert ledger(approved.database, "score_viewed")[0]["actor"] == approved.cast.practitioner.reference


@pytest.mark.parametrize("ending", ["", ".json", ".csv"])
def test_a_look_that_cannot_be_recorded_does_not_happen(approved, ask, browser, ending):
    score = ask()
    with approved.database.write() as session:
        session.execute(text("DROP TABLE viewing"))
    answer = browser.get(f"/scores/{score.reference}{ending}")
    assert answer.status_code >= 500
    assert "Advisory only" not in answer.get_data(as_text=True)


def test_the_json_is_the_whole_advisory_score(approved, ask, browser):
    score = ask()
    answer = browser.get(f"/scores/{score.reference}.json")
    assert answer.content_type == "application/json"
    (whole,) = json.loads(answer.data)
    assert AdvisoryScore.from_dict(whole) == AdvisoryScore.from_dict(score.advisory)
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_csv_carries_label_limits_and_challenge(approved, ask, browser):
    score = ask()
    answer = browser.get(f"/scores/{score.reference}.csv")
    (row,) = csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig")))
    assert (row["headline"], row["label"]) == (HEADLINE, LABEL)
    assert row["challenge_route"].startswith("Tell your resettlement worker")
    assert "North Carolina" in row["limits"]
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{score.reference}.csv"'


def test_a_double_click_is_one_score(approved, browser):
    data = {"purpose": str(approved.use_id), "request_key": "the same press"}
    first, second = press(browser, **data), press(browser, **data)
    assert first.headers["Location"] == second.headers["Location"]
    assert count(approved, Score) == 1


def test_a_refusal_is_as_careful_as_a_score(approved, browser):
    take(approved, suspend, "Its figures got worse.")
    answer = press(browser, purpose=str(approved.use_id))
    assert answer.status_code == 303
    shown = browser.get(answer.headers["Location"]).get_data(as_text=True)
    for part in (
        "There is no score",
        "Suspended",
        "this use was suspended on 22 November 2026 by Cara Whitfield. The reason given: Its figures got worse.",
        "Only the ethics committee can open it again, by a new decision.",
        "Until then, decide as you would without a model",
        "RC-0001",
        "Offer of resettlement support",
        "22 November 2026 at 12:00pm",
    ):
        assert part in shown
    assert count(approved, Viewing) == 0


def test_another_purpose_is_refused_and_recorded(approved, browser):
    answer = press(browser, purpose="other", other_purpose="Deciding on recall")
    shown = browser.get(answer.headers["Location"]).get_data(as_text=True)
    assert "has not approved the purpose you stated" in shown
    assert "Deciding on recall" in shown
    with approved.database.read() as session:
        assert session.scalars(select(Refusal)).one().code == "unknown_purpose"


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({}, "Say what you need the score for"),
        ({"purpose": "other"}, "Say which other purpose"),
        ({"purpose": "other", "other_purpose": "x" * 201}, "Write at most 200 characters"),
        ({"purpose": "999"}, "Not a valid choice"),
        ({"purpose": "1", "request_key": ""}, "Reload the page and try again"),
    ],
)
def test_an_unfinished_form_comes_back_and_nothing_is_asked(approved, browser, data, problem):
    answer = press(browser, **data)
    assert answer.status_code == 422
    assert problem in answer.get_data(as_text=True)
    assert (count(approved, Score), count(approved, Refusal)) == (0, 0)


@pytest.mark.parametrize("person", ["RC-0002", "RC-9999"])
def test_asking_about_another_agencys_person_and_nobody_looks_the_same_and_is_recorded(approved, browser, person):
    answer = press(browser, person=person, purpose=str(approved.use_id))
    assert answer.status_code == 404
    assert "among those your agency works with" in answer.get_data(as_text=True)
    assert count(approved, Refusal) == 1


def test_another_agency_sees_no_score_no_file_and_no_refusal(approved, ask, browser):
    score, refusal = ask(), ask(purpose="Recall", use_id=None)
    with approved.database.write() as session:
        session.execute(update(Person).where(Person.reference == "RC-0001").values(agency_code="BCC"))
    addresses = [f"/scores/{score.reference}{ending}" for ending in ("", ".json", ".csv")]
    for address in (*addresses, f"/refusals/{refusal.reference}", "/scores/S-0000-0000", "/refusals/%00"):
        assert browser.get(address).status_code == 404, address
    assert count(approved, Viewing) == 0


@pytest.mark.parametrize("role", ["auditor", "administrator", "model_owner", "data_protection_officer"])
def test_only_practitioners_see_scores(approved, ask, visit, role):
    score = ask()
    browser = visit(approved.database, role)
    for ending in ("", ".json", ".csv"):
        assert browser.get(f"/scores/{score.reference}{ending}").status_code == 403
    assert browser.send("/people/RC-0001/score", {"purpose": "1"}, page="/people").status_code == 403


@pytest.mark.parametrize("role", ["auditor", "accountable_officer", "data_protection_officer"])
def test_oversight_reads_refusals_without_whom_they_were_about(approved, ask, visit, role):
    ask(purpose="Deciding on recall", use_id=None)
    ask(person="RC-0002")
    answer = visit(approved.database, role).get("/refusals")
    shown = answer.get_data(as_text=True)
    assert answer.status_code == 200
    for part in ("unknown_purpose", "Deciding on recall", "other_agency", "Return to custody, version 1"):
        assert part in shown
    assert "RC-0" not in shown


def test_practitioners_do_not_read_everybodys_refusals(approved, browser):
    assert browser.get("/refusals").status_code == 403
