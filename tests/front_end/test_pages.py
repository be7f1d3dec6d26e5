"""The gallery in a real browser: WCAG 2.2 AA, 320 pixels, no script, paper, and nothing asked of another server."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.story

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW = {"width": 1160, "height": 900}, {"width": 320, "height": 640}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=WIDE)
    context.set_default_timeout(10_000)
    yield context.new_page()
    context.close()


def _unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")


def _faults(page: Page) -> list[str]:
    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "320 pixels"])
@pytest.mark.parametrize("path", ["/", "/refused"])
def test_a_page_meets_wcag_22_aa(page: Page, address: str, path: str, size: dict) -> None:
    page.set_viewport_size(size)
    page.goto(address + path)
    _unfold(page)
    assert _faults(page) == []


def test_a_page_with_errors_and_notices_meets_wcag_22_aa(page: Page, address: str) -> None:
    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("button", name="Record my judgement").click()
    assert page.title().startswith("Error: ")
    assert _faults(page) == []


def test_each_error_leads_to_the_field_it_is_about(page: Page, address: str) -> None:
    page.goto(address)
    with page.expect_navigation():
        page.get_by_role("button", name="Record my judgement").click()
    for sentence, field in [("Say whether", "opinion"), ("Say why", "why"), ("Give the day", "review_on-day")]:
        page.locator(".govuk-error-summary").get_by_text(sentence).click()
        assert page.evaluate("document.activeElement.id").startswith(field)


@pytest.mark.parametrize("path", ["/", "/refused"])
def test_nothing_scrolls_sideways_at_320_pixels(page: Page, address: str, path: str) -> None:
    page.set_viewport_size(NARROW)
    page.goto(address + path)
    _unfold(page)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_wide_table_is_scrolled_with_the_keyboard_at_320_pixels(page: Page, address: str) -> None:
    page.set_viewport_size(NARROW)
    page.goto(address)
    table = page.get_by_role("region", name="Where each feature comes from, and by what law")
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")


def test_the_policy_stops_nothing_and_every_request_goes_to_our_own_server(page: Page, address: str) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert said == []
    assert {"algocare.css", "pictures.css", "algocare.js", "govuk-frontend.min.js"} <= {
        url.rsplit("/", 1)[-1] for url in asked
    }
    assert [url for url in asked if not url.startswith(address + "/")] == []


def test_the_script_of_the_components_has_started(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("[data-govuk-button-init]", state="attached")


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


def test_on_paper_the_advisory_panel_and_the_folded_tables_are_all_there(page: Page, address: str) -> None:
    page.goto(address)
    page.emulate_media(media="print")
    assert page.locator(".ac-advisory").is_visible()
    assert page.get_by_text("Every person here is invented.").is_visible()
    assert page.locator("details:not([open])").count() == 4
    assert page.get_by_role("rowheader", name="Nov 2025").bounding_box()["height"] > 0
    assert page.get_by_role("button", name="Sign out").is_hidden()


def test_the_state_of_a_tile_shows_in_the_kind_of_its_edge_not_only_in_its_colour(page: Page, address: str) -> None:
    page.goto(address)
    kind = "tile => getComputedStyle(tile, '::before').borderTopStyle + getComputedStyle(tile).borderBottomWidth"
    states = ("met", "due", "attention", "not_met", "none")
    edges = {state: page.locator(f".ac-tile--{state}").first.evaluate(kind) for state in states}
    assert len(set(edges.values())) == 5, edges


def test_the_page_that_is_open_is_marked_in_the_navigation(page: Page, address: str) -> None:
    page.goto(address)
    assert page.locator("nav [aria-current=page]").all_inner_texts() == ["Models"]
