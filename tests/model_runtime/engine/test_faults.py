"""A child that hangs, dies or lies costs one score, never the service and never a wrong number."""

import json
import os
import select
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from foundation.paths import ROOT
from model_runtime.engine.client import EngineClient
from model_runtime.engine.values import EngineCrashed, EngineFault, EngineMismatch, EngineRefused, EngineTimeout

pytestmark = pytest.mark.xdist_group("engine")

# a small program that speaks the protocol and says one half to everybody
HALF = """
import os, signal
LAYERS = ["process", "environment", "limits"]
from model_runtime.engine.messages import encode_message, parse_message, read_frame
def answer(request):
    if request["verb"] == "load":
        read_frame(sys.stdin.buffer)
        return {"kind": "LogisticRegression", "features": request["features"], "classes": [0, 1], "layers": LAYERS}
    count = len(request["rows"])
    zeros = [[0] * len(row) for row in request["rows"]]
    return {"kind": "LogisticRegression", "unit": "log-odds", "base": 0, "scores": [0.5] * count,
            "margins": [0] * count, "contributions": zeros, "layers": LAYERS}
def run(before=lambda request: None):
    while frame := read_frame(sys.stdin.buffer):
        request = parse_message(frame[1])
        before(request)
        sys.stdout.buffer.write(encode_message({"nonce": request["nonce"], **answer(request)}))
        sys.stdout.buffer.flush()
"""


def ask(client, model, rows):
    return client.score(model.data, model.sha256, model.method, model.features, rows)


def gone(pid, seconds=10):
    """Whether a process ends within some seconds."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], seconds)[0])
    finally:
        os.close(watch)


def test_one_flipped_byte_is_refused_before_a_child_is_started(models, standing_in, rows, tmp_path):
    model, marker = models["logistic"], tmp_path / "started"
    client = standing_in(f"open({str(marker)!r}, 'w').close()")
    flipped = bytearray(model.data)
    flipped[200] ^= 1
    with pytest.raises(EngineRefused) as refused:
        client.score(bytes(flipped), model.sha256, model.method, model.features, rows)
    assert refused.value.code == "artefact_changed"
    assert client.pids() == ()
    assert not marker.exists()


def test_one_flipped_byte_is_refused_also_after_good_requests(models, standing_in, rows):
    """R03: bytes that were hashed before are compared with what was hashed, not taken for it."""
    model, client = models["logistic"], standing_in(HALF + "run()")
    flipped = bytearray(model.data)
    flipped[-1] ^= 1
    for _ in range(3):
        ask(client, model, rows)
        with pytest.raises(EngineRefused) as refused:
            client.score(bytes(flipped), model.sha256, model.method, model.features, rows)
        assert refused.value.code == "artefact_changed"


def test_a_child_that_hangs_at_its_start_is_ended_with_its_group(models, standing_in, rows, tmp_path):
    pids = tmp_path / "pids"
    hang = (
        "import os, signal, subprocess\n"
        "other = subprocess.Popen(['/bin/sleep', '600'])\n"
        f"with open({str(pids)!r}, 'w') as told: told.write(str(os.getpid()) + ' ' + str(other.pid))\n"
        "signal.pause()"
    )
    client = standing_in(hang, load_seconds=1.5)
    with pytest.raises(EngineTimeout):
        ask(client, models["logistic"], rows)
    assert all(gone(int(pid)) for pid in pids.read_text().split())


def test_a_child_that_hangs_while_it_predicts_is_ended_and_the_next_answers(models, standing_in, rows, tmp_path):
    hang_once = f"""
def before(request):
    if request["verb"] == "score" and not os.path.exists({str(tmp_path / "hung")!r}):
        open({str(tmp_path / "hung")!r}, "w").close()
        signal.pause()
