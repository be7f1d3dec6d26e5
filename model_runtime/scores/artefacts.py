"""The stored bytes of a model's file, read and hashed once a minute in each process instead of at every score.

What is run is then the bytes that were hashed, in this process and again in the engine's child (R03). At every score
the store is still asked whether it holds a file of that name and length: one that is gone or cut off closes the gate at
once, one of the same length within the minute.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from foundation.database.connection import Database
from foundation.errors import NotFound, Unavailable
from foundation.files.service import get_content

AGAIN_SECONDS = 60.0
"""How long bytes that were read and hashed are used before they are read and hashed again."""
MOST = 4
"""How many files stay in memory for one database."""


@dataclass(frozen=True)
class _Held:
    content: bytes
    read_at: float


_held: WeakKeyDictionary[Database, OrderedDict[str, _Held]] = WeakKeyDictionary()
_lock = Lock()


def read_artefact(database: Database, session: Session, sha256: str, length: int | None) -> bytes:
    """The bytes stored under `sha256`; none without them, or when they rotted: the gate then says that they changed.

    `length` is how long the stored file is now, as the stamp of the use says.
    """
    held = _find(database, sha256)
    if held is not None and length == len(held):
        return held
    try:
        content = get_content(session, sha256)
    except (NotFound, Unavailable):
        return b""
    _keep(database, sha256, content)
    return content


def _find(database: Database, sha256: str) -> bytes | None:
    with _lock:
        held = _held.get(database, OrderedDict()).get(sha256)
    return held.content if held is not None and time.monotonic() - held.read_at < AGAIN_SECONDS else None


def _keep(database: Database, sha256: str, content: bytes) -> None:
    with _lock:
        files = _held.setdefault(database, OrderedDict())
        files[sha256] = _Held(content, time.monotonic())
        files.move_to_end(sha256)
        while len(files) > MOST:
            files.popitem(last=False)
