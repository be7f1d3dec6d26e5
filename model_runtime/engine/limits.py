"""What the engine child may use, set by the child itself before it loads anything."""

import os
import resource
from typing import BinaryIO

from model_runtime.engine.messages import MIB

OPEN_FILES = 64
PIPE_IN, PIPE_OUT, PIPE_ERRORS = 0, 1, 2


def set_limits(memory_mib: int) -> None:
    """Address space, no file growth, no core file, few descriptors; none of it can be raised again.

    The libraries reserve about 0.7 GiB of address space for a small forest, so 1 GiB is the useful least.
    """
    for kind, most in (
        (resource.RLIMIT_AS, memory_mib * MIB),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
    ):
        resource.setrlimit(kind, (most, most))


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two ends that carry frames, moved away so that a library's `print` cannot end up in an answer."""
    inbox = os.fdopen(os.dup(PIPE_IN), "rb")
    outbox = os.fdopen(os.dup(PIPE_OUT), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, PIPE_IN)
    os.close(nothing)
    os.dup2(PIPE_ERRORS, PIPE_OUT)
    return inbox, outbox
