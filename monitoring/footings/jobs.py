"""What the worker does when the register changes, each night, and when a model is stopped."""

import logging

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Unavailable
from monitoring.footings.service import check_use, tell_dependants
from registry.models.queries import get_use, list_uses

log = logging.getLogger("algocare.footings")


def check_footings(database: Database, clock: Clock) -> int:
    """Look at the law of every approved use, each on its own; how many cases were opened.

    What goes wrong with one use stops no other, and is said at the end: silence must not look like law that holds.
    """
    with database.read() as session:
        numbers = sorted(use.id for use in list_uses(session, stage="approved"))
    opened, broken = 0, []
    for use_id in numbers:
        try:
            with database.write() as session:
                opened += check_use(session, get_use(session, use_id), clock.now()) is not None
        except Exception:
            log.exception("the law of use %s was not checked", use_id)
            broken.append(use_id)
    if broken:
        raise Unavailable(f"The law of {len(broken)} uses could not be checked; the worker's log has the details.")
    return opened


def check_upstream(database: Database, clock: Clock, use_id: int) -> int:
    """Tell the committee which approved uses take the result of a model that was just stopped; how many cases."""
    with database.write() as session:
        return len(tell_dependants(session, get_use(session, use_id), clock.now()))
