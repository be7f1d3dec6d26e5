"""One fork server for each client: a child that misbehaves costs one score, and nothing outlives its client (R39)."""

import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from foundation.paths import ROOT
from model_runtime.engine.client import EngineClient
from model_runtime.engine.values import EngineCrashed, EngineFault, EngineMismatch, EngineRefused, EngineTimeout

pytestmark = pytest.mark.xdist_group("engine")

REHEARSED = """
import ctypes, os, sys
sys.path.append({root!r})
from model_runtime.engine import child, forkserver
def load(request, inbox):
    child._blob(inbox)
    load.trials = {trials}
    return object(), {{"kind": "LogisticRegression", "features": request["features"], "classes": [0, 1],
                      "trial_sha256": load.trials, "seconds": {seconds}, "peak_mib": {peak_mib}}}
def hang():
    while True: pass
def sleep():
    ctypes.CDLL(None).sleep(600)
def fork_bomb():
    while True: os.fork()
def memory_bomb():
    held = []
    while True: held.append(bytearray(64 << 20))
def crash(): ctypes.string_at(0)
def leave(): os._exit(0)
def flood():
    while True: os.write(2, b"x" * 65536)
def oversized(): return {{"scores": ["x" * (9 << 20)]}}
def lie(): return {{"nonce": "00"}}
def shout(): os.write(4, b"hello, this is no frame")
DEEDS = [dict, hang, sleep, fork_bomb, memory_bomb, crash, leave, flood, oversized, lie, shout]
def score(artefact, request):
    count, width = len(request["rows"]), len(request["rows"][0])
    extra = DEEDS[int(request["rows"][0][0])]() or {{}}
    return {{"kind": "LogisticRegression", "unit": "log-odds", "base": 0, "scores": [0.5] * count,
            "margins": [0] * count, "contributions": [[0] * width] * count, **extra}}
child._load, child._score = load, score
forkserver.main(())
"""
SHA = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
DEEDS = ["hang", "sleep", "fork_bomb", "memory_bomb", "crash", "leave", "flood", "oversized", "lie", "shout"]


@pytest.fixture
def rehearse() -> Iterator[Callable[..., EngineClient]]:
    """Makes a client whose fork server is the real one, with a model in it that does what its first feature says."""
    made: list[EngineClient] = []

    def make(trials: str = "'same'", spent: float = 0.1, peak_mib: float = 1, **settings: float) -> EngineClient:
        script = REHEARSED.format(root=str(ROOT), trials=trials, seconds=spent, peak_mib=peak_mib)
        made.append(EngineClient(server=(sys.executable, "-I", "-B", "-c", script, "1024"), **settings))
        return made[-1]

    yield make
    for client in made:
        client.close()


def ask(client: EngineClient, deed: int, feature: str = "deed") -> float:
    return client.score(b"", SHA, "linear", (feature, "other"), [{feature: deed, "other": 1}]).scores[0]


def family(pid: int) -> set[int]:
    """The processes a process started, and those they started."""
    found = set()
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as children:
            found |= {int(one) for one in children.read().split()}
    return found.union(*(family(one) for one in found)) if found else found


def state(pid: int) -> str:
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0]


def gone(pid: int, seconds: float = 10) -> bool:
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], seconds)[0])
    finally:
        os.close(watch)


def test_whatever_a_model_does_costs_one_score_and_nobody_elses(rehearse):
    """R39: a hang, a fork bomb, a memory bomb, a crash, a lie; another model's requests are answered all the while."""
    client = rehearse(seconds=1, load_seconds=20)
    answers, ended, problems = [], threading.Event(), []

    def go_on() -> None:
        while not ended.is_set():
            try:
                answers.append(ask(client, 0, "steady"))
            except Exception as error:
                problems.append(error)

    ask(client, 0, "steady")
    (steady,) = client.pids()
    other = threading.Thread(target=go_on)
    other.start()
    codes = {}
    for number, deed in enumerate(DEEDS, start=1):
        with pytest.raises(EngineFault) as fault:
            ask(client, number)
        codes[deed] = fault.value.code
        answers.append(-1)
        assert ask(client, 0) == 0.5, deed
    ended.set()
    other.join()
    assert problems == []
    # between any two misdeeds the other model went on answering, in the very same process
    assert all(0.5 in part for part in _between(answers, -1))
    assert steady in client.pids()
    assert codes["hang"] == codes["sleep"] == codes["flood"] == "engine_timeout"
    assert codes["lie"] == "malformed_reply"
    # how fast a gibibyte fills is the machine's affair: it ends at the limit of memory or of time
    assert codes["memory_bomb"] in ("engine_crashed", "engine_timeout")
    assert {codes[deed] for deed in ("crash", "leave", "fork_bomb", "oversized", "shout")} == {"engine_crashed"}


