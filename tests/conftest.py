"""What every test can ask for: databases at known points of the story, a fixed cast, a stopped clock, an engine.

Databases are built once to a point (empty, founded, registered) and copied for each test, on SQLite and on
PostgreSQL. PostgreSQL needs Debian's `postgresql` package; without it those tests are skipped and say so.
"""

import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session

from algocare.app import create_app
from algocare.demo.cast import found
from algocare.demo.training import learn
from algocare.letters import gather_sources
from algocare.reports import SOURCES as REPORTS
from algocare.schedules import list_schedules
from foundation.accounts.queries import find_account
from foundation.accounts.values import WORKER, Actor
from foundation.clock import StoppedClock
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.settings import Settings
from foundation.web.doors import House
from model_runtime.engine.client import EngineClient
from model_runtime.engine.values import ArtefactReport
from model_runtime.training.jobs import build_training
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.evaluations.jobs import evaluate
from registry.explanations.jobs import explain_version
from registry.imports.service import import_reference
from registry.models.queries import find_reached
from registry.models.service import approve
from registry.models.tables import Approval, Use
from registry.models.values import PermissionStage, PilotTerms

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LONGEST_NAME = 80
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
DEMO_MODEL = Path(__file__).resolve().parent.parent / "algocare" / "demo" / "return_to_custody"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--sqlite-only", action="store_true", help="leave out the PostgreSQL half of the suite")


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """Bytes and long texts are named after their argument: a zip holds the time, and every process has to agree."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > LONGEST_NAME) else None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what tests measured and recorded, such as the reading grade of public pages, at the end of the output."""
    for report in [*terminalreporter.stats.get("passed", []), *terminalreporter.stats.get("failed", [])]:
        for name, value in report.user_properties:
            terminalreporter.write_line(f"{name}: {value}")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every test that uses a database runs once on each kind."""
    if "dialect" in metafunc.fixturenames:
        story = metafunc.definition.get_closest_marker("story")  # stories are about people, not about dialects
        story = story or metafunc.definition.get_closest_marker("one_database")  # doors and headers ask no database
        kinds = ["sqlite"] if story or metafunc.config.getoption("--sqlite-only") else ["sqlite", "postgresql"]
        metafunc.parametrize("dialect", kinds, scope="session")


@pytest.fixture
def clock() -> StoppedClock:
    """Noon on 22 November 2026, until a test moves it."""
    return StoppedClock(NOON)


def quick_folder() -> str | None:
    """Where throw-away databases live: in memory when there is room, which makes a copy seven times faster."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 1024**3
    return str(memory) if roomy else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The socket folder of a throw-away PostgreSQL server."""
    if shutil.which("pg_config") is None:
        pytest.skip("needs Debian's postgresql package (pg_config was not found)")
    folder = tempfile.mkdtemp(prefix="algocare-pg-", dir=quick_folder())
    as_whom: dict = {"cwd": folder}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        as_whom |= {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    programs = _postgres_programs()
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    subprocess.run(
        [f"{programs}/initdb", "-D", f"{folder}/data", "-U", "algocare", "-A", "trust", "-E", "UTF8"]
        + ["--locale=C.UTF-8", "--no-sync"],
        check=True,
        stdout=subprocess.DEVNULL,
        env=environment,
        **as_whom,
    )
    settings = ["listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "autovacuum=off"]
    options = [part for setting in settings for part in ("-c", setting)]
    with open(f"{folder}/log", "wb") as log:
        server = subprocess.Popen(
            [f"{programs}/postgres", "-D", f"{folder}/data", "-k", folder, *options],
            stdout=log,
            stderr=log,
            env=environment,
            **as_whom,
        )
    _wait_for(folder)
    yield folder
    server.send_signal(signal.SIGINT)
    server.wait(20)
    shutil.rmtree(folder, ignore_errors=True)


def _postgres_programs() -> str:
    found_at = subprocess.run(["pg_config", "--bindir"], capture_output=True, text=True, check=True)
    return found_at.stdout.strip()


def _wait_for(folder: str) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            psycopg.connect(f"host={folder} user=algocare dbname=postgres").close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)  # waiting for a server to start, not for our own code


class Stock:
    """Databases at named points, each built once from the one before and copied for every test."""

    def __init__(self, folder: Path, steps: dict[str, Callable[[Database], None]]) -> None:
        self.folder, self.steps, self.count = folder, steps, 0
        self.built: dict[tuple[str, str], str] = {}
        self.socket = ""

    def copy(self, dialect: str, point: str) -> str:
        """The address of a fresh copy of the database at a point."""
        return self._copy_of(dialect, self._build(dialect, point))

    def _build(self, dialect: str, point: str) -> str:
        if (dialect, point) not in self.built:
            points = list(self.steps)
            before = points.index(point) - 1
            address = (
                self._copy_of(dialect, self._build(dialect, points[before])) if before >= 0 else self._new(dialect)
            )
            database = Database(address)
            self.steps[point](database)
            database.close()
            self.built[dialect, point] = address
        return self.built[dialect, point]

    def remove(self, address: str) -> None:
        """Give back the room of a copy."""
        if address.startswith("sqlite"):
            source = Path(address.removeprefix("sqlite:///"))
            for suffix in ("", "-wal", "-shm"):
                source.with_name(source.name + suffix).unlink(missing_ok=True)
            return
        name = address.split("@/")[1].split("?")[0]
        with psycopg.connect(f"host={self.socket} user=algocare dbname=postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _name(self) -> str:
        self.count += 1
        return f"algocare_{os.getpid()}_{self.count}"

    def _new(self, dialect: str) -> str:
        if dialect == "sqlite":
            return f"sqlite:///{self.folder / self._name()}.db"
        return self._create("template0")

    def _copy_of(self, dialect: str, address: str) -> str:
        if dialect == "postgresql":
            return self._create(address.split("@/")[1].split("?")[0])
        source = Path(address.removeprefix("sqlite:///"))
        target = self.folder / f"{self._name()}.db"
        shutil.copyfile(source, target)
        return f"sqlite:///{target}"

    def _create(self, template: str) -> str:
        name = self._name()
        with psycopg.connect(f"host={self.socket} user=algocare dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return f"postgresql+psycopg://algocare@/{name}?host={self.socket}"


class RememberingEngine(EngineClient):
    """The engine, which inspects each model file once: a report depends on the bytes, the features and the method.

    Refusals are not remembered. What inspecting finds is tested with engines of their own, in tests/model_runtime.
    """

    def __init__(self, **settings: float) -> None:
        super().__init__(**settings)
        self._reports: dict[tuple, ArtefactReport] = {}

    def inspect(self, artefact: bytes, features: Sequence[str], method: str) -> ArtefactReport:
        asked = (artefact, tuple(features), method)
        if asked not in self._reports:
            self._reports[asked] = super().inspect(artefact, features, method)
        return self._reports[asked]


@pytest.fixture(scope="session")
def engine() -> Iterator[EngineClient]:
    """One warm engine for the whole run."""
    client = RememberingEngine(seconds=30, load_seconds=120)
    yield client
    client.close()


@pytest.fixture(scope="session")
def model_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration's model, trained once: model.yaml, model.skops and the data files."""
    from algocare.demo.return_to_custody.train import main as train

    folder = tmp_path_factory.mktemp("model")
    train([str(folder)])
    shutil.copy(DEMO_MODEL / "model.yaml", folder)
    return folder


