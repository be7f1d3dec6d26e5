"""One child spoken to against a deadline, and ended with everything it started."""

import fcntl
import os
import select
import selectors
import time
from typing import Any, NoReturn

from model_runtime.engine.launching import Launched
from model_runtime.engine.messages import BLOB_FRAME, HEADER, JSON_FRAME, MessageRefused, parse_header, parse_message
from model_runtime.engine.values import EngineCrashed, EngineTimeout

PIECE = 1 << 18
PIPE_BYTES = 1 << 20
DETAIL_BYTES = 4096
MOST_PIECES = 16
PRINTING_MILLISECONDS = 50


class ChildProcess:
    """A started child. Not safe for two threads at once: its owner holds a lock.

    `spent` is the time in seconds in which it was at work, `layers` what it says shuts it in, once it was asked.
    """

    def __init__(self, launched: Launched) -> None:
        self._launched = launched
        self.pid = launched.pid
        self.spent = 0.0
        self.layers: tuple[str, ...] = ()
        self._printed = b""
        self._ended = False
        self._selector = selectors.DefaultSelector()
        for pipe in (launched.stdin, launched.stdout, launched.stderr):
            os.set_blocking(pipe, False)
        _widen(launched.stdin)
        _widen(launched.stdout)
        for pipe in (launched.stdout, launched.stderr):
            self._selector.register(pipe, selectors.EVENT_READ)

    def exchange(self, request: bytes, seconds: float, raw_bytes: int = 0) -> tuple[dict[str, Any], bytes]:
        """Send the bytes of a request, return the one JSON message that answers it and the frame of bytes after it.

        `raw_bytes` is the exact length of that frame; with 0, or where the message is a refusal, there is none. Raises
        EngineTimeout after `seconds` of wall-clock time, EngineCrashed when the child ends or does not speak in
        frames; the caller then ends the child.
        """
        began = time.monotonic()
        waiting, answer = self._send(memoryview(request)), bytearray()
        if waiting:
            self._selector.register(self._launched.stdin, selectors.EVENT_WRITE)
        try:
            while True:
                for key, _ in self._ready(began + seconds):
                    if key.fd == self._launched.stdin:
                        waiting = self._send_more(waiting)
                    elif key.fd == self._launched.stderr:
                        self._listen()
                    else:
                        answer += self._receive()
                if (found := self._answer(answer, raw_bytes)) is not None:
                    return found
        finally:
            self.spent += time.monotonic() - began
            if waiting:
                self._selector.unregister(self._launched.stdin)

    def end(self) -> None:
        """Kill the child and forget the pipes. May be called twice."""
        if not self._ended:
            self._ended = True
            self._selector.close()
            self._launched.end()

    def forget(self) -> None:
        """Leave the child to the process that this one was forked from."""
        if not self._ended:
            self._ended = True
            self._selector.close()
            self._launched.forget()

    def _ready(self, deadline: float) -> list[tuple[selectors.SelectorKey, int]]:
        left = deadline - time.monotonic()
        ready = self._selector.select(left) if left > 0 else []
        if not ready and time.monotonic() >= deadline:
            raise EngineTimeout(
                "The model did not answer in time. There is no score.", detail=self._detail("timed out")
            )
        return ready

    def _send(self, waiting: memoryview) -> memoryview:
        """Write what fits, and return the rest."""
        try:
            while waiting:
                waiting = waiting[os.write(self._launched.stdin, waiting[:PIECE]) :]
        except BlockingIOError:
            return waiting
        except BrokenPipeError:
            # the child is gone; what it still printed and its end are read from the other pipes
            return waiting[len(waiting) :]
        return waiting

    def _send_more(self, waiting: memoryview) -> memoryview:
        waiting = self._send(waiting)
        if not waiting:
            self._selector.unregister(self._launched.stdin)
        return waiting

    def _listen(self) -> None:
        piece = os.read(self._launched.stderr, PIECE)
        if not piece:
            self._selector.unregister(self._launched.stderr)
        self._printed = (self._printed + piece)[-DETAIL_BYTES:]

    def _receive(self) -> bytes:
        piece = os.read(self._launched.stdout, PIECE)
        if not piece:
            self._crashed("its output ended")
        return piece

    def _answer(self, answer: bytearray, raw_bytes: int) -> tuple[dict[str, Any], bytes] | None:
        """The answer once its frames are complete; bounds are checked as soon as a header is there."""
        try:
            if (head := self._frame(answer, 0, JSON_FRAME)) is None:
                return None
            message = parse_message(bytes(answer[HEADER.size : head]))
            end = head
            if raw_bytes and "refused" not in message:
                found = self._frame(answer, head, BLOB_FRAME, raw_bytes)
                if found is None:
                    return None
                end = found
        except MessageRefused as error:
            self._crashed(str(error))
        if len(answer) > end:
            self._crashed("it said more than one answer")
        return message, bytes(answer[head + HEADER.size : end])

    def _frame(self, answer: bytearray, start: int, wanted: bytes, length_wanted: int | None = None) -> int | None:
        """Where a frame that starts at `start` ends, or None while it is not complete."""
        if len(answer) < start + HEADER.size:
            return None
        kind, length = parse_header(bytes(answer[start : start + HEADER.size]))
        if kind != wanted or length_wanted not in (None, length):
            self._crashed("it said something else than was asked")
        end = start + HEADER.size + length
        return end if len(answer) >= end else None

    def _crashed(self, reason: str) -> NoReturn:
        raise EngineCrashed("The model stopped working. There is no score.", detail=self._detail(reason))

    def _detail(self, reason: str) -> str:
        self._read_rest()
        return f"{reason}; it printed: {self._printed.decode('utf-8', 'replace')}"

    def _read_rest(self) -> None:
        """What was printed already, and for a moment what a process that just ended had still to print."""
        waiting = select.poll()
        waiting.register(self._launched.stderr, select.POLLIN)
        for _ in range(MOST_PIECES):
            try:
                piece = os.read(self._launched.stderr, PIECE) if waiting.poll(PRINTING_MILLISECONDS) else b""
            except OSError:
                return
            if not piece:
                return
            self._printed = (self._printed + piece)[-DETAIL_BYTES:]


def _widen(pipe: int) -> None:
    """Let a table pass in few pieces; where the kernel grants no wider pipe, it takes more of them."""
    try:
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
    except OSError:
        return
