"""Commands that run the service."""

import ipaddress
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

import click

from algocare.cli.output import speaks
from algocare.health.starting import check_sandbox
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.errors import Refused
from foundation.settings import Settings
from model_runtime.engine.client import find_layers

MOST_DEATHS, RESTART_WITHIN = 5, 60.0


@click.command()
@speaks
def serve() -> None:
    """Run everything on this machine: the web process, the worker, and engines as they are needed.

    Brings the schema up to date first. Starts the worker again if it dies. Stop it with Ctrl+C. Killed at any moment,
    it loses nothing it acknowledged.
    """
    settings = Settings()
    _check_address(settings)
    _check_sandbox(settings)
    upgrade(settings.address)
    click.echo(f"ALGOCARE is at http://{settings.host}:{settings.port}/ (stop with Ctrl+C)")
    sys.exit(_look_after(_start("web"), _start("worker")))


def _start(name: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "algocare.cli", name])  # noqa: S603 (our own commands)


@dataclass
class Restarts:
    """When a worker that died is started again: after a second, then two, four and so on, and not for ever."""

    deaths: list[float] = field(default_factory=list)

    def wait_after(self, now: float) -> float | None:
        """How many seconds to wait after a death at `now`; None after the fifth within a minute."""
        self.deaths = [at for at in self.deaths if now - at < RESTART_WITHIN] + [now]
        return None if len(self.deaths) >= MOST_DEATHS else 2.0 ** (len(self.deaths) - 1)


def _look_after(web: subprocess.Popen[bytes], worker: subprocess.Popen[bytes]) -> int:
    """Wait until the web process ends or a signal comes, then end both; a worker that dies is started again (R12)."""
    stopping, restarts = threading.Event(), Restarts()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set() and web.poll() is None:
        if worker.poll() is not None:
            wait = restarts.wait_after(time.monotonic())
            if wait is None:
                click.echo(f"The worker ended {MOST_DEATHS} times within a minute. ALGOCARE stops.", err=True)
                break
            click.echo(f"The worker ended ({worker.returncode}). Another one starts in {wait:.0f} s.", err=True)
            if not stopping.wait(wait):
                worker = _start("worker")
        stopping.wait(0.2)
    for child in (web, worker):
        child.terminate()
    codes = [child.wait(timeout=30) for child in (web, worker)]
    return 0 if stopping.is_set() else max(abs(code) for code in codes) or 1


@click.command()
@speaks
def web() -> None:
    """Run the web process alone. In production it stands behind a server that speaks HTTPS."""
    settings = Settings()
    _check_address(settings)
    _check_sandbox(settings)
    os.execv(  # noqa: S606 (gunicorn replaces this process, so that its process id is the one to end)
        sys.executable,
        [
            sys.executable,
            "-m",
            "gunicorn",
            "--bind",
            f"{settings.host}:{settings.port}",
            "--workers",
            "1",
            "--threads",
            str(settings.web_threads),
            "--timeout",
            "120",
            "--graceful-timeout",
            "10",
            "--log-level",
            "warning",
            "--no-control-socket",
            "algocare.app:start_app()",
        ],
    )


@click.command()
@click.option("--wait/--no-wait", default=True, help="Stand by while another worker runs, or refuse.")
@speaks
def worker(wait: bool) -> None:
    """Run the one worker: the ledger's sequence, jobs, and what is due by day and night.

    While another one runs on the same database it stands by, and takes over within 30 seconds when that one ends.
    """
    from algocare.worker import run

    settings = Settings()
    run(settings, Database(settings.address), wait=wait)


def _check_sandbox(settings: Settings) -> None:
    if missing := check_sandbox(settings, find_layers(settings.engine_mib)):
        click.echo(f"Engines run without {len(missing)} layers of their sandbox: see /health/service.", err=True)


def _check_address(settings: Settings) -> None:
    if settings.plain_http and not ipaddress.ip_address(settings.host).is_loopback:
        raise Refused("Plain HTTP is only for a loopback address. Take ALGOCARE_PLAIN_HTTP away or serve on 127.0.0.1.")