@pytest.fixture(scope="session")
def stock(request: pytest.FixtureRequest) -> Iterator[Stock]:
    """Databases to copy."""

    def empty(database: Database) -> None:
        upgrade(database.engine.url.render_as_string(hide_password=False))

    def founded(database: Database) -> None:
        with database.write() as session:
            found(session, NOON)
            import_reference(session, NOON)

    def registered(database: Database) -> None:
        engine, folder = request.getfixturevalue("engine"), request.getfixturevalue("model_folder")
        data, files = read_folder(folder / "model.yaml")
        with database.write() as session:
            owner = find_account(session, "olivia.owner").actor()
            declaration = read_declaration(data, "model.yaml")
            version = register(session, owner, declaration, files, engine, upload_mib=20, at=NOON)
            version_id = version.id
        evaluate(database, StoppedClock(NOON), engine, version_id)
        explain_version(database, StoppedClock(NOON), engine, version_id)
        build_training(database, StoppedClock(NOON), engine, version_id)
        for practitioner in ("pat.practitioner", "bea.practitioner"):
            learn(database, StoppedClock(NOON), practitioner, version_id)

    folder = Path(tempfile.mkdtemp(prefix="algocare-stock-", dir=quick_folder()))
    yield Stock(folder, {"empty": empty, "founded": founded, "registered": registered})
    shutil.rmtree(folder, ignore_errors=True)


