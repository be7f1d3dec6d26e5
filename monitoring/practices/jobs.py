"""What the worker does each night about how scores are judged."""

import logging

from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import Unavailable
from monitoring.practices.service import check_use
from registry.models.queries import get_use, list_uses

log = logging.getLogger("algocare.practices")


def check_practices(database: Database, clock: Clock) -> int:
    """Look at how the scores of every approved use are judged, each on its own; how many cases were opened.

    What goes wrong with one use stops no other, and is said at the end.
    """
    with database.read() as session:
        numbers = sorted(use.id for use in list_uses(session, stage="approved"))
    opened, broken = 0, []
    for use_id in numbers:
        try:
            with database.write() as session:
                opened += check_use(session, get_use(session, use_id), clock.now()) is not None
        except Exception:
            log.exception("the judgements on use %s were not checked", use_id)
            broken.append(use_id)
    if broken:
        raise Unavailable(
            f"The judgements on {len(broken)} uses could not be checked; the worker's log has the details."
        )
    return opened
