"""The gallery in a real browser: WCAG 2.2 AA, 320 pixels, no script, paper, and nothing asked of another server."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("front-end")]  # one process serves and opens the gallery

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],  # what passes is not described, which takes most of the time
}
WIDE, NARROW = {"width": 1160, "height": 900}, {"width": 320, "height": 640}


def _open(browser: Browser) -> Page:
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(10_000)
    return context.new_page()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = _open(browser)
    yield page
    page.context.close()


@pytest.fixture(scope="module")
def opened(browser: Browser, address: str) -> Iterator[SimpleNamespace]:
    """The gallery, opened once for all that only look at it, and what was said and asked for on the way."""
    said: list[str] = []
    asked: list[str] = []
    page = _open(browser)
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    yield SimpleNamespace(page=page, said=said, asked=asked)
    page.context.close()


def _unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


def test_the_gallery_meets_wcag_22_aa_at_320_pixels_and_never_scrolls_sideways(page: Page, address: str) -> None:
    page.set_viewport_size(NARROW)
    page.goto(address)
    table = page.get_by_role("region", name="Where each feature comes from, and by what law")
    table.focus()
    page.keyboard.press("ArrowRight")  # a wide table is scrolled with the keyboard
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    _unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert _faults(page) == []


def test_the_error_page_meets_wcag_22_aa_at_both_widths(page: Page, address: str) -> None:
    page.goto(address + "/refused")
    _unfold(page)
    assert _faults(page) == []
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert _faults(page) == []


def test_errors_and_notices_meet_wcag_22_aa_and_each_error_leads_to_its_field(page: Page, address: str) -> None:
    """The gallery on a wide screen, with everything that it shows without errors as well."""
    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("button", name="Record my judgement").click()
    assert page.title().startswith("Error: ")
    for sentence, field in [("Say whether", "opinion"), ("Say why", "why"), ("Give the day", "review_on-day")]:
        page.locator(".govuk-error-summary").get_by_text(sentence).click()
        assert page.evaluate("document.activeElement.id").startswith(field)
    _unfold(page)
    assert _faults(page) == []


def test_the_policy_stops_nothing_and_every_request_goes_to_our_own_server(opened, address: str) -> None:
    assert opened.said == []
    assert {"algocare.css", "pictures.css", "algocare.js", "govuk-frontend.min.js"} <= {
        url.rsplit("/", 1)[-1] for url in opened.asked
    }
    assert [url for url in opened.asked if not url.startswith(address + "/")] == []


def test_the_script_of_the_components_has_started(opened) -> None:
    opened.page.wait_for_selector("[data-govuk-button-init]", state="attached")


def test_without_script_a_form_still_says_what_is_wrong(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert page.get_by_text("Advisory only. A prompt for your professional judgement").is_visible()
    page.get_by_text("The figures as a table").first.click()
    assert page.get_by_role("rowheader", name="Nov 2025").is_visible()
    with page.expect_navigation():
        page.get_by_role("button", name="Record my judgement").click()
    assert page.get_by_text("There is a problem").is_visible()
    context.close()


def test_the_first_key_press_offers_to_skip_to_the_content(page: Page, address: str) -> None:
    page.goto(address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").strip() == "Skip to main content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main-content"


def test_on_paper_the_advisory_panel_and_the_folded_tables_are_all_there(opened) -> None:
    page = opened.page
    page.emulate_media(media="print")
    try:
        assert page.locator(".ac-advisory").is_visible()
        assert page.get_by_text("Every person here is invented.").is_visible()
        assert page.locator("details:not([open])").count() == 4
        assert page.get_by_role("rowheader", name="Nov 2025").bounding_box()["height"] > 0
        assert page.get_by_role("button", name="Sign out").is_hidden()
    finally:
        page.emulate_media(media="screen")


def test_the_state_of_a_tile_shows_in_the_kind_of_its_edge_not_only_in_its_colour(opened) -> None:
    kind = "tile => getComputedStyle(tile, '::before').borderTopStyle + getComputedStyle(tile).borderBottomWidth"
    states = ("met", "due", "attention", "not_met", "none")
    edges = {state: opened.page.locator(f".ac-tile--{state}").first.evaluate(kind) for state in states}
    assert len(set(edges.values())) == 5, edges


def test_the_page_that_is_open_is_marked_in_the_navigation(opened) -> None:
    assert opened.page.locator("nav [aria-current=page]").all_inner_texts() == ["Models"]
