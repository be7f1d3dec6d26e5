"""What the worker does when a use is retired, or the data protection officer asks: it lists everybody (R14)."""

from foundation.accounts.values import WORKER
from foundation.clock import Clock
from foundation.database.connection import Database
from monitoring.lookbacks.service import make_look_back, open_retirement
from registry.models.queries import get_use


def look_back(
    database: Database, clock: Clock, use_id: int, *, asked_by_id: int | None = None, reason: str = ""
) -> int:
    """List everybody the use scored and, for a retired use, begin the record of its end; how many people."""
    with database.write() as session:
        use, now = get_use(session, use_id), clock.now()
        made = make_look_back(session, WORKER, use, now, asked_by_id=asked_by_id, reason=reason)
        open_retirement(session, WORKER, use, now)
        return made.people
