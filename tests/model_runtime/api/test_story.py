"""The main story through the typed client, and every curl example of the documentation, against a running server."""

import logging
import os
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from werkzeug.serving import WSGIRequestHandler, make_server

from foundation.database.connection import Database
from foundation.paths import ROOT
from model_runtime.api.client import Client, Problem
from model_runtime.cohorts.jobs import run_cohort
from model_runtime.cohorts.pools import LocalPool
from model_runtime.cohorts.tables import CohortRun
from registry.models.service import suspend
from registry.safeguards.values import Safeguards
from tests.model_runtime.api.conftest import PURPOSE, a_token
from tests.model_runtime.api.test_cohorts import people
from tests.model_runtime.api.test_safeguards import ask_of_readers
from tests.model_runtime.conftest import FACTS, take

pytestmark = pytest.mark.one_database

logging.getLogger("werkzeug").setLevel(logging.ERROR)


class KeptAlive(WSGIRequestHandler):
    """Keeps connections open, as the real server behind HTTPS does."""

    protocol_version = "HTTP/1.1"


@pytest.fixture
def served(make_app) -> Iterator[Callable[[Database], str]]:
    """A function that serves a database on loopback and gives the address."""
    running = []

    def start(database: Database) -> str:
        server = make_server("127.0.0.1", 0, make_app(database), threaded=True, request_handler=KeptAlive)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        running.append((server, thread))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        thread.join(10)
        server.server_close()


def finish_runs(world: SimpleNamespace, engine) -> None:
    """What the worker does."""
    with world.database.read() as session:
        waiting = [run.id for run in session.scalars(select(CohortRun)) if run.stage == "queued"]
    for number in waiting:
        run_cohort(world.database, world.clock, LocalPool(lambda: engine, 1), number)


def test_a_case_system_works_with_scores(approved: SimpleNamespace, cast, served, engine) -> None:
    """R01, R02, R07, R39: from facts to a judgement, a run, and the end of it all by one suspension."""
    address, token = served(approved.database), a_token(approved.database, cast, approved.clock)
    pat, nisha = Client(address, token, "pat.practitioner"), Client(address, token, "nisha.analyst")
    assert pat.record_people("ASC", date(2026, 11, 20), [{"reference": "RC-0001", "facts": FACTS}]) == 1
    gate = pat.explain_gate("RC-0001", PURPOSE)
    assert gate.open, [check for check in gate.checks if not check.passes]
    ask_of_readers(approved, Safeguards(judge_first=True))
    waiting = pat.ask_score("RC-0001", PURPOSE, key="k")
    assert (waiting.status, waiting.score) == ("judgement_first", None)
    shown = pat.say_first(waiting.reference, waiting.own_views[0].code, "He has work.")
    assert shown.score is not None
    assert shown.score["label"]
    assert pat.read_score(shown.reference) == shown == pat.ask_score("RC-0001", PURPOSE, key="k")
    assert pat.judge(shown.reference, "disagree", "He has moved on.").view == "disagree"
    run = nisha.start_cohort(people({}, {}).encode(), "text/csv", PURPOSE, date(2026, 11, 14))
    assert run.stage == "queued"
    finish_runs(approved, engine)
    assert nisha.follow_cohort(run.reference).scored == 2
    assert nisha.take_results(run.reference).decode("utf-8-sig").count("\n") == 3
    take(approved, suspend, "Complaints.")
    with pytest.raises(Problem) as refused:
        pat.ask_score("RC-0001", PURPOSE)
    assert (refused.value.status, refused.value.code) == (403, "suspended")
    listed = pat.list_refusals(limit=1)
    assert [one.reference for one in listed.refusals] == [refused.value.reference]
    for client in (pat, nisha):
        client.close()


def test_a_token_is_sent_to_nobody_in_the_clear() -> None:
    """R01: plain HTTP only to this very machine."""
    with pytest.raises(ValueError, match="HTTPS"):
        Client("http://algocare.example.gov.uk", "token", "pat.practitioner")


CURL = re.compile(r"```sh\n(curl .*?)```", re.DOTALL)


def test_every_example_of_the_documentation_works(
    approved: SimpleNamespace, cast, served, engine, tmp_path: Path
) -> None:
    """R01: each is run as it is printed, one after the other, and one stands there for each call."""
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    approved.add(approved.database, "RC-0001", at=approved.clock.now(), as_of=date(2026, 11, 15))
    ask_of_readers(approved, Safeguards(judge_first=True))
    names = {"ALGOCARE": served(approved.database), "TOKEN": a_token(approved.database, cast, approved.clock)}
    environment = {"PATH": os.environ["PATH"], **names}
    (tmp_path / "people.csv").write_text(people({}, {}))
    examples, seen = CURL.findall((ROOT / "docs" / "api.md").read_text()), set()
    for example in examples:
        command = example.replace("curl -sS ", "curl -sS --fail-with-body --noproxy '*' ", 1)
        done = subprocess.run(["bash", "-c", command], env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, example + done.stdout + done.stderr
        found = re.search(r'"reference": ?"((S|C)-[^"]+)"', done.stdout)
        if found:
            environment["SCORE" if found[2] == "S" else "COHORT"] = found[1]
        seen.add(re.sub(r"\?.*|\$[A-Z]+", "", re.search(r'/api/v1(\S*?)"', example)[1]))
        finish_runs(approved, engine)
    assert len(examples) == 12
    assert len((tmp_path / "results.csv").read_text().splitlines()) == 3
    assert seen >= {"/gate/explain", "/scores", "/people", "/cohorts", "/refusals", "/scores//judgement"}
    assert seen >= {f"/models/return-to-custody/outcomes{rest}" for rest in ("", "/summary")}
