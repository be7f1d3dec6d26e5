"""What the engine child may use, set by the child itself before it reads a byte of an artefact."""

import os
import resource
from typing import BinaryIO

from model_runtime.engine.messages import MIB

OPEN_FILES = 64
PROCESSOR_SECONDS = 4 * 3600
"""Over the whole life of a child; its client replaces it long before."""
CLEARED = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": "/nonexistent",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
"""All that a child has for an environment; one thread each, for a process with several cannot be forked safely."""

PIPE_IN, PIPE_OUT, PIPE_ERRORS = 0, 1, 2


def set_limits(memory_mib: int) -> None:
    """Address space, processor time, no file growth, no core file, few descriptors, no process; for good.

    The libraries reserve about 0.8 GiB of address space for a small forest, so 1 GiB is the useful least.
    """
    for kind, most in limits(memory_mib):
        _lower(kind, most)


def limits(memory_mib: int) -> tuple[tuple[int, int], ...]:
    """Each limit and its value."""
    return (
        (resource.RLIMIT_AS, memory_mib * MIB),
        (resource.RLIMIT_CPU, PROCESSOR_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_NPROC, 0),
    )


def limits_hold(memory_mib: int) -> bool:
    """Whether every limit is in force and none of them can be raised again."""
    for kind, most in limits(memory_mib):
        soft, hard = resource.getrlimit(kind)
        if not 0 <= soft <= most or not 0 <= hard <= most:
            return False
        try:
            resource.setrlimit(kind, (soft, hard + 1))
        except (OSError, ValueError):
            continue
        return False
    return True


def take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """The two ends that carry frames, moved away so that a library's `print` cannot end up in an answer."""
    inbox = os.fdopen(os.dup(PIPE_IN), "rb")
    outbox = os.fdopen(os.dup(PIPE_OUT), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, PIPE_IN)
    os.close(nothing)
    os.dup2(PIPE_ERRORS, PIPE_OUT)
    return inbox, outbox


def _lower(kind: int, most: int) -> None:
    """Never above what was already set: a limit of the service's own is not given up."""
    hard = resource.getrlimit(kind)[1]
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(kind, (most, most))