run(before)
"""
    client = standing_in(HALF + hang_once, seconds=0.5)
    with pytest.raises(EngineTimeout):
        ask(client, models["logistic"], rows)
    assert client.pids() == ()
    assert ask(client, models["logistic"], rows[:1]).scores == (0.5,)


def test_a_child_that_dies_is_told_apart_and_what_it_printed_is_kept_for_the_log(models, standing_in, rows):
    client = standing_in("sys.stderr.write('x' * 100_000 + 'out of memory'); sys.exit(3)")
    with pytest.raises(EngineCrashed) as crashed:
        ask(client, models["logistic"], rows)
    assert "out of memory" in crashed.value.detail
    assert len(crashed.value.detail) < 5_000
    assert "out of memory" not in crashed.value.sentence
    assert client.pids() == ()


def test_a_child_killed_between_two_requests_is_replaced(models, standing_in, rows):
    client = standing_in(HALF + "run()")
    first = ask(client, models["logistic"], rows)
    os.kill(client.pids()[0], 9)
    with pytest.raises(EngineCrashed):
        ask(client, models["logistic"], rows)
    assert ask(client, models["logistic"], rows) == first


def test_a_child_that_lies_is_caught_and_ended(models, standing_in, rows):
    """The honest engine, but for one contribution in what it sends."""
    lie = (
        f"import sys; sys.path.append({str(ROOT)!r})\n"
        "from model_runtime.engine import child, forkserver\n"
        + "honest = child.encode_message\n"
        + "def encode(reply):\n"
        + "    if 'scores' in reply: reply['contributions'][4][1] += 0.001\n"
        + "    return honest(reply)\n"
        + "child.encode_message = encode\n"
        + "forkserver.main()"
    )
    client = EngineClient(server=(sys.executable, "-I", "-B", "-c", lie, "2048"))
    with pytest.raises(EngineMismatch) as caught:
        ask(client, models["logistic"], rows)
    assert caught.value.code == "not_additive"
    assert client.pids() == ()
    client.close()


@pytest.mark.parametrize(
    "said",
    [
        "b'hello, this is no frame'",
        "struct.pack('>4sI', b'JSON', 1 << 30)",
        "struct.pack('>4sI', b'BLOB', 1) + b'x'",
        "struct.pack('>4sI', b'JSON', 2) + b'[]'",
        "struct.pack('>4sI', b'JSON', 13) + b'{\"nonce\": NaN}'",
        "(struct.pack('>4sI', b'JSON', 2) + b'{}') * 2",
    ],
)
def test_a_child_that_does_not_speak_in_frames_is_ended(said, models, standing_in, rows):
    client = standing_in(f"import struct\nsys.stdout.buffer.write({said}); sys.stdout.flush()\nsys.stdin.read()")
    with pytest.raises(EngineCrashed):
        ask(client, models["logistic"], rows)
    assert client.pids() == ()


def test_an_answer_to_another_question_is_refused(models, standing_in, rows):
    body = b'{"nonce":"00"}'
    client = standing_in(
        "import struct\n"
        f"sys.stdout.buffer.write(struct.pack('>4sI', b'JSON', {len(body)}) + {body!r}); sys.stdout.flush()\n"
        "sys.stdin.read()"
    )
    with pytest.raises(EngineMismatch):
        ask(client, models["logistic"], rows)


def test_a_child_sees_nothing_of_the_services_environment(models, standing_in, rows, tmp_path, monkeypatch):
    monkeypatch.setenv("ALGOCARE_SECRET", "swordfish")
    held = os.open(os.devnull, os.O_RDONLY)
    os.set_inheritable(held, True)
    client = standing_in(
        "import os\n"
        "files = ','.join(sorted(os.listdir('/proc/self/fd')))\n"
        "sys.stderr.write(str(dict(os.environ)) + os.getcwd() + ' open: ' + files)"
    )
    try:
        with pytest.raises(EngineCrashed) as crashed:
            ask(client, models["logistic"], rows)
    finally:
        os.close(held)
    assert "swordfish" not in crashed.value.detail
    assert "OMP_NUM_THREADS" in crashed.value.detail
    # standard input, output, errors, and the listing itself
    assert crashed.value.detail.endswith("/ open: 0,1,2,3")


def test_a_child_that_is_not_shut_in_is_not_asked(models, standing_in, rows):
    """R39: without limits, or with the service's environment, there is no score, whoever accepted what."""
    client = standing_in(HALF.replace(', "limits"', "") + "run()")
    with pytest.raises(EngineCrashed) as crashed:
        ask(client, models["logistic"], rows)
    assert crashed.value.code == "not_shut_in"
    assert client.pids() == ()


