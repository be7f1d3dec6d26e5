"""Stories are told in a real browser against a real server on loopback; every page they see is checked with axe.

Set ALGOCARE_PICTURES to a folder to keep the screenshots that the tour shows.
"""

import os
import shutil
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import text
from werkzeug.serving import WSGIRequestHandler, make_server

from algocare.worker import Worker
from foundation.clock import StoppedClock
from foundation.database.connection import Database

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = os.environ.get("ALGOCARE_PICTURES")


class Quietly(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log_request(self, *args, **kwargs) -> None:
        """Say nothing."""


class Visitor:
    """Somebody at a browser. Every page they see must be accessible, fit 320 pixels and come from our server alone."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.page: Page = context.new_page()
        self.address, self.examined = address, Counter()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._hear)

    def _hear(self, message) -> None:
        if message.type == "error" and "status of 4" not in message.text:
            self.complaints.append(message.text)

    def sign_in(self, name: str) -> None:
        """Become somebody of the cast by the one click that the demonstration offers."""
        self.go("/sign-in")
        if self.page.get_by_role("button", name="Sign out").count():
            self.page.get_by_role("button", name="Sign out").click()
            self.page.wait_for_url("**/sign-in*")
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_url("**/home")
        self.check("What waits for you")

    def go(self, path: str) -> None:
        """Open a page by its address."""
        self.page.goto(self.address + path)

    def check(self, heading: str, picture: str | None = None, *, kind: str | None = None, often: int = 1) -> None:
        """The page has this heading, breaks no accessibility rule, fits a phone and loads nothing from elsewhere.

        Pages of one kind (by default: of one address) are examined `often` times, then only looked at.
        """
        shown = self.page.locator("h1").first.inner_text()
        assert heading in shown, (
            f"expected {heading!r}, found {shown!r}: {self.page.locator('main').inner_text()[:600]}"
        )
        kind = kind or self.page.url.split("?")[0]
        if self.examined[kind] < often:
            self.examined[kind] += 1
            self._check_accessibility()
            self._check_small_screen()
        outside = [url for url in self.requests if not url.startswith((self.address, "data:", "about:"))]
        assert outside == []
        assert self.complaints == []
        if picture and PICTURES:
            self._keep(Path(PICTURES) / f"{picture}.png")

    def _keep(self, path: Path) -> None:
        """A picture of the first two screens of the page."""
        height = self.page.evaluate("document.documentElement.scrollHeight")
        part = {"x": 0, "y": 0, "width": 1160, "height": min(height, 1500)}
        self.page.screenshot(path=path, full_page=True, clip=part)

    def _check_accessibility(self) -> None:
        found = Axe().run(self.page, options={"runOnly": WCAG, "resultTypes": ["violations"]})
        broken = [f"{v['id']}: {v['help']} {[n['html'] for n in v['nodes']][:3]}" for v in found.response["violations"]]
        assert broken == [], f"{self.page.url}: {broken}"

    def _check_small_screen(self) -> None:
        size = self.page.viewport_size
        self.page.set_viewport_size({"width": 320, "height": 640})
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        self.page.set_viewport_size(size)
        assert wide <= 0, f"{self.page.url} scrolls sideways by {wide} pixels at 320 pixels"

    def press(self, name: str) -> None:
        """Press a button by its words and wait for the page that follows."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=name, exact=True).first.click()

    def follow(self, name: str) -> None:
        """Follow a link by its words."""
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=name).first.click()

    def tab_to(self, words: str) -> None:
        """Press Tab until the link, button or field of these words has the focus; a keyboard can do no more."""
        for _ in range(120):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(
                "(() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
                " return e.matches('a, button, input, select, textarea') ? (l || e).innerText || '' : ''; })()"
            )
            if words in focused:
                return
        raise AssertionError(f"{words!r} cannot be reached with the keyboard on {self.page.url}")

    def text(self) -> str:
        """What the page says."""
        return self.page.locator("main").inner_text()


@pytest.fixture
def serve(make_app) -> Iterator[Callable[[Database], str]]:
    """A function that serves a database on loopback and returns the address."""
    running = []

    def start(database: Database) -> str:
        server = make_server("127.0.0.1", 0, make_app(database), threaded=True, request_handler=Quietly)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(10)


@pytest.fixture
def arrive(browser: Browser, serve) -> Iterator[Callable[..., Visitor]]:
    """A function that brings a visitor to a served database, with or without script."""
    contexts = []

    def call(database: Database, *, script: bool = True) -> Visitor:
        context = browser.new_context(java_script_enabled=script, viewport={"width": 1160, "height": 900})
        context.set_default_timeout(20_000)
        contexts.append(context)
        return Visitor(context, serve(database))

    yield call
    for context in contexts:
        context.close()


@pytest.fixture
def worker_of(clock: StoppedClock, engine) -> Callable[[Database], Worker]:
    """The worker over a database, so that a story can let it do its waiting jobs."""
    return lambda database: Worker(database, clock, engine)


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
