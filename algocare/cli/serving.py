"""Commands that run the service."""

import ipaddress
import os
import signal
import subprocess
import sys
import time
from types import FrameType

import click

from algocare.cli.output import speaks
from algocare.health.starting import check_sandbox
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.errors import Refused
from foundation.settings import Settings
from model_runtime.engine.client import find_layers


@click.command()
@speaks
def serve() -> None:
    """Run everything on this machine: the web process, the worker, and engines as they are needed.

    Brings the schema up to date first. Stop it with Ctrl+C. Killed at any moment, it loses nothing it acknowledged.
    """
    settings = Settings()
    _check_address(settings)
    _check_sandbox(settings)
    upgrade(settings.address)
    click.echo(f"ALGOCARE is at http://{settings.host}:{settings.port}/ (stop with Ctrl+C)")
    command = [sys.executable, "-m", "algocare.cli"]
    children = [subprocess.Popen([*command, name]) for name in ("web", "worker")]  # noqa: S603 (our own commands)
    sys.exit(_wait_for_any(children))


def _wait_for_any(children: list[subprocess.Popen[bytes]]) -> int:
    """Wait until one child ends or a signal comes, then end them all."""
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    while not stopping and all(child.poll() is None for child in children):
        time.sleep(0.2)
    for child in children:
        child.terminate()
    codes = [child.wait(timeout=30) for child in children]
    return 0 if stopping else max(abs(code) for code in codes) or 1


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
@speaks
def worker() -> None:
    """Run the one worker: the ledger's sequence, jobs, and the nightly watches. A second one refuses to start."""
    from algocare.worker import run

    settings = Settings()
    run(settings, Database(settings.address))


def _check_sandbox(settings: Settings) -> None:
    if missing := check_sandbox(settings, find_layers(settings.engine_mib)):
        click.echo(f"Engines run without {len(missing)} layers of their sandbox: see /health/service.", err=True)


def _check_address(settings: Settings) -> None:
    if settings.plain_http and not ipaddress.ip_address(settings.host).is_loopback:
        raise Refused("Plain HTTP is only for a loopback address. Take ALGOCARE_PLAIN_HTTP away or serve on 127.0.0.1.")
