"""Builds the demonstration through the product's own services: a real model, and two years of an invented partnership.

The database is built beside its place and moved there when it is complete, so that a build which is interrupted
leaves nothing behind.
"""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from algocare.app import make_engine
from algocare.demo.cast import INVENTED, SENTENCE, found
from algocare.demo.law import enter_law, register_point_scores
from algocare.demo.living import bring_people, live, score_in_the_shadow
from algocare.demo.meeting import call, hold_meeting
from algocare.demo.stages import assess_for_pilot, assess_for_shadow, permit_pilot, permit_shadow, register_model
from algocare.demo.training import ask_of_readers, learn
from foundation.clock import StoppedClock, SystemClock
from foundation.database.connection import Database
from foundation.database.schema import upgrade
from foundation.settings import Settings
from registry.imports.service import import_reference
from registry.models.queries import get_use

Say = Callable[[str], None]
FOUNDED, REGISTERED = timedelta(days=40), timedelta(days=36)
SHADOW, APPROVED = timedelta(days=24), timedelta(days=12)
"""How long before today each part of the story happened."""


def build(settings: Settings, target: Path, until: str, say: Say) -> None:
    """Build the demonstration at `target` as far as `until`: founded, registered, approved, lived or partnership.

    The last holds all before it, and two years of an invented partnership beside it.
    """
    draft = target.with_name("algocare-being-built.db")
    remove(draft)
    address = f"sqlite:///{draft}"
    upgrade(address)
    database, engine, now = Database(address), make_engine(settings), SystemClock().now()
    try:
        _tell(database, engine, settings, until, now, say)
        with database.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        engine.close()
        database.close()
    os.replace(draft, target)
    remove(draft)


def remove(path: Path) -> None:
    """Remove an SQLite database and the files beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _tell(database: Database, engine: object, settings: Settings, until: str, now: datetime, say: Say) -> None:
    from algocare.demo.partnership.history import House, begins_before
    from algocare.demo.partnership.history import tell as tell_years
    from algocare.demo.return_to_custody.train import write_all
    from model_runtime.engine.client import EngineClient

    assert isinstance(engine, EngineClient)
    whole = until == "partnership"
    founded = begins_before(now) if whole else now - FOUNDED
    folder = settings.data_folder / "return-to-custody"
    say("Training the model from published data")
    write_all(folder)
    with database.write() as session:
        found(session, founded, INVENTED if whole else SENTENCE)
        import_reference(session, founded)
        enter_law(session, founded, now)
    if until == "founded":
        return
    say("Registering it and measuring it on held-out people")
    clock = StoppedClock(_morning(now - REGISTERED))
    use_id = register_model(database, clock, engine, folder, settings)
    register_point_scores(database, clock, engine, settings, now, besides=("roni",) if whole else ())
    if until == "registered":
        return
    say("Taking it through the ethics committee, into the shadow and into a pilot")
    people = bring_people(database, folder, use_id, now, now - SHADOW + timedelta(days=1))
    _into_the_shadow(database, clock, use_id, settings, now)
    score_in_the_shadow(database, clock, engine, use_id, people, now - SHADOW)
    _into_the_pilot(database, clock, use_id, settings, now)
    if whole:
        tell_years(House(database, clock, engine, settings, settings.data_folder / "risk-of-neet"), now, say)
    clock.set(now - timedelta(hours=4))
    call(database, clock, days_ahead=14)
    live(database, clock, engine, folder, use_id, people, now, quiet=until == "approved", say=say)


def _morning(day: datetime) -> datetime:
    return day.replace(hour=9, minute=30, second=0, microsecond=0)


def _into_the_shadow(database: Database, clock: StoppedClock, use_id: int, settings: Settings, now: datetime) -> None:
    """A first meeting lets scores be recorded; its minutes are published."""
    clock.set(_morning(now - REGISTERED + timedelta(days=1)))
    item = assess_for_shadow(database, clock, use_id)
    clock.set(_morning(now - SHADOW - timedelta(days=7)))
    number = call(database, clock)
    hold_meeting(database, clock, number, lambda: permit_shadow(database, clock, item, settings))


def _train(database: Database, clock: StoppedClock, use_id: int) -> None:
    """Both practitioners pass, one of them at the second attempt: without it the pilot would show them nothing."""
    with database.read() as session:
        version_id = get_use(session, use_id).version_id
    for practitioner, wrong in (("pat.practitioner", 3), ("pat.practitioner", 0), ("bea.practitioner", 1)):
        clock.advance(minutes=12)
        learn(database, clock, practitioner, version_id, wrong=wrong)


def _into_the_pilot(database: Database, clock: StoppedClock, use_id: int, settings: Settings, now: datetime) -> None:
    """A second meeting permits a pilot; its minutes wait for the chair."""
    clock.set(_morning(now - APPROVED - timedelta(days=5)))
    item = assess_for_pilot(database, clock, use_id)
    clock.set(_morning(now - APPROVED - timedelta(days=2)))
    number = call(database, clock, days_ahead=2)
    decided = partial(permit_pilot, database, clock, item, settings)
    hold_meeting(database, clock, number, decided, published=False)
    ask_of_readers(database, clock, use_id)
    _train(database, clock, use_id)
