"""The practitioner's job without script, and without a mouse."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from foundation.clock import SystemClock
from foundation.database.connection import Database

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("lived"), pytest.mark.timeout(180)]

REASON = "They have a tenancy and a job to go to, which the model cannot know."


@pytest.fixture
def clock() -> SystemClock:
    """The demonstration lives in today."""
    return SystemClock()


def test_a_score_is_asked_for_and_judged_without_script(copied: Database, somebody: str, arrive: Callable) -> None:
    visitor = arrive(copied, script=False)
    page: Page = visitor.page
    visitor.go("/sign-in")
    with page.expect_navigation():
        page.get_by_role("button", name="Pat Nowak").click()
    visitor.go(f"/people/{somebody}")
    page.get_by_label("Offer of resettlement support").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Ask for an advisory score").click()
    assert "Advisory only" in page.locator(".ac-advisory").inner_text()
    assert "Of 100 people in this band" in visitor.text()
    page.get_by_label("I disagree").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Record my judgement").click()
    assert "Say why" in page.locator(".govuk-error-summary").inner_text()
    page.get_by_label("Why?").fill(REASON)
    with page.expect_navigation():
        page.get_by_role("button", name="Record my judgement").click()
    assert REASON in visitor.text()


def test_a_score_is_asked_for_and_judged_with_the_keyboard_alone(
    copied: Database, somebody: str, arrive: Callable
) -> None:
    visitor = arrive(copied)
    page: Page = visitor.page
    visitor.go("/sign-in")
    visitor.tab_to("Pat Nowak")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.go(f"/people/{somebody}")
    visitor.tab_to("Offer of resettlement support")
    page.keyboard.press("Space")
    visitor.tab_to("Ask for an advisory score")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.check("Return to custody:")
    visitor.tab_to("I agree")
    page.keyboard.press("Space")
    visitor.tab_to("Why?")
    page.keyboard.type(REASON)
    visitor.tab_to("Record my judgement")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert REASON in visitor.text()