def _between(values: list[float], mark: float) -> list[list[float]]:
    parts: list[list[float]] = [[]]
    for value in values:
        if value == mark:
            parts.append([])
        else:
            parts[-1].append(value)
    return parts[:-1]


def test_no_process_is_left_when_a_client_closes(rehearse):
    """R39: neither children, keepers and server, nor what the kernel keeps of them for somebody to ask."""
    before = family(os.getpid())
    client = rehearse(seconds=0.5)
    ask(client, 0)
    with pytest.raises(EngineTimeout):
        ask(client, 1)
    ask(client, 0, "steady")
    mine = family(os.getpid()) - before
    assert len(mine) == 3
    client.close()
    assert all(gone(pid) for pid in mine)
    assert not {pid for pid in family(os.getpid()) - before if state(pid) == "Z"}


def test_a_fork_server_that_was_killed_takes_its_children_along_and_is_started_again(rehearse):
    client = rehearse()
    ask(client, 0)
    (child,) = client.pids()
    os.kill(client._launcher._process.pid, signal.SIGKILL)
    assert gone(child)
    with pytest.raises(EngineCrashed):
        ask(client, 0)
    assert ask(client, 0) == 0.5


def test_a_fork_server_that_cannot_import_its_libraries_says_so():
    script = (
        f"import sys; sys.path.append({str(ROOT)!r})\nfrom model_runtime.engine.forkserver import main; main(('no',))"
    )
    client = EngineClient(server=(sys.executable, "-I", "-B", "-c", script, "1024"))
    with pytest.raises(EngineCrashed) as crashed:
        ask(client, 0)
    assert crashed.value.code == "engine_not_started"
    assert "No module named 'no'" in crashed.value.detail
    client.close()


FORKING = """
import json, os, sys
sys.path.append({root!r})
from model_runtime.engine.client import EngineClient
client = EngineClient(server=(sys.executable, "-I", "-B", "-c", {script!r}, "1024"))
def ask():
    return client.score(b"", {sha!r}, "linear", ("deed",), [{{"deed": 0}}]).scores[0], client.pids()[0]
first = ask()
ours, theirs = os.pipe()
if os.fork() == 0:
    os.write(theirs, json.dumps(ask()).encode())
    client.close()
    os._exit(0)
os.wait()
print(json.dumps([first, ask(), json.loads(os.read(ours, 1000))]), flush=True)
sys.stdin.read()
"""


def test_a_server_that_forks_leaves_the_engine_to_its_parent_and_nothing_outlives_a_kill():
    """R39: a web server may fork after the client was made; killed, it leaves nothing behind."""
    script = REHEARSED.format(root=str(ROOT), trials="''", seconds=0, peak_mib=0)
    start = FORKING.format(root=str(ROOT), script=script, sha=SHA)
    with subprocess.Popen([sys.executable, "-c", start], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as web:
        first, again, other = json.loads(web.stdout.readline())
        assert first == again
        assert other[0] == 0.5
        assert other[1] != first[1]
        everybody = family(web.pid)
        assert first[1] in everybody
        assert len(everybody) == 3
        web.kill()
        web.wait()
    assert all(gone(pid) for pid in everybody)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"trials": "os.urandom(4).hex()"}, "not_deterministic"),
        ({"spent": 21.0}, "too_slow"),
        ({"peak_mib": 1025.0}, "too_big"),
    ],
)
def test_a_model_that_repeats_nothing_or_costs_too_much_is_not_accepted(rehearse, said, code):
    """R03, R33: two processes give the same answers, within the time and memory that are allowed."""
    with pytest.raises(EngineRefused) as refused:
        rehearse(**said).inspect(b"", ("deed",), "linear")
    assert refused.value.code == code


def test_what_a_model_costs_is_reported(rehearse):
    client = rehearse(spent=1.5, peak_mib=12.0)
    report = client.inspect(b"", ("deed",), "linear")
    assert (report.trial_sha256, report.seconds, report.peak_mib) == ("same", 1.5, 12.0)
    assert client.pids() == ()


@pytest.mark.parametrize("said", [{"trials": "5"}, {"spent": -1.0}, {"trials": "'x' * 65"}])
def test_an_odd_account_of_a_trial_is_not_believed(rehearse, said):
    with pytest.raises(EngineMismatch):
        rehearse(**said).inspect(b"", ("deed",), "linear")


def test_the_fork_server_has_one_thread(client):
    """R39: a process with several, one of which holds a lock, cannot be forked safely; libraries like to start some."""
    client.layers()
    assert len(os.listdir(f"/proc/{client._launcher._process.pid}/task")) == 1


def test_an_answer_and_a_look_name_the_same_layers(rehearse):
    """R33: the layers stored with a score are those the health page shows."""
    client = rehearse()
    answer = client.score(b"", SHA, "linear", ("deed",), [{"deed": 0}])
    assert answer.layers == client.layers()
    assert {"process", "environment", "limits"} <= set(answer.layers)
