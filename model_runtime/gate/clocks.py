"""What time it is at the gate: the service's clock and the database's own have to agree (R01).

An approval that has expired must not come to life again because somebody set a clock back.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, literal_column, select
from sqlalchemy.orm import Session

from foundation.clock import Clock, SystemClock
from foundation.ledger.tables import LedgerEntry
from model_runtime.gate.values import Moment
from model_runtime.scores.tables import Score


def read_moment(session: Session, clock: Clock) -> Moment:
    """The later of the two clocks, how far they differ, and how far the newest record lies ahead of both.

    Only where the house runs on the machine's clock: tests and the demonstration's history hand in their own time.
    """
    if not isinstance(clock, SystemClock):
        return Moment(clock.now())
    connection = session.connection()
    stated, newest_score, newest_entry = connection.execute(NOW[connection.dialect.name]).one()
    own, stated = clock.now(), _aware(stated)
    at = max(own, stated)
    newest = [one for one in (newest_score, newest_entry) if one is not None]
    back = (max(newest) - at).total_seconds() if newest else 0.0
    return Moment(at, apart=abs((own - stated).total_seconds()), back=max(0.0, back))


def _statement(now: str) -> Any:
    score, entry = select(func.max(Score.at)).scalar_subquery(), select(func.max(LedgerEntry.at)).scalar_subquery()
    return select(literal_column(now), score, entry)


NOW = {
    "sqlite": _statement("strftime('%Y-%m-%d %H:%M:%f', 'now')"),
    "postgresql": _statement("clock_timestamp()"),
}
"""Each database's own clock, which does not stand still during a transaction."""


def _aware(stated: object) -> datetime:
    if isinstance(stated, datetime):
        return stated.astimezone(UTC)
    return datetime.fromisoformat(str(stated)).replace(tzinfo=UTC)
