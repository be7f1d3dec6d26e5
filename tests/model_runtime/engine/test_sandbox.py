"""A model that took over its process reaches nothing, and a child never claims more than what holds (R39, R33)."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

from foundation.paths import ROOT
from model_runtime.engine import seccomp
from model_runtime.engine.launching import ForkServer
from model_runtime.engine.layers import LEAST, Layer, find_missing, read_layers
from model_runtime.engine.messages import encode_message
from model_runtime.engine.process import ChildProcess
from tests.model_runtime.engine.escapes import HARMLESS, PROBES

pytestmark = [
    pytest.mark.xdist_group("engine"),
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the probes name calls by their numbers on x86-64"),
]
START = f"""
import sys
sys.path += [{str(ROOT)!r}]
from model_runtime.engine import forkserver, sandbox
from tests.model_runtime.engine import escapes
forkserver.serve = escapes.serve
def cannot(*_):
    raise OSError(38, "not in this kernel")
for part, name in {{without}}:
    setattr(getattr(sandbox, part) if part else sandbox, name, cannot)
forkserver.main(())
"""
FILTER, FILES, ROOT_FOLDER = ("", "filter_calls"), ("", "give_up_files"), ("kernel", "exchange_root")
CAPABILITIES, NAMESPACES, PRIVILEGES = ("kernel", "drop_capabilities"), ("", "unshare"), ("", "prctl")


def probe(names=(), without=(), run_as=()) -> tuple[tuple[str, ...], dict[str, str]]:
    """The layers a child names, and how its attempts ended."""
    command = [*run_as, sys.executable, "-I", "-B", "-c", START.format(without=list(without)), "2048"]
    server = ForkServer(command)
    try:
        child = ChildProcess(server.launch(30))
        try:
            message, _ = child.exchange(encode_message({"names": list(names)}), 30)
        finally:
            child.end()
    finally:
        server.close()
    return read_layers(message["layers"]), message["ended"]


def test_every_way_out_is_closed():
    """R39: more than forty attempts to leave, in one child, and none succeeds."""
    layers, ended = probe()
    assert len(ended) == len(PROBES) >= 40
    assert {name: how for name, how in ended.items() if not how.startswith("refused")} == {}
    assert set(layers) >= LEAST
    assert not Path("/tmp/algocare-escaped").exists()


def test_the_same_attempts_succeed_in_a_process_that_is_not_shut_in():
    """R39: the attempts are real ones, or that they fail would say nothing."""
    layers, ended = probe(HARMLESS, [FILTER, FILES, ROOT_FOLDER, CAPABILITIES, NAMESPACES])
    assert set(ended.values()) == {"succeeded"}
    assert not set(layers) & {Layer.SECCOMP, Layer.LANDLOCK, Layer.EMPTY_ROOT, Layer.PIDS, Layer.NETWORK}


@pytest.mark.parametrize(
    ("without", "not_named", "still_refused"),
    [
        ([FILTER], {Layer.SECCOMP}, ("read /etc/passwd", "list the root", "signal its parent", "rename the machine")),
        ([FILTER, FILES], {Layer.SECCOMP, Layer.LANDLOCK}, ("read /etc/passwd", "signal its parent")),
        ([FILTER, ROOT_FOLDER], {Layer.SECCOMP, Layer.EMPTY_ROOT}, ("read /etc/passwd", "list the root")),
        ([NAMESPACES], {Layer.USER, Layer.PIDS, Layer.NETWORK, Layer.MOUNTS, Layer.EMPTY_ROOT}, tuple(PROBES)),
        ([CAPABILITIES], {Layer.CAPABILITIES}, tuple(PROBES)),
    ],
)
def test_a_layer_that_is_not_there_is_not_named_and_the_others_hold(without, not_named, still_refused):
    """R33, R39: what is stored with a score is what was seen to hold, and the layers do not lean on each other."""
    layers, ended = probe(still_refused, without)
    assert set(find_missing(layers, Layer)) >= not_named
    assert {how.partition(":")[0] for how in ended.values()} == {"refused"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_also_holds_under_an_account_that_is_not_root():
    """R39: a service runs under an account of its own."""
    readable = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", sys.executable, "-c", ""], check=False
    )
    if readable.returncode != 0:
        pytest.skip("nobody may not read this checkout")
    layers, ended = probe(run_as=["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
    assert {how.partition(":")[0] for how in ended.values()} == {"refused"}
    assert set(layers) >= LEAST


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_is_a_list_of_what_is_allowed(machine):
    program = seccomp.assemble(machine)
    assert len(program) % 8 == 0
    assert program.endswith(seccomp._step(seccomp.RETURN, seccomp.ERRNO | 1))
    never = {"execve", "clone", "fork", "socket", "connect", "open", "openat", "ptrace", "kill", "mount", "prctl"}
    assert not never & set(seccomp.ALLOWED[machine])
    assert len(set(seccomp.ALLOWED[machine].values())) == len(seccomp.ALLOWED[machine])


@pytest.mark.parametrize("said", [None, 5, "process", ["process", "process"], ["castle"], [1]])
def test_a_child_that_names_its_layers_oddly_names_none(said):
    assert read_layers(said) == ()
