"""One governed, explained, recorded score over HTTP, beside the same forest with SHAP in `mlflow models serve`.

Both run on this machine on loopback, one process each, with connections that stay open. Ours is `algocare web` and its
API, which passes the gate twice, records score, viewing and ledger entries, and labels what it answers. The peer is
installed by the bench alone, in `build/peer`. `python -m benchmarks.scoring` runs it alone.
"""

import http.client
import itertools
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.forest import PRACTITIONER, World, make_world
from benchmarks.measuring import Measurement
from foundation.accounts.queries import find_account
from foundation.clock import SystemClock
from foundation.paths import ROOT
from foundation.service_accounts.service import enter_system, make_token
from foundation.service_accounts.values import Scope, TokenTerms
from foundation.settings import Settings
from model_runtime.engine.client import EngineClient

PEER = ROOT / "build" / "peer"
PACKAGES = ("mlflow==3.*", *(f"{name}=={version(name)}" for name in ("scikit-learn", "shap", "skops")))
CLIENTS, COUNT, WARM, SECONDS = 4, 200, 20, 10.0
Ask = Callable[[], None]


def http_scores(folder: Path) -> Iterator[Measurement]:
    """The median of one score, and requests a second with four clients; both by turns in one run."""
    settings = Settings(data_folder=folder / "scoring", secret_key=secrets.token_hex(16), plain_http=True)
    engine = EngineClient(seconds=60, load_seconds=120, keep=1)
    world = make_world(settings.address, engine, SystemClock().now(), 200)
    engine.close()
    with _ours(settings, world) as ours, _theirs(folder, world) as theirs:
        pairs = [(_once(one), _once(other)) for one, other in _turns(ours(), theirs())]
        mine, other = (statistics.median(column) for column in zip(*pairs[WARM:], strict=True))
        name = "one governed score over HTTP / forest and SHAP in mlflow models serve"
        yield Measurement(name, round(mine / other, 3), 0.5, round(mine, 3), round(other, 3), COUNT)
        rates = [_rate(make) for make in (ours, theirs)]
        name = f"ms for each score with {CLIENTS} clients / the same of mlflow models serve"
        each = [1000 / rate for rate in rates]
        yield Measurement(name, round(each[0] / each[1], 3), 0.5, round(each[0], 3), round(each[1], 3), COUNT)
    world.database.close()


def _turns(ours: Ask, theirs: Ask) -> Iterator[tuple[Ask, Ask]]:
    yield from itertools.repeat((ours, theirs), COUNT + WARM)


def _once(ask: Ask) -> float:
    start = time.perf_counter()
    ask()
    return (time.perf_counter() - start) * 1000


def _rate(make: Callable[[], Ask]) -> float:
    """Requests a second that four clients get answered."""
    until = time.perf_counter() + SECONDS
    counts = [0] * CLIENTS

    def work(number: int) -> None:
        ask = make()
        while time.perf_counter() < until:
            ask()
            counts[number] += 1

    threads = [threading.Thread(target=work, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


@contextmanager
def _ours(settings: Settings, world: World) -> Iterator[Callable[[], Ask]]:
    """Our web process over the world's database; gives what makes a client."""
    port, token = _free_port(), _token(world)
    environment = dict(os.environ) | {
        "ALGOCARE_DATA_FOLDER": str(settings.data_folder),
        "ALGOCARE_SECRET_KEY": settings.secret_key or "",
        "ALGOCARE_PLAIN_HTTP": "true",
        "ALGOCARE_PORT": str(port),
    }
    people = itertools.cycle(world.people)

    def make() -> Ask:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

        def ask() -> None:
            headers = {
                "Authorization": f"Bearer {token}",
                "Algocare-Acting-For": PRACTITIONER,
                "Idempotency-Key": secrets.token_hex(16),
                "Content-Type": "application/json",
            }
            body = {"person_reference": next(people), "purpose": world.purpose}
            answer = _post(connection, "/api/v1/scores", body, headers, 201)
            assert answer["score"]["reasons"], answer

        return ask

    with _served([sys.executable, "-m", "algocare.cli", "web"], environment, port):
        yield make


@contextmanager
def _theirs(folder: Path, world: World) -> Iterator[Callable[[], Ask]]:
    """The peer over the same forest; gives what makes a client."""
    python, port = _install(), _free_port()
    forest, model = folder / "forest.skops", folder / "peer-model"
    forest.write_bytes(world.artefact)
    script = ROOT / "benchmarks" / "peer.py"
    subprocess.run([python, script, forest, model], check=True, cwd=folder)
    row = [list(range(40))]
    columns = [f"f{number:02}" for number in range(40)]
    body = {"dataframe_split": {"columns": columns, "data": row}}

    def make() -> Ask:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

        def ask() -> None:
            answer = _post(connection, "/invocations", body, {"Content-Type": "application/json"}, 200)
            assert answer["predictions"][0]["shap"], answer

        return ask

    serve = ["models", "serve", "-m", str(model), "-p", str(port), "--env-manager", "local", "-w", "1"]
    environment = dict(os.environ) | {"PATH": f"{python.parent}:{os.environ['PATH']}"}
    with _served([str(python), "-m", "mlflow", *serve], environment, port):
        yield make


def _post(
    connection: http.client.HTTPConnection, path: str, body: dict[str, Any], headers: dict[str, str], expected: int
) -> dict[str, Any]:
    connection.request("POST", path, json.dumps(body).encode(), headers)
    response = connection.getresponse()
    content = response.read()
    assert response.status == expected, content[:500]
    answer: dict[str, Any] = json.loads(content)
    return answer


def _token(world: World) -> str:
    now = SystemClock().now()
    with world.database.write() as session:
        account = find_account(session, "ada.administrator")
        assert account is not None
        system = enter_system(
            session, account.actor(), name="Bench", agency="ASC", contact="The bench", at=now - timedelta(minutes=1)
        )
        terms = TokenTerms(scopes=[Scope.SCORE], purposes=[world.purpose], expires_at=now + timedelta(days=1))
        return make_token(session, account.actor(), system, terms, now)


def _install() -> Path:
    """The Python of an environment that holds the peer and nothing of ours."""
    python = PEER / "bin" / "python"
    if not (PEER / "ready").exists():
        uv = str(ROOT / ".venv" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", str(PEER)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), *PACKAGES]
        subprocess.run(install, check=True)
        (PEER / "ready").touch()
    return python


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        number: int = bound.getsockname()[1]
    return number


@contextmanager
def _served(command: list[str], environment: dict[str, str], port: int) -> Iterator[None]:
    """A server that is ready to answer, and is ended afterwards with everything it started."""
    server = subprocess.Popen(command, env=environment, start_new_session=True)
    try:
        _wait_for(port, server)
        yield
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.2)  # waiting for a server to start
    raise RuntimeError(f"The server did not start: {server.args!r}")


def main() -> None:
    """Measure it alone."""
    with tempfile.TemporaryDirectory() as folder:
        for measured in http_scores(Path(folder)):
            print(measured)


if __name__ == "__main__":
    main()
