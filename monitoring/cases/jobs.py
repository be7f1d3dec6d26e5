"""What the worker does about cases each night."""

import logging

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Unavailable
from monitoring.cases.queries import get_case, list_open_cases
from monitoring.cases.steps import look_after

log = logging.getLogger("algocare.cases")


def check_cases(database: Database, clock: Clock) -> int:
    """Look after every case that is not closed, each on its own; for how many there was something to do (R12).

    What goes wrong with one case stops no other, and is said at the end: a clock that nobody reads is no clock.
    """
    with database.read() as session:
        numbers = [case.id for case in list_open_cases(session)]
    acted, broken = 0, []
    for number in numbers:
        try:
            with database.write() as session:
                acted += look_after(session, get_case(session, number), clock.now())
        except Exception:
            log.exception("case %s was not looked after", number)
            broken.append(number)
    if broken:
        raise Unavailable(f"{len(broken)} cases could not be looked after; the worker's log has the details.")
    return acted
