"""Every kind of page of the demonstration, by following links as every role: it is accessible and says what it is."""

import re
import shutil
from collections import Counter, deque
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from algocare.app import create_app
from foundation.clock import SystemClock
from foundation.database.connection import Database
from foundation.settings import Settings

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("lived"), pytest.mark.timeout(420)]

PEOPLE = ("Olivia Owen", "Cara Whitfield", "Sam Okafor", "Pat Nowak", "Anna Sokolova", "Ada Clarke", "Dora Hughes")
"""One of every kind of work. What others see is a part of it: `tests/house/test_light.py` opens it as every role."""


OWN = (
    (
        "Iris Bello",
        {"keep_register"},
        "/register/agencies /register/agencies/BCC /register/systems/EYES /register/items/12 /register/gateways/4 "
        "/register/agreements/families-demonstration /register/imports",
        "/home /register/items/12?as_at={yesterday}",
    ),
    ("Leo Marchetti", {"verify_law", "sign_off_law"}, "/register/gateways/4 /footing/uses/3", "/home"),
    (
        "Nadia Rahman",
        {"register_model"},
        "/models/register /models/roni/versions/1/uses/careers-conversation",
        "/models/roni /models/roni/versions/1 /models/durham-hart /models/risk-of-neet /footing/uses/2",
    ),
    (
        None,
        {"public"},
        "",
        "/public /public/models/return-to-custody /public/models/roni /public/models/durham-hart "
        "/public/models/risk-of-neet /challenge /challenge/status",
    ),
)
"""People with pages that nobody else has: by which permission, which pages lead there, and which are theirs to see."""


PICTURES = {
    ("Cara Whitfield", "watches.show_run"): "watch-report",
    ("Cara Whitfield", "model.show"): "model",
    ("Olivia Owen", "home.home"): "owner-home",
    ("Anna Sokolova", "packs.list_packs"): "packs",
    ("Ada Clarke", "accounts.list_all"): "accounts",
    ("Dora Hughes", "gateways.list_all"): "gateways",
}
"""What the tour shows: taken when ALGOCARE_PICTURES is set."""


ALIKE = ("enter", "end", "drop")
"""Steps of keeping the register that look the same whatever is entered or ended."""


EXAMINED: Counter[str] = Counter()
"""How often each kind of page was examined: once, whoever comes first."""

ACTING = {"home.home", "model.show", "committee.show_item", "cases.show", "scores.show"}
"""Pages on which roles have different things to do: opened in the browser as every role."""


