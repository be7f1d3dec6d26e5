"""The fork server: imports the model libraries once, never sees an artefact, and forks one child for each. Child side.

It is started by one client and speaks with it alone, through a socket that is its standard input: each request hands
over three pipe ends, each answer a process id and a handle on it. A child has a keeper between itself and the server,
which leaves the namespaces, ends everything the child left behind, and dies with the server.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import warnings

from model_runtime.engine import kernel
from model_runtime.engine.child import serve
from model_runtime.engine.limits import take_pipes
from model_runtime.engine.sandbox import end_with_parent, leave_namespaces, list_namespaces, shut_in

CONTROL = 0
PIPES = 3
LARGEST_REQUEST = 256
LIBRARIES = (
    "encodings.ascii",
    "encodings.cp437",
    "encodings.latin_1",
    "numpy",
    "pandas",
    "scipy.special",
    "sklearn.calibration",
    "sklearn.compose",
    "sklearn.dummy",
    "sklearn.ensemble",
    "sklearn.frozen",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.pipeline",
    "sklearn.preprocessing",
    "sklearn.tree",
    "skops.io",
    "skops.io.exceptions",
    "shap",
    "model_runtime.engine.artefacts",
    "model_runtime.engine.estimators",
    "model_runtime.engine.table_explanations",
    "model_runtime.engine.trials",
    "model_runtime.engine.warming",
)
"""Everything a child may import: it cannot read a file any more when it would."""


def main(libraries: tuple[str, ...] = LIBRARIES) -> None:
    """Run until the client closes its end or ends; the memory limit of a child in MiB is the only argument."""
    control = _take_control()
    warnings.simplefilter("ignore")
    with contextlib.suppress(OSError):
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    # children are keepers: the kernel itself takes them away when they end
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        for name in libraries:
            importlib.import_module(name)
    except Exception as error:
        _tell(control, failed=f"a library could not be imported: {error!r}"[:1000])
        raise
    gc.collect()
    gc.freeze()
    _tell(control, ready=True)
    _answer(control, int(sys.argv[1]), list_namespaces())


def _take_control() -> socket.socket:
    """The socket to the client, moved away from standard input, which no library shall read."""
    control = socket.socket(fileno=os.dup(CONTROL))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, CONTROL)
    os.close(nothing)
    return control


def _answer(control: socket.socket, memory_mib: int, outside: dict[str, str]) -> None:
    waiting = select.poll()
    waiting.register(control, select.POLLIN)
    # the socket alone does not tell that the client is gone: a process it forked may hold it too
    parent = os.pidfd_open(os.getppid())
    waiting.register(parent, select.POLLIN)
    while all(number != parent for number, _ in waiting.poll()):
        request, pipes, _, _ = socket.recv_fds(control, LARGEST_REQUEST, PIPES)
        if not request or len(pipes) != PIPES:
            return
        if os.fork() == 0:
            os.close(parent)
            _keep(control, pipes, memory_mib, outside)
        for pipe in pipes:
            os.close(pipe)


def _keep(control: socket.socket, pipes: list[int], memory_mib: int, outside: dict[str, str]) -> None:
    """The keeper: start the child in namespaces of its own, say which it is, and stay until it ends."""
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        leave_namespaces()
        end_with_parent()
        child = os.fork()
        if child == 0:
            _become_child(control, pipes, memory_mib, outside)
        handle = os.pidfd_open(child)
        for pipe in pipes:
            os.close(pipe)
        socket.send_fds(control, [json.dumps({"pid": child}).encode()], [handle])
        control.close()
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        # not yet taken away, so the number still means this group and no other
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except BaseException as error:
        with contextlib.suppress(OSError):
            _tell(control, failed=repr(error)[:1000])
    finally:
        os._exit(0)


def _become_child(control: socket.socket, pipes: list[int], memory_mib: int, outside: dict[str, str]) -> None:
    """The child: three pipes, no way back, then the requests. It never returns."""
    code = 1
    try:
        end_with_parent()
        os.setsid()
        for number, pipe in enumerate(pipes):
            os.dup2(pipe, number)
        control.close()
        inbox, outbox = take_pipes()
        serve(inbox, outbox, shut_in(memory_mib, outside))
        code = 0
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(code)


def _tell(control: socket.socket, **message: object) -> None:
    control.send(json.dumps(message).encode())
