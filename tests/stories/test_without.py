"""The practitioner's job without script, and without a mouse."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import text

from foundation.clock import SystemClock
from foundation.database.connection import Database

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("lived"), pytest.mark.timeout(180)]

REASON = "They have a tenancy and a job to go to, which the model cannot know."


@pytest.fixture
def clock() -> SystemClock:
    """The demonstration lives in today."""
    return SystemClock()


@pytest.fixture
def copied(lived: Path, tmp_path: Path) -> Iterator[Database]:
    """The demonstration's database, copied."""
    shutil.copyfile(lived / "algocare.db", tmp_path / "algocare.db")
    database = Database(f"sqlite:///{tmp_path / 'algocare.db'}")
    yield database
    database.close()


@pytest.fixture
def somebody(copied: Database) -> str:
    """The reference of a person who was never scored."""
    with copied.read() as session:
        unscored = "SELECT reference FROM person WHERE id NOT IN (SELECT person_id FROM score) ORDER BY id"
        return session.scalars(text(unscored)).first()


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


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus says these words; a person at a keyboard can do no more."""
    for _ in range(120):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
            " return (l ? l.innerText : e.innerText) || ''; })()"
        )
        if words in focused:
            return
    raise AssertionError(f"{words!r} cannot be reached with the keyboard on {page.url}")


def test_a_score_is_asked_for_and_judged_with_the_keyboard_alone(
    copied: Database, somebody: str, arrive: Callable
) -> None:
    visitor = arrive(copied)
    page: Page = visitor.page
    visitor.go("/sign-in")
    tab_to(page, "Pat Nowak")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.go(f"/people/{somebody}")
    tab_to(page, "Offer of resettlement support")
    page.keyboard.press("Space")
    tab_to(page, "Ask for an advisory score")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visitor.check("Return to custody:")
    tab_to(page, "I agree")
    page.keyboard.press("Space")
    tab_to(page, "Why?")
    page.keyboard.type(REASON)
    tab_to(page, "Record my judgement")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert REASON in visitor.text()
