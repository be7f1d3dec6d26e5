"""The administrator sees what is active and what is not, and no service starts with engines nobody shut in (R39)."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from algocare.health.queries import LITTLE_SPACE, _disk, _time, is_worker_running, list_layers, list_signs
from algocare.health.starting import check_sandbox, record_acceptance
from algocare.locking import hold_lock
from foundation.accounts.values import Role
from foundation.database.connection import Database
from foundation.errors import Refused
from foundation.jobs.service import claim, enqueue, finish
from foundation.jobs.values import WORKER_FILE
from foundation.ledger.queries import list_recent
from foundation.ledger.service import sequence
from model_runtime.engine.client import EngineClient, find_layers
from model_runtime.engine.layers import LEAST, Layer

LAYERS = tuple(str(layer) for layer in Layer)


def signs(database: Database, settings, now) -> dict[str, tuple[str, str]]:
    with database.read() as session:
        return {sign.what: (sign.tone, sign.says) for sign in list_signs(session, settings, now)}


def test_the_page_says_what_shuts_a_model_in(founded: Database, visit: Callable, settings) -> None:
    page = visit(founded, Role.ADMINISTRATOR).get("/health/service").get_data(as_text=True)
    assert page.count("Active") == len(find_layers(2048))
    assert "Seccomp: only calls that calculating needs" in page
    assert "1 thing does not work" in page, "no worker runs beside a test"
    assert "No worker is running" in page
    held = hold_lock(settings, founded)
    assert "The worker is running" in visit(founded, Role.ADMINISTRATOR).get("/health/service").get_data(as_text=True)
    held.close()


@pytest.mark.one_database
def test_the_page_also_answers_when_no_engine_can_be_started(founded: Database, visit: Callable) -> None:
    administrator = visit(founded, Role.ADMINISTRATOR)
    broken = EngineClient(server=[sys.executable, "-c", ""])
    administrator.house = replace(administrator.house, engine=broken)
    answer = administrator.get("/health/service")
    assert answer.status_code == 200
    assert "No engine can be started" in answer.get_data(as_text=True)
    broken.close()


def test_a_worker_is_seen_while_it_runs_and_not_after(founded: Database, settings) -> None:
    """On both databases, without taking what only a worker may hold."""
    with founded.read() as session:
        assert not is_worker_running(session, settings)
        held = hold_lock(settings, founded)
        assert is_worker_running(session, settings)
        held.close()
        # PostgreSQL lets go of the lock as soon as it notices that the connection is gone
        patience = time.monotonic() + 30
        while is_worker_running(session, settings) and time.monotonic() < patience:
            pass
        assert not is_worker_running(session, settings)
    hold_lock(settings, founded).close()
    (settings.data_folder / WORKER_FILE).unlink(missing_ok=True)
    with founded.read() as session:
        assert founded.engine.dialect.name == "postgresql" or not is_worker_running(session, settings)


def test_entries_and_jobs_that_wait_too_long_are_shown(founded: Database, settings, clock) -> None:
    now = clock.now()
    assert signs(founded, settings, now + timedelta(minutes=5))["Ledger"][0] == "bad"
    with founded.write() as session:
        while sequence(session):
            pass
        job = enqueue(session, "build_pack", "build_pack:1", {}, asked_by="test", at=now)
        enqueue(session, "build_pack", "build_pack:2", {}, asked_by="test", at=now)
        finish(session, job.id, now, "The disk is full.")
    soon, later = (signs(founded, settings, now + timedelta(minutes=minutes)) for minutes in (2, 20))
    assert soon["Ledger"] == ("good", "Every entry has its place in the chain.")
    assert soon["Jobs"] == (
        "attention",
        "1 waiting, 0 running, 1 failed. The last one ended 2 minutes ago.",
    )
    assert later["Jobs"][0] == "bad"
    assert "One has waited for 20 minutes" in later["Jobs"][1]
    with founded.write() as session:
        claim(session, now)
    assert signs(founded, settings, now + timedelta(minutes=20))["Jobs"][0] == "attention"


def test_space_version_and_lengths_of_time_are_said(tmp_path, monkeypatch) -> None:
    assert _disk(tmp_path / "nowhere").tone == "attention"
    monkeypatch.setitem(LITTLE_SPACE, "bad", (1 << 40, 0))
    assert _disk(tmp_path).tone == "bad"
    assert [_time(seconds) for seconds in (-5, 1, 90, 7200, 200_000)] == [
        "0 seconds",
        "1 second",
        "1 minute",
        "2 hours",
        "2 days",
    ]


def test_layers_are_shown_as_they_are() -> None:
    shown = list_layers({"process", "environment", "limits"})
    assert {sign.title for sign in shown if sign.needed} == {sign.title for sign in shown if sign.active}
    assert len(shown) == len(Layer)


@pytest.mark.parametrize("lost", [Layer.NETWORK, Layer.LANDLOCK, Layer.SECCOMP, Layer.USER])
def test_a_service_without_a_layer_does_not_start_unless_somebody_accepted_it(lost, settings) -> None:
    """R39: in production; a demonstration that only its own machine can reach starts and shows it."""
    layers = set(LAYERS) - {lost}
    production = settings.model_copy(update={"plain_http": False, "weaker_sandbox_accepted": " "})
    with pytest.raises(Refused) as refused:
        check_sandbox(production, layers)
    assert refused.value.code == "weaker_sandbox"
    accepted = production.model_copy(update={"weaker_sandbox_accepted": "A. Owner: an old kernel until June"})
    assert check_sandbox(accepted, layers) == (lost,)
    assert check_sandbox(settings.model_copy(update={"plain_http": True}), layers) == (lost,)
    assert check_sandbox(production, LAYERS) == ()
    assert lost not in LEAST


def test_what_somebody_accepted_goes_into_the_ledger_without_their_name(founded: Database, settings, clock) -> None:
    """R39: what is missing and a digest of the words, at each start."""
    accepted = settings.model_copy(update={"weaker_sandbox_accepted": "Ann Owner: an old kernel until June"})
    with founded.write() as session:
        assert not record_acceptance(session, accepted, (), clock.now())
        assert not record_acceptance(session, settings, (Layer.LANDLOCK,), clock.now())
        assert record_acceptance(session, accepted, (Layer.LANDLOCK,), clock.now() + timedelta(seconds=1))
    with founded.read() as session:
        entry = list_recent(session, 1)[0]
        assert entry.kind == "weaker_sandbox_accepted"
        assert b"landlock" in entry.body
        assert b"Owner" not in entry.body
