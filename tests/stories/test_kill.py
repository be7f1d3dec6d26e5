"""The service is killed while people work: what it acknowledged is there afterwards, and nothing is half done."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import text

from foundation.database.connection import Database
from foundation.ledger.queries import verify
from foundation.ledger.service import sequence
from foundation.paths import ROOT

pytestmark = [pytest.mark.xdist_group("lived"), pytest.mark.timeout(240)]


class Service:
    """The web process as `algocare web` starts it, on a port of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.environment = os.environ | {
            "ALGOCARE_DATA_FOLDER": str(folder),
            "ALGOCARE_PLAIN_HTTP": "true",
            "ALGOCARE_PORT": str(self.port),
            "ALGOCARE_SECRET_KEY": "for tests only, never elsewhere",
        }
        self.process: subprocess.Popen | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "algocare.cli", "web"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                if Browser(self.port).get("/health")[0] == 200:
                    return
            except OSError:
                time.sleep(0.05)  # waiting for a process to start, not for our own code
        raise AssertionError("the service did not start")

    def end(self) -> None:
        """End whatever still runs, also when the test failed half way."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Browser:
    """Just enough of a browser: cookies, a form's token, no redirects followed."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, SimpleCookie()

    def request(self, method: str, path: str, form: dict | None = None) -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={one.value}" for name, one in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(form) if form else None, headers)
        answer = connection.getresponse()
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.load(value)
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def get(self, path: str) -> tuple[int, str, str]:
        return self.request("GET", path)

    def post(self, path: str, page: str, **form: str) -> tuple[int, str, str]:
        shown = self.get(page)[2]
        hidden = dict(re.findall(r'name="(csrf_token|request_key)"[^>]*value="([^"]*)"', shown))
        return self.request("POST", path, hidden | form)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service over the test's own folder."""
    started = Service(tmp_path)
    yield started
    started.end()


def test_nothing_acknowledged_is_lost(lived: Path, tmp_path: Path, service: Service) -> None:
    (tmp_path / "algocare.db").write_bytes((lived / "algocare.db").read_bytes())
    database = Database(f"sqlite:///{tmp_path / 'algocare.db'}")
    with database.read() as session:
        people = session.scalars(text("SELECT reference FROM person ORDER BY id DESC LIMIT 24")).all()
        before = session.scalar(text("SELECT count(*) FROM score"))
    acknowledged: list[str] = []
    for round_number in range(3):
        service.start()
        browser = Browser(service.port)
        assert browser.post("/sign-in/practitioner", "/sign-in")[0] == 302
        killer = None
        for number, person in enumerate(people[round_number * 8 : round_number * 8 + 8]):
            if number == 3 + round_number:
                # the kill falls into the middle of a request that is under way
                killer = subprocess.Popen(["sh", "-c", f"sleep 0.0{round_number}5; kill -9 -{service.process.pid}"])
            try:
                status, location, _ = browser.post(f"/people/{person}/score", f"/people/{person}", purpose="1")
            except (OSError, http.client.HTTPException):
                break
            assert status == 303, status
            acknowledged.append(location.rpartition("/")[2])
        assert killer is not None
        killer.wait()
        service.process.wait()
    with database.write() as session:
        kept = set(session.scalars(text("SELECT reference FROM score")).all())
        given = session.scalar(text("SELECT count(*) FROM ledger_entry WHERE kind = 'score_given'"))
        after = session.scalar(text("SELECT count(*) FROM score"))
        while sequence(session):
            pass
        assert verify(session).good
    database.close()
    assert len(acknowledged) >= 9
    assert set(acknowledged) <= kept, "a score that was acknowledged is gone"
    assert after == given, "a score without its record, or a record without its score"
    assert after - before <= len(acknowledged) + 3, "at most the one request of each round may be unanswered"
