"""What only one worker can hold: taking it, waiting for it, and noticing that it is gone."""

import fcntl
import logging
import os
import threading
from typing import Any

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from foundation.database.connection import Database
from foundation.errors import Refused
from foundation.jobs.values import WORKER_FILE, WORKER_KEY
from foundation.settings import Settings

log = logging.getLogger("algocare.worker")

STANDBY_SECONDS = 2.0
"""How often a worker that stands by looks whether the other one ended."""


def wait_for_lock(settings: Settings, database: Database, ended: threading.Event, wait: bool) -> Any:
    """Hold the lock, waiting for it as a stand-by if another worker has it; None if told to stop meanwhile."""
    said = False
    while not ended.is_set():
        try:
            return hold_lock(settings, database)
        except Refused:
            if not wait:
                raise
        if not said:
            log.warning("Another worker is running for this database. This one stands by and takes over when it ends.")
            said = True
        ended.wait(STANDBY_SECONDS)
    return None


def check_lock(held: Any, ended: threading.Event, lost: threading.Event) -> None:
    """End the worker if what it holds is gone: another one may be at work already."""
    if not is_held(held):
        log.error("The lock of this worker is gone. It ends, so that another one can take over.")
        lost.set()
        ended.set()


def is_held(held: Any) -> bool:
    """Whether the lock still stands: its connection answers, or its file is still the one others would lock."""
    if hasattr(held, "fileno"):
        return os.fstat(held.fileno()).st_nlink > 0
    try:
        held.execute(text("SELECT 1"))
    except DBAPIError:
        return False
    return True


def hold_lock(settings: Settings, database: Database) -> Any:
    """Hold what only one worker can hold: an advisory lock on PostgreSQL, a locked file beside SQLite."""
    refusal = Refused("Another worker is already running for this database.", code="second_worker")
    if database.engine.dialect.name == "postgresql":
        connection = database.engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": WORKER_KEY}).scalar():
            connection.close()
            raise refusal
        # never back into the pool, where the lock would outlive whoever held it
        connection.detach()
        return connection
    settings.data_folder.mkdir(parents=True, exist_ok=True)
    file = (settings.data_folder / WORKER_FILE).open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        raise refusal from None
    return file
