"""What can be found out about the running service without changing anything."""

import shutil
from collections.abc import Collection
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from algocare.health.values import ATTENTION, BAD, GOOD, LayerSign, Sign
from algocare.schedules import list_schedules
from foundation.jobs.queries import find_life, list_lines, say_what_ran
from foundation.jobs.tables import Job
from foundation.jobs.values import WORKER_FILE, WORKER_KEY
from foundation.ledger.tables import LedgerEntry, LedgerWaiting
from foundation.settings import Settings
from model_runtime.engine.layers import EXPECTED, LEAST, TITLES, Layer, find_missing

LAG_SECONDS = 60
WAIT_SECONDS = 600
MIB = 1 << 20
LITTLE_SPACE = {BAD: (512, 0.02), ATTENTION: (4096, 0.1)}
"""Free space below so many mebibytes, or below that share of the disk, is bad or wants a look."""


def list_signs(session: Session, settings: Settings, now: datetime) -> list[Sign]:
    """Database, worker, what was due, ledger, jobs, disk and version, each in a sentence."""
    return [
        _database(session),
        _worker(session, settings, now),
        _schedules(session, settings, now),
        _ledger(session, now),
        _jobs(session, now),
        _disk(settings.data_folder),
        Sign("Version", f"ALGOCARE {find_version()}."),
    ]


def engine_sign(layers: Collection[str]) -> Sign:
    """How well a child that was started just now is shut in."""
    if missing := find_missing(layers, EXPECTED):
        return Sign("Engines", f"A model runs with {len(missing)} of {len(Layer)} layers missing.", ATTENTION)
    return Sign("Engines", f"A model is shut in by all {len(Layer)} layers; an engine was started and looked.")


def list_layers(layers: Collection[str]) -> list[LayerSign]:
    """Every layer there can be, and whether it is among those that were seen to hold."""
    return [LayerSign(TITLES[layer], layer in layers, layer in LEAST) for layer in Layer]


def find_version() -> str:
    """The version of this checkout."""
    try:
        return version("algocare")
    except PackageNotFoundError:
        return "from a checkout that was not installed"


def is_worker_running(session: Session, settings: Settings) -> bool:
    """Whether some process holds what only the one worker can hold; looked at, never tried to take."""
    if session.get_bind().dialect.name == "postgresql":
        asked = text(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            " AND classid = 0 AND objid = :key"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return bool(session.execute(asked, {"key": WORKER_KEY}).scalar())
    path = settings.data_folder / WORKER_FILE
    if not path.exists():
        return False
    inode = str(path.stat().st_ino)
    held = (line.split() for line in Path("/proc/locks").read_text().splitlines())
    return any(words[1] == "FLOCK" and words[5].rpartition(":")[2] == inode for words in held)


def _database(session: Session) -> Sign:
    if session.get_bind().dialect.name == "postgresql":
        number = session.execute(text("SHOW server_version")).scalar()
        return Sign("Database", f"PostgreSQL {number} answers.")
    number = session.execute(text("SELECT sqlite_version()")).scalar()
    return Sign("Database", f"SQLite {number} answers. Use PostgreSQL for anything in earnest.")


def _worker(session: Session, settings: Settings, now: datetime) -> Sign:
    if is_worker_running(session, settings):
        if find_life(session, now).alive:
            return Sign("Worker", "The worker is running.")
        return Sign("Worker", "The worker is running and shows no sign of life. Look at its log.", ATTENTION)
    return Sign("Worker", "No worker is running: no watches, no packs, no places in the ledger. Start it.", BAD)


def _schedules(session: Session, settings: Settings, now: datetime) -> Sign:
    lines = list_lines(session, list_schedules(settings), now)
    missed = any(line.missed for line in lines)
    return Sign("What was due", say_what_ran(lines), ATTENTION if missed else GOOD)


def _ledger(session: Session, now: datetime) -> Sign:
    waiting = select(func.count(), func.min(LedgerEntry.at)).join(
        LedgerWaiting, LedgerWaiting.entry_id == LedgerEntry.id
    )
    count, oldest = session.execute(waiting).one()
    if not count:
        return Sign("Ledger", "Every entry has its place in the chain.")
    seconds = (now - oldest).total_seconds()
    says = f"{count:,} {'entry waits' if count == 1 else 'entries wait'} for a place, the oldest for {_time(seconds)}."
    return Sign("Ledger", says, GOOD if seconds <= LAG_SECONDS else BAD)


def _jobs(session: Session, now: datetime) -> Sign:
    counts = dict(session.execute(select(Job.state, func.count()).group_by(Job.state)).tuples().all())
    oldest = session.scalar(select(func.min(Job.asked_at)).where(Job.state == "queued"))
    last = session.scalar(select(func.max(Job.finished_at)))
    waiting, running, failed = (counts.get(state, 0) for state in ("queued", "running", "failed"))
    says = f"{waiting:,} waiting, {running:,} running, {failed:,} failed."
    if last:
        says += f" The last one ended {_time((now - last).total_seconds())} ago."
    if oldest and not running and (now - oldest).total_seconds() > WAIT_SECONDS:
        return Sign("Jobs", f"{says} One has waited for {_time((now - oldest).total_seconds())}.", BAD)
    return Sign("Jobs", says, ATTENTION if failed else GOOD)


def _disk(folder: Path) -> Sign:
    try:
        disk = shutil.disk_usage(folder)
    except OSError:
        return Sign("Disk", "The data folder is not there yet.", ATTENTION)
    free, share = disk.free / MIB, disk.free / disk.total
    tone = next((tone for tone, (least, part) in LITTLE_SPACE.items() if free < least or share < part), GOOD)
    return Sign("Disk", f"{free:,.0f} MiB are free where the data folder is, {share:.0%} of the disk.", tone)


def _time(seconds: float) -> str:
    """A length of time in words, in the largest whole unit."""
    for size, word in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            number = int(seconds // size)
            return f"{number} {word}{'' if number == 1 else 's'}"
    number = max(0, int(seconds))
    return f"{number} second{'' if number == 1 else 's'}"