FIRST: dict[str, Database] = {}


def compile_once(database: Database) -> Database:
    """Let every copy of a database use the statements compiled for the first one of its kind.

    Compiling them anew for each test was most of the suite's time; what is compiled does not depend on the copy.
    """
    first = FIRST.setdefault(database.engine.dialect.name, database)
    if first is database:
        database.engine.connect().close()  # a dialect learns about its server at the first connection
    for own, shared in ((database.engine, first.engine), (database._writer, first._writer)):
        own.dialect, own._compiled_cache = shared.dialect, shared._compiled_cache
    return database


@pytest.fixture
def make_database(stock: Stock, dialect: str, request: pytest.FixtureRequest) -> Iterator[Callable[[str], Database]]:
    """A function that gives a fresh database at a point of the story: empty, founded or registered."""
    if dialect == "postgresql":
        stock.socket = request.getfixturevalue("postgres")
    opened: list[tuple[Database, str]] = []

    def make(point: str) -> Database:
        address = stock.copy(dialect, point)
        opened.append((compile_once(Database(address)), address))
        return opened[-1][0]

    yield make
    for database, address in opened:
        database.close()
        stock.remove(address)


@pytest.fixture
def founded(make_database: Callable[[str], Database]) -> Database:
    """A partnership with its cast and the reference register; no model of its own yet."""
    return make_database("founded")


@pytest.fixture
def registered(make_database: Callable[[str], Database]) -> Database:
    """The partnership with the return-to-custody model registered and evaluated, not yet assessed."""
    return make_database("registered")


@pytest.fixture(scope="session")
def cast() -> Callable[[Database], SimpleNamespace]:
    """The fixed cast as actors: owner, deputy, contributor, members, chair, officer, practitioner, stranger, ..."""
    names = {
        "owner": "olivia.owner",
        "deputy": "dev.deputy",
        "contributor": "colin.contributor",
        "mina": "mina.member",
        "tom": "tom.member",
        "grace": "grace.member",
        "chair": "cara.chair",
        "officer": "oscar.officer",
        "practitioner": "pat.practitioner",
        "stranger": "bea.practitioner",
        "auditor": "anna.auditor",
        "administrator": "ada.administrator",
        "protector": "dora.officer",
        "governance": "iris.governance",
        "lawyer": "leo.lawyer",
        "other_owner": "nadia.owner",
        "secretary": "sam.secretary",
        "analyst": "nisha.analyst",
    }

    def call(database: Database) -> SimpleNamespace:
        with database.read() as session:
            actors = {role: find_account(session, name).actor() for role, name in names.items()}
        return SimpleNamespace(**actors, worker=WORKER)

    return call


PILOT = PilotTerms("Offers reach people sooner.", "Two in three take it up.", "A complaint upheld.", 400, ("Any team",))
"""Terms of a pilot that every test may use; everybody of the cast is in its team unless they are moved."""


