"""Law falls away under an approved model: from the lawyer's confirmation to what a parent reads (R12, R16, R50)."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from foundation.clock import SystemClock, london_date
from foundation.database.connection import Database
from foundation.settings import Settings

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("lived"), pytest.mark.timeout(180)]

ITEM, SECTION = "Substance Misuse: Drugs and Alcohol Incident", "section 115 of the Crime and Disorder Act 1998"
REASON = "A court read the section more narrowly, and it no longer carries this disclosure."
GATEWAY = "/register/gateways/4"


@pytest.fixture
def clock() -> SystemClock:
    """The demonstration lives in today."""
    return SystemClock()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of a test, with the public register on."""
    return settings.model_copy(update={"public_register": True})


def end_the_gateway_by_keyboard(lawyer) -> None:
    """The lawyer sees which use would stop and why, is is held back until it is confirmed, and ends it."""
    lawyer.sign_in("Leo Marchetti")
    lawyer.go(GATEWAY)
    lawyer.follow("End it")
    lawyer.check("End")
    shown = lawyer.page.get_by_role("table").inner_text()
    for words in ("Return to custody, version 1", "Offer of resettlement support", ITEM, SECTION):
        assert words in shown
    lawyer.press("End it")
    assert "Say why the register changes" in lawyer.page.locator(".govuk-error-summary").inner_text()
    lawyer.tab_to("Why")
    lawyer.page.keyboard.type(REASON)
    lawyer.press("End it")
    assert "Read what stops, then confirm it" in lawyer.page.locator(".govuk-error-summary").inner_text()
    lawyer.tab_to("I have read what stops")
    lawyer.page.keyboard.press("Space")
    lawyer.tab_to("End it")
    with lawyer.page.expect_navigation():
        lawyer.page.keyboard.press("Enter")
    lawyer.check("Crime and Disorder Act 1998", kind="an ended gateway")
    assert REASON in lawyer.text()


def is_refused_without_script(practitioner, person: str) -> None:
    """The very next request is refused, before any job has run, and says which fact and which section."""
    practitioner.go("/sign-in")
    with practitioner.page.expect_navigation():
        practitioner.page.get_by_role("button", name="Pat Nowak").click()
    practitioner.go(f"/people/{person}")
    practitioner.page.get_by_label("Offer of resettlement support").check()
    practitioner.press("Ask for an advisory score")
    assert practitioner.page.locator("h1").inner_text() == "There is no score"
    assert ITEM in practitioner.text()
    assert SECTION in practitioner.text()


def test_ended_law_stops_a_model_at_once_and_everybody_is_told(
    copied: Database, somebody: str, arrive: Callable, worker_of: Callable, clock: SystemClock
) -> None:
    visitor, practitioner = arrive(copied), arrive(copied, script=False)
    practitioner.go("/public/models/return-to-custody")
    assert "In a pilot. It may be tried out until" in practitioner.text()

    end_the_gateway_by_keyboard(visitor)
    is_refused_without_script(practitioner, somebody)

    # The job puts it on the agenda once, with a case; the lineage shows it; yesterday's register does not.
    worker = worker_of(copied)
    assert worker.run_waiting() >= 1
    visitor.sign_in("Cara Whitfield")
    visitor.go("/committee")
    visitor.follow("Return to custody: the law it rests on no longer holds")
    visitor.check("the law it rests on no longer holds")
    assert ITEM in visitor.text()
    visitor.go("/cases")
    visitor.check("Cases")
    visitor.follow("The law it rests on no longer holds")
    visitor.check("The law it rests on no longer holds", kind="a case about law")
    assert SECTION in visitor.text()
    assert "gives no scores" in visitor.text()
    visitor.go("/lineage/gateways/4")
    visitor.check("Crime and Disorder Act 1998", kind="the lineage of ended law")
    assert "Nothing can rest on it any more" in visitor.text()
    assert "Offer of resettlement support" in visitor.text()
    yesterday = london_date(clock.now()) - timedelta(days=1)
    visitor.go(f"{GATEWAY}?as_at={yesterday}")
    visitor.check("Crime and Disorder Act 1998", kind="a gateway as it stood")
    assert "The register as it stood at the end of" in visitor.text()
    assert REASON not in visitor.text()

    # The owner has to explain it, and reads what the public reads.
    visitor.sign_in("Olivia Owen")
    assert "Explain: The law it rests on no longer holds" in visitor.text()
    visitor.go("/public/models/return-to-custody")
    visitor.check("Return to custody", kind="the public page of a stopped model")
    assert "The law it rests on no longer holds. Nobody may use it for now." in visitor.text()
    assert "It may be tried out until" not in visitor.text()
