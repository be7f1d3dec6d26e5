"""What only one worker can hold, how it shows that it lives, and the states of a due time."""

from enum import StrEnum

WORKER_KEY = 0x776F726B
WORKER_FILE = "worker.lock"
"""An advisory lock with this key on PostgreSQL; beside SQLite this file, locked."""

BEAT_SECONDS = 4.0
SILENT_BEATS = 4
"""A worker that stays silent through so many beats of another one is taken for dead: its jobs are queued again.

Counted in beats of the observer: where nobody can write for a while, as during a long import, nobody is taken for dead.
"""
MOST_INTERRUPTIONS = 3
"""A job during which the worker was killed so often is not begun again: it may be what kills it."""
GONE_SECONDS = 30
"""A page says that the worker is silent when its last sign of life is older."""


class FiringState(StrEnum):
    """How a due time stands."""

    BEGAN = "began"
    ASKED = "asked"
    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"
    MISSED = "missed"


STANDING = (FiringState.ASKED, FiringState.QUEUED)
"""Due times whose work has not ended."""
