"""Every page of the demonstration, as every role, by following links: it opens, is accessible, says what it is."""

import shutil
from collections import Counter, deque
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from algocare.app import create_app
from foundation.clock import SystemClock
from foundation.database.connection import Database
from foundation.settings import Settings

pytestmark = [pytest.mark.story, pytest.mark.xdist_group("lived"), pytest.mark.timeout(420)]

PEOPLE = (
    "Olivia Owen",
    "Colin Reyes",
    "Mina Farah",
    "Cara Whitfield",
    "Oscar Lindqvist",
    "Pat Nowak",
    "Anna Sokolova",
    "Ada Clarke",
    "Dora Hughes",
)


PICTURES = {
    ("Mina Farah", "watches.show_run"): "watch-report",
    ("Mina Farah", "model.show"): "model",
    ("Olivia Owen", "home.home"): "owner-home",
    ("Anna Sokolova", "packs.list_packs"): "packs",
    ("Ada Clarke", "accounts.list_all"): "accounts",
    ("Dora Hughes", "register.gateways"): "gateways",
}
"""What the tour shows: taken when ALGOCARE_PICTURES is set."""


EXAMINED: Counter[str] = Counter()
"""How many roles each kind of page was examined as; all roles open every page, two of them with every rule."""


@pytest.fixture(scope="module")
def copied(lived: Path, tmp_path_factory: pytest.TempPathFactory) -> Database:
    """The demonstration's database, copied."""
    target = tmp_path_factory.mktemp("walked") / "algocare.db"
    shutil.copyfile(lived / "algocare.db", target)
    return Database(f"sqlite:///{target}")


@pytest.fixture
def clock() -> SystemClock:
    """The demonstration lives in today."""
    return SystemClock()


def shape_of(app, address: str) -> str:
    """The rule behind an address: pages of one kind are looked at once."""
    parts = urlsplit(address)
    endpoint, arguments = app.url_map.bind("localhost").match(parts.path, method="GET")
    return f"{endpoint} {arguments.get('code', '')}"


@pytest.mark.parametrize("name", PEOPLE)
def test_every_page_a_role_can_reach(name: str, copied: Database, arrive: Callable, settings: Settings, engine) -> None:
    app = create_app(settings, clock=SystemClock(), database=copied, engine=engine)
    visitor = arrive(copied)
    visitor.examined = EXAMINED
    visitor.sign_in(name)
    waiting, seen = deque(links_of(visitor)), set()
    while waiting:
        address = waiting.popleft()
        shape = shape_of(app, address)
        if shape in seen or is_file(shape):
            continue
        seen.add(shape)
        answer = visitor.page.goto(address)
        assert answer.status == 200, f"{name} follows a link to {address} and gets {answer.status}"
        visitor.check("", PICTURES.get((name, shape.split()[0])), kind=shape, often=2)
        banner = visitor.page.locator("body").inner_text()
        assert "Demonstration." in banner, f"{address} does not say that it is a demonstration"
        assert "not set" not in visitor.text(), f"{address} shows a date that is not set"
        waiting.extend(links_of(visitor))
    assert len(seen) >= 3


def links_of(visitor) -> list[str]:
    """Every link of our own on the page."""
    found = visitor.page.eval_on_selector_all("a[href]", "links => links.map(link => link.href)")
    return [href.split("#")[0] for href in found if href.startswith(visitor.address)]


def is_file(shape: str) -> bool:
    """Downloads are tried by their own tests."""
    return any(
        word in shape for word in ("download", "as_csv", "as_json", "template", "csv", "json", "file", "verifier")
    )
