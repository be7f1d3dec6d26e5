"""How long the register's pages take when it is large, against one that holds the reference files (R14, R50).

The small register has fifty models: the seven that its reference files name, and as many written ones as make one
page full. A page shows at most fifty lines, so both then show as many, and the ratio says what the size of the register
costs. With fewer models in the small one it would say what fifty lines cost against a few, which is no longer about
size. All else in it is from the reference files: some of its pages show fewer lines (33 data items cite gateway 1).
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from flask.testing import FlaskClient

from algocare.app import create_app
from algocare.demo.cast import found
from benchmarks.filling import START, fill, write_models
from benchmarks.measuring import Measurement, compare
from foundation.clock import SystemClock
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.settings import Settings
from registry.catalogue.queries import read_catalogue
from registry.imports.service import import_reference

GOAL, LIMIT_MS = 1.5, 100.0
MODELS_OF_ONE_PAGE = 43
MODEL = "/models/bench-000/versions/1"


def register_pages(folder: Path) -> Iterator[Measurement]:
    """One measurement for each page: the large register's median time, divided by that of the small one."""
    small, large = _open(folder / "small", _fill_one_page), _open(folder / "large", fill)
    first = _first_item(folder / "large"), _first_item(folder / "small")
    for name, page, other in (
        ("/register", "/register", "/register"),
        ("/register/items", "/register/items", "/register/items"),
        ("a data item", f"/register/items/{first[0]}", f"/register/items/{first[1]}"),
        ("/register/gateways", "/register/gateways", "/register/gateways"),
        ("a gateway", "/register/gateways/1", "/register/gateways/1"),
        ("/register/history", "/register/history", "/register/history"),
        ("/models", "/models", "/models"),
        ("/models, the same seven lines", "/models?held=no", "/models?held=no"),
        ("/models, searched", "/models?text=task&gateway=1", "/models?text=task&gateway=1"),
        ("/models as at a past day", "/models?as_at=2026-02-20", "/models?as_at=2026-02-20"),
        ("a version", MODEL, MODEL),
        ("a use", f"{MODEL}/uses/resettlement-support", f"{MODEL}/uses/resettlement-support"),
        ("the lineage of a data item", f"/lineage/items/{first[0]}", f"/lineage/items/{first[1]}"),
    ):
        title = f"{name}: 5,000 items, 500 models, 20,000 changes / reference, 50 models"
        yield compare(
            title, _getting(large, page), _getting(small, other), goal=GOAL, limit_ms=LIMIT_MS, count=40, warm=3
        )


def _open(folder: Path, prepare: Callable[[Database], None]) -> FlaskClient:
    """A signed-in client over a register of its own."""
    folder.mkdir()
    settings = Settings(data_folder=folder, secret_key="bench", plain_http=True)
    upgrade(settings.address)
    database = Database(settings.address)
    with database.write() as session:
        found(session, START)
        import_reference(session, START)
    prepare(database)
    client = create_app(settings, clock=SystemClock(), database=database).test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/sign-in").get_data(as_text=True))
    assert token is not None
    client.post("/sign-in/auditor", data={"csrf_token": token[1]})
    return client


def _fill_one_page(database: Database) -> None:
    with database.write() as session:
        write_models(session, sorted(read_catalogue(session).items), MODELS_OF_ONE_PAGE)


def _first_item(folder: Path) -> int:
    """The first data item that a model of the register takes."""
    with Database(Settings(data_folder=folder, secret_key="bench", plain_http=True).address).read() as session:
        items = read_catalogue(session).items
    return next((number for number, item in items.items() if item.name == "Data item 0000"), min(items))


def _getting(client: FlaskClient, page: str) -> Callable[[], object]:
    def get() -> object:
        answer = client.get(page)
        assert answer.status_code == 200, (page, answer.status_code)
        return answer.get_data()

    return get