def test_a_child_that_loses_a_layer_on_the_way_is_ended(models, standing_in, rows):
    more = (
        'LAYERS.append("seccomp")\ndef before(request):\n    if request["verb"] == "score": LAYERS.pop()\nrun(before)'
    )
    with pytest.raises(EngineMismatch):
        ask(standing_in(HALF + more), models["logistic"], rows)


def test_a_child_cannot_take_more_memory_or_write_files(models, standing_in, rows, tmp_path):
    script = (
        "from model_runtime.engine.limits import set_limits\n"
        "import resource\n"
        "set_limits(256)\n"
        "try: bytearray(300 << 20)\n"
        "except MemoryError: sys.stderr.write('no memory;')\n"
        "try:\n"
        f"    with open({str(tmp_path / 'x')!r}, 'w') as file: file.write('x')\n"
        "except OSError: sys.stderr.write('no file;')\n"
        "try: resource.setrlimit(resource.RLIMIT_FSIZE, (1, 1))\n"
        "except (OSError, ValueError): sys.stderr.write('no way back;')\n"
        "sys.stderr.write(str(resource.getrlimit(resource.RLIMIT_CORE)))"
    )
    with pytest.raises(EngineCrashed) as crashed:
        ask(standing_in(script), models["logistic"], rows)
    told = crashed.value.detail
    assert "no memory;no file;" in told
    assert told.endswith("(0, 0)")


def test_the_least_recently_used_child_makes_room(models, standing_in, rows):
    client = standing_in(HALF + "run()", keep=1)
    ask(client, models["logistic"], rows)
    first = client.pids()
    other = models["logistic"].features[::-1]
    client.score(models["logistic"].data, models["logistic"].sha256, "linear", other, rows)
    assert len(client.pids()) == 1
    assert client.pids() != first
    assert gone(first[0])


def test_eight_threads_each_get_their_own_answer(models, client, rows):
    model = models["logistic"]
    expected = ask(client, model, rows).scores
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda place: ask(client, model, [rows[place % 20]]), range(64)))
    assert [answer.scores[0] for answer in answers] == pytest.approx([expected[place % 20] for place in range(64)])
    assert all(len(answer.scores) == 1 for answer in answers)


def test_an_engine_that_cannot_be_started_is_a_fault_like_any_other(models, rows):
    with pytest.raises(EngineCrashed) as crashed:
        ask(EngineClient(command=["/nonexistent/python"]), models["logistic"], rows)
    assert crashed.value.code == "engine_not_started"


def test_a_feature_declared_twice_is_refused(models, client, rows):
    model = models["logistic"]
    with pytest.raises(EngineRefused):
        client.score(model.data, model.sha256, "linear", (*model.features[:3], "age"), rows)


def test_a_closed_client_has_no_children_and_starts_none(models, standing_in, rows):
    client = standing_in(HALF + "run()")
    ask(client, models["logistic"], rows)
    (pid,) = client.pids()
    client.close()
    assert gone(pid)
    with pytest.raises(EngineFault):
        ask(client, models["logistic"], rows)


WEB = """
import hashlib, json, sys
sys.path.append({root!r})
from model_runtime.engine.client import EngineClient
import model_runtime.engine.inputs
data = open({path!r}, "rb").read()
client = EngineClient()
answer = client.score(data, hashlib.sha256(data).hexdigest(), "linear", {features!r}, {rows!r})
heavy = sorted({{"sklearn", "shap", "pandas", "numpy", "scipy", "skops", "evidently"}} & set(sys.modules))
print(json.dumps([len(answer.scores), heavy, client.pids()]), flush=True)
sys.stdin.read()
"""


def test_the_web_process_loads_no_model_library_and_its_children_end_with_it(models, rows, tmp_path):
    model, path = models["logistic"], tmp_path / "model.skops"
    path.write_bytes(model.data)
    script = WEB.format(root=str(ROOT), path=str(path), features=model.features, rows=rows[:3])
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as web:
        count, heavy, pids = json.loads(web.stdout.readline())
        assert count == 3
        assert heavy == []
        # not closed politely: killed, as the kernel does when memory runs out
        web.kill()
        web.wait()
    assert all(gone(pid) for pid in pids)