@pytest.fixture(scope="module")
def walked(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The demonstration's database, copied once for all walks, which only read."""
    target = tmp_path_factory.mktemp("walked") / "algocare.db"
    shutil.copyfile(lived / "algocare.db", target)
    return Database(f"sqlite:///{target}")


@pytest.fixture
def clock() -> SystemClock:
    """The demonstration lives in today."""
    return SystemClock()


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The settings of a test, with the public register on, as the demonstration is served."""
    return settings.model_copy(update={"public_register": True})


def shape_of(app, address: str) -> str:
    """The rule behind an address: pages of one kind are looked at once, each letter of ALGO-CARE by itself."""
    parts = urlsplit(address)
    endpoint, arguments = app.url_map.bind("localhost").match(parts.path, method="GET")
    first = endpoint.split(".")[1].split("_")[0]
    if first in ALIKE:
        return first
    return f"{endpoint} {arguments.get('code', '') if endpoint.startswith('assessments.') else ''}"


def permission_behind(app, address: str) -> str:
    """Who may see a page: what its door asks for."""
    endpoint, _ = app.url_map.bind("localhost").match(urlsplit(address).path, method="GET")
    return getattr(app.view_functions[endpoint], "permission", "")


def look(visitor, address: str, kind: str, *, often: int, picture: str | None = None) -> None:
    """Open a page that somebody was led to; it says that this is a demonstration and gives every date."""
    answer = visitor.page.goto(address)
    assert answer.status == 200, f"a link leads to {address}, which answers {answer.status}"
    visitor.check("", picture, kind=kind, often=often)
    assert "Demonstration." in visitor.page.locator("body").inner_text(), f"{address} does not say what it is"
    assert "not set" not in visitor.text(), f"{address} shows a date that is not set"


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_a_role_can_reach(name: str, walked: Database, arrive: Callable, settings: Settings, engine) -> None:
    app = create_app(settings, clock=SystemClock(), database=walked, engine=engine)
    visitor = arrive(walked)
    visitor.examined = EXAMINED
    visitor.sign_in(name)
    waiting, seen = deque(links_of(visitor)), set()
    while waiting:
        address = waiting.popleft()
        shape = shape_of(app, address)
        if shape in seen or is_file(shape) or permission_behind(app, address) == "public":
            continue
        seen.add(shape)
        if EXAMINED[shape] and shape.split()[0] not in ACTING and (name, shape.split()[0]) not in PICTURES:
            waiting.extend(links_behind(visitor, address))
            continue
        look(visitor, address, shape, often=1, picture=PICTURES.get((name, shape.split()[0])))
        waiting.extend(links_of(visitor))
    assert len(seen) >= 3


@pytest.mark.parametrize(("name", "permissions", "ways", "pages"), OWN, ids=[one[0] or "nobody" for one in OWN])
def test_the_pages_that_only_a_role_has(
    name: str | None,
    permissions: set[str],
    ways: str,
    pages: str,
    walked: Database,
    arrive: Callable,
    settings: Settings,
    engine,
) -> None:
    """The walks above cover what everybody can reach; here each kind of page is examined as the one who needs it."""
    app = create_app(settings, clock=SystemClock(), database=walked, engine=engine)
    visitor, seen = arrive(walked), set()
    if name:
        visitor.sign_in(name)
    for page in pages.format(yesterday=date.today() - timedelta(days=1)).split():
        look(visitor, visitor.address + page, page, often=1)
    for way in ways.split():
        visitor.go(way)
        for address in links_of(visitor):
            shape = shape_of(app, address)
            if shape in seen or is_file(shape) or permission_behind(app, address) not in permissions:
                continue
            seen.add(shape)
            look(visitor, address, shape, often=1)
    assert bool(seen) == bool(ways), "the pages on the way lead nowhere"


def test_the_pages_behind_forms(copied: Database, arrive: Callable, tmp_path: Path) -> None:
    """A file handed in, a use that its owner changes, and a challenge that is sent: what follows is examined too."""
    visitor = arrive(copied)
    visitor.go("/challenge")
    for words in ("I am a parent or carer of the person it is about", "The model itself"):
        visitor.page.get_by_label(words).check()
    for label, words in (("Your name", "A parent"), ("How can we reach you?", "parent@example.org")):
        visitor.page.get_by_label(label).fill(words)
    visitor.page.get_by_label("What is wrong, and what should happen?").fill("It should not be used about children.")
    visitor.press("Send the challenge")
    visitor.check("Your challenge was received")
    reference = visitor.page.locator(".ac-reference").inner_text()
    visitor.go("/challenge/status")
    visitor.page.get_by_label("Reference from your receipt").fill(reference)
    visitor.press("Show where it is")
    visitor.check("Where your challenge is", kind="a challenge's stage")

    visitor.sign_in("Iris Bello")
    visitor.go("/register/imports/upload")
    visitor.page.get_by_label("Agencies", exact=True).check()
    (tmp_path / "agencies.csv").write_text("code,name,kind\n\u0410WP,Avon  and Wiltshire Partnership,health\n", "utf-8")
    visitor.page.locator("input[type=file]").set_input_files(tmp_path / "agencies.csv")
    visitor.press("Read the file")
    visitor.check("agencies.csv", kind="an import proposed")

    visitor.sign_in("Nadia Rahman")
    use = "/models/roni/versions/1/uses/careers-conversation"
    visitor.go(f"{use}/change")
    visitor.page.get_by_label("Why the use changes").fill("Year 12 is to be offered it as well.")
    visitor.page.locator("[name=ages__maximum]").fill("17")
    visitor.press("Continue")
    visitor.check("Check what changes")
    visitor.press("Confirm the change")
    visitor.check("Offer of a careers conversation")
    visitor.go(f"{use}/compare")
    visitor.check("Edition 1 and edition 2 compared")


def links_of(visitor) -> list[str]:
    """Every link of our own on the page."""
    found = visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return [href.split("#")[0] for href in found if href.startswith(visitor.address)]


def links_behind(visitor, address: str) -> list[str]:
    """The links of a page that was examined before, read without drawing it."""
    answer = visitor.page.request.get(address)
    assert answer.status == 200, f"a link leads to {address}, which answers {answer.status}"
    found = re.findall(r'<a [^>]*href="([^"]+)"', answer.text())
    whole = [urljoin(address, unescape(href)).split("#")[0] for href in found]
    return [href for href in whole if href.startswith(visitor.address)]


def is_file(shape: str) -> bool:
    """Downloads are tried by their own tests."""
    return any(
        word in shape
        for word in ("download", "as_csv", "as_json", "template", "csv", "json", "file", "verifier", "invitation")
    )