def grant(session: Session, actor: Actor, use: Use, *, permission: str = "operational", **told: Any) -> Approval:
    """Approve a submitted use through every stage of permission up to the one that is wanted; the last approval."""
    reached = find_reached(session, use)
    first = reached.rung + 1 if reached is not None else 0
    wanted = PermissionStage(permission)
    told = {"conditions": [], "answers_sha256": "", "reason": "Worth a try.", **told}
    for stage in [*list(PermissionStage)[first : wanted.rung], wanted]:
        approval = approve(session, actor, use, permission=stage, pilot=PILOT if stage == "pilot" else None, **told)
    return approval


@pytest.fixture(scope="session", name="grant")
def grant_fixture() -> Callable[..., Approval]:
    """The function `grant(session, actor, use, permission="operational", expires_on=..., at=..., ...)`."""
    return grant


def settings_over(folder: Path) -> Settings:
    """Settings of a test: nothing from the environment, plain HTTP on loopback."""
    return Settings(data_folder=folder, secret_key="for tests only, never elsewhere", plain_http=True)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The settings of a test, over a folder of its own."""
    return settings_over(tmp_path / "data")


class CompiledTemplates(BytecodeCache):
    """Templates compiled once for all applications of a process; one whose source has changed is compiled anew."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class Visitor(FlaskClient):
    """A browser-like client that brings its own house: its database and clock are there for its requests alone."""

    house: House

    def open(self, *args, **kwargs):
        """Send a request to the application over this visitor's database."""
        self.application.extensions["algocare"] = self.house
        return super().open(*args, **kwargs)

    def send(self, address: str, data: dict | None = None, page: str | None = None, **kwargs):
        """Fill in the form at `page` (or at the address itself) and post it, with the token it holds."""
        shown = self.get(page or address).get_data(as_text=True)
        found_token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', shown)
        token = found_token.group(1) if found_token else ""
        return self.post(address, data={"csrf_token": token, **(data or {})}, **kwargs)


TEMPLATES = CompiledTemplates()


@pytest.fixture
def make_app(settings: Settings, clock: StoppedClock, engine: EngineClient):
    """A function that gives a web application of its own over a database, which the test may change."""

    def make(database: Database) -> Flask:
        app = create_app(settings, clock=clock, database=database, engine=engine)
        app.jinja_env.bytecode_cache = TEMPLATES
        return app

    return make


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory, engine: EngineClient) -> Flask:
    """The one application behind every `visit`; it has no database, clock or folder but its visitors'."""
    nowhere = SimpleNamespace()  # a request without a visitor's house fails
    settings = settings_over(tmp_path_factory.mktemp("shared"))
    app = create_app(settings, clock=nowhere, database=nowhere, engine=engine)
    app.jinja_env.bytecode_cache = TEMPLATES
    return app


@pytest.fixture
def visit(shared_app: Flask, settings: Settings, clock: StoppedClock, engine: EngineClient) -> Callable:
    """A function `visit(database, sign_in_name | None)` that gives a browser-like test client, signed in."""

    def start(database: Database, role: str | None = None) -> Visitor:
        client = Visitor(shared_app)
        parts = gather_sources(settings), REPORTS, list_schedules(settings)
        client.house = House(settings, database, clock, engine, *parts)
        if role:
            answer = client.send(f"/sign-in/{role}", page="/sign-in")
            assert answer.status_code == 302, answer.get_data(as_text=True)[:500]
        return client

    return start


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, started once; without it the browser tests are skipped and say so."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs Debian's chromium package")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, headless=True, args=CHROMIUM_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the demonstration as `make run` builds it; tests copy its database before they change it."""
    from algocare.demo.building import build

    folder = tmp_path_factory.mktemp("lived")
    build(settings_over(folder), folder / "algocare.db", "lived", lambda _: None)
    return folder
