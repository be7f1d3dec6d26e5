"""One child process: started with nothing but three pipes, spoken to against a deadline, ended with its group."""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import IO, Any, NoReturn

from model_runtime.engine.messages import HEADER, JSON_FRAME, MessageRefused, parse_header, parse_message
from model_runtime.engine.values import EngineCrashed, EngineTimeout

PIECE = 1 << 16
DETAIL_BYTES = 4096
CLEARED = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}


class ChildProcess:
    """A started child. Not safe for two threads at once: its owner holds a lock."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = _started(command)
        self.pid = self._process.pid
        self._printed = b""
        for pipe in self._pipes():
            os.set_blocking(pipe.fileno(), False)

    def exchange(self, request: bytes, seconds: float) -> dict[str, Any]:
        """Send the bytes of a request, return the one JSON message that answers it.

        Raises EngineTimeout after `seconds` of wall-clock time, EngineCrashed when the child ends or does not
        speak in frames; the caller then ends the child.
        """
        deadline = time.monotonic() + seconds
        waiting, answer = memoryview(request), bytearray()
        with self._selector() as selector:
            while True:
                for key, _ in self._ready(selector, deadline):
                    if key.fileobj is self._process.stdin:
                        waiting = self._send(selector, waiting)
                    elif key.fileobj is self._process.stderr:
                        self._listen(selector)
                    else:
                        answer += self._receive()
                if (message := self._message(answer)) is not None:
                    return message

    def end(self) -> None:
        """Kill the whole process group and forget the pipes. May be called twice."""
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self._process.wait()
        for pipe in self._pipes():
            with contextlib.suppress(OSError):
                pipe.close()

    def _pipes(self) -> list[IO[bytes]]:
        process = self._process
        return [pipe for pipe in (process.stdin, process.stdout, process.stderr) if pipe is not None]

    def _selector(self) -> selectors.BaseSelector:
        selector = selectors.DefaultSelector()
        for pipe in self._pipes():
            writes = pipe is self._process.stdin
            selector.register(pipe, selectors.EVENT_WRITE if writes else selectors.EVENT_READ)
        return selector

    def _ready(self, selector: selectors.BaseSelector, deadline: float) -> list[tuple[selectors.SelectorKey, int]]:
        left = deadline - time.monotonic()
        ready = selector.select(left) if left > 0 else []
        if not ready and time.monotonic() >= deadline:
            raise EngineTimeout(
                "The model did not answer in time. There is no score.", detail=self._detail("timed out")
            )
        return ready

    def _send(self, selector: selectors.BaseSelector, waiting: memoryview) -> memoryview:
        stdin = self._process.stdin
        assert stdin is not None
        try:
            sent = os.write(stdin.fileno(), waiting[:PIECE])
        except BlockingIOError:
            sent = 0
        except BrokenPipeError:
            # the child is gone; what it still printed and its end are read from the other pipes
            sent = len(waiting)
        if sent == len(waiting):
            selector.unregister(stdin)
        return waiting[sent:]

    def _listen(self, selector: selectors.BaseSelector) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        piece = os.read(stderr.fileno(), PIECE)
        if not piece:
            selector.unregister(stderr)
        self._printed = (self._printed + piece)[-DETAIL_BYTES:]

    def _receive(self) -> bytes:
        stdout = self._process.stdout
        assert stdout is not None
        piece = os.read(stdout.fileno(), PIECE)
        if not piece:
            self._crashed("its output ended")
        return piece

    def _message(self, answer: bytearray) -> dict[str, Any] | None:
        """The message once its frame is complete; the bounds are checked as soon as the header is there."""
        if len(answer) < HEADER.size:
            return None
        try:
            kind, length = parse_header(bytes(answer[: HEADER.size]))
            if kind != JSON_FRAME or len(answer) > HEADER.size + length:
                self._crashed("it said more than one message")
            if len(answer) < HEADER.size + length:
                return None
            return parse_message(bytes(answer[HEADER.size :]))
        except MessageRefused as error:
            self._crashed(str(error))

    def _crashed(self, reason: str) -> NoReturn:
        raise EngineCrashed("The model stopped working. There is no score.", detail=self._detail(reason))

    def _detail(self, reason: str) -> str:
        self._read_rest()
        return f"{reason}; it printed: {self._printed.decode('utf-8', 'replace')}"

    def _read_rest(self) -> None:
        stderr = self._process.stderr
        assert stderr is not None
        with contextlib.suppress(OSError):
            self._printed = (self._printed + os.read(stderr.fileno(), PIECE))[-DETAIL_BYTES:]


def _started(command: Sequence[str]) -> subprocess.Popen[bytes]:
    """A child with none of the caller's environment, which holds the service's secrets, and none of its files."""
    try:
        return subprocess.Popen(  # noqa: S603 - the command is ours, never a client's
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
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
