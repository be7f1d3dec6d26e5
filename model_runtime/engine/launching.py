"""How a client comes by a child: forked by its own fork server, or started alone for a rehearsal of faults."""

import array
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO, Any, NoReturn, Protocol

from model_runtime.engine.limits import CLEARED
from model_runtime.engine.values import EngineCrashed, EngineTimeout

LARGEST_ANSWER = 4096


@dataclass(frozen=True)
class Launched:
    """A child that was started: its process id, a handle that cannot mean another process, our three pipe ends."""

    pid: int
    handle: int
    stdin: int
    stdout: int
    stderr: int
    process: subprocess.Popen[bytes] | None = None

    def end(self) -> None:
        """Kill the child and all it started, and close what was open for it."""
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
        self.forget()

    def forget(self) -> None:
        """Close what was open for the child, and leave it to whoever else holds it."""
        for number in (self.handle, self.stdin, self.stdout, self.stderr):
            with contextlib.suppress(OSError):
                os.close(number)


class Launcher(Protocol):
    """Starts children."""

    def launch(self, seconds: float) -> Launched:
        """A new child, or EngineCrashed or EngineTimeout."""

    def close(self) -> None:
        """End what the launcher itself keeps running; its children end with it."""

    def abandon(self) -> None:
        """Forget everything: it belongs to the process this one was forked from."""


class CommandLauncher:
    """Each child a command of its own, for what needs other libraries than the fork server has."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)

    def launch(self, seconds: float) -> Launched:
        process = _started(self._command, subprocess.PIPE, subprocess.PIPE)
        ends = [_taken(pipe) for pipe in (process.stdin, process.stdout, process.stderr)]
        return Launched(process.pid, os.pidfd_open(process.pid), ends[0], ends[1], ends[2], process)

    def close(self) -> None:
        """Nothing is kept."""

    def abandon(self) -> None:
        """Nothing is kept."""


class ForkServer:
    """One fork server, started when it is first needed and again when it died. Safe for threads."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self.abandon()

    def warm_up(self) -> None:
        """Let the server begin to import its libraries, and do not wait for it."""
        with self._lock:
            self._running()

    def launch(self, seconds: float) -> Launched:
        """A new child, forked within `seconds`; a server that died unnoticed is started again once."""
        deadline = time.monotonic() + seconds
        if not self._lock.acquire(timeout=seconds):
            raise EngineTimeout("The engine is busy. There is no score; try again.", code="engine_busy")
        try:
            known = self._process
            try:
                return self._fork(deadline)
            except EngineCrashed:
                if known is None or self._process is not None:
                    raise
                return self._fork(deadline)
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the server; its children end with it."""
        with self._lock:
            self._end()

    def abandon(self) -> None:
        """Forget the server: it belongs to the process this one was forked from."""
        control = getattr(self, "_control", None)
        if control is not None:
            control.close()
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._ready = False

    def _fork(self, deadline: float) -> Launched:
        control = self._running()
        if not self._ready:
            self._hear(control, deadline)
            self._ready = True
        ours, theirs = _pipes()
        try:
            socket.send_fds(control, [b"fork"], theirs)
            answer, handles = self._hear(control, deadline)
            return Launched(int(answer["pid"]), handles[0], ours[0], ours[1], ours[2])
        except BaseException as error:
            _close(ours)
            if isinstance(error, OSError):
                self._fail(repr(error))
            raise
        finally:
            _close(theirs)

    def _running(self) -> socket.socket:
        if self._control is not None:
            return self._control
        control, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with other:
            self._process = _started(self._command, other.fileno(), subprocess.DEVNULL)
        self._control, self._ready = control, False
        return control

    def _hear(self, control: socket.socket, deadline: float) -> tuple[dict[str, Any], list[int]]:
        """One message of the server and the handles that came with it."""
        waiting = select.poll()
        waiting.register(control, select.POLLIN)
        if not waiting.poll(max(0.0, deadline - time.monotonic()) * 1000):
            self._end()
            raise EngineTimeout("The engine did not start in time. There is no score.")
        try:
            text, handles = _received(control)
            message = json.loads(text) if text else {"failed": "the fork server ended"}
        except (OSError, ValueError) as error:
            self._fail(repr(error))
        if "failed" in message:
            self._fail(str(message["failed"]))
        return message, handles

    def _fail(self, reason: str) -> NoReturn:
        self._end()
        raise EngineCrashed(
            "The model could not be started. There is no score.", code="engine_not_started", detail=reason
        )

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None
        self._ready = False


def _received(control: socket.socket) -> tuple[bytes, list[int]]:
    """A message and its one descriptor, which no later child of ours shall inherit."""
    size = array.array("i").itemsize
    text, extra, _, _ = control.recvmsg(LARGEST_ANSWER, socket.CMSG_SPACE(size), socket.MSG_CMSG_CLOEXEC)
    handles = array.array("i")
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
            handles.frombytes(data[: len(data) - len(data) % size])
    return text, list(handles)


def _pipes() -> tuple[list[int], list[int]]:
    """Our ends and the child's ends of its input, output and errors."""
    (their_in, our_in), (our_out, their_out), (our_errors, their_errors) = os.pipe(), os.pipe(), os.pipe()
    return [our_in, our_out, our_errors], [their_in, their_out, their_errors]


def _taken(pipe: IO[bytes] | None) -> int:
    """The end of a pipe as a number of our own."""
    assert pipe is not None
    with pipe:
        return os.dup(pipe.fileno())


def _close(numbers: Sequence[int]) -> None:
    for number in numbers:
        os.close(number)


def _started(command: Sequence[str], stdin: int, output: int) -> subprocess.Popen[bytes]:
    """A process with none of the caller's environment, which holds the service's secrets, and none of its files."""
    try:
        return subprocess.Popen(  # noqa: S603 - the command is ours, never a client's
            list(command),
            stdin=stdin,
            stdout=output,
            stderr=output,
            bufsize=0,
            close_fds=True,
            start_new_session=True,
            cwd="/",
            env=CLEARED,
        )
    except OSError as error:
        raise EngineCrashed(
            "The model could not be started. There is no score.", code="engine_not_started", detail=repr(error)
        ) from error
