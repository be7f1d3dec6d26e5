"""Making reports over all models: what the worker does when a quarter has ended, or when the chair asks."""

from foundation.clock import Clock
from foundation.database.connection import Database
from monitoring.reports.queries import find_report, write_content
from monitoring.reports.service import keep_report
from monitoring.reports.values import period_of, quarter_of, read_quarter


def make_quarterly(
    database: Database, clock: Clock, hour: int, quarter: str | None = None, asked_by_id: int | None = None
) -> int | None:
    """Make the report of a quarter, up to now where it has not ended; its number, or None where it stands already.

    Without `quarter` that of the last quarter that ended, which is made once. `hour` is that of the nightly watches.
    """
    now = clock.now()
    period = period_of(read_quarter(quarter) if quarter else quarter_of(now).before, now)
    with database.read() as session:
        if period.whole and find_report(session, period.quarter, 0) is not None:
            return None
        content = write_content(session, period, now, hour)
    with database.write() as session:
        return keep_report(session, period, content, asked_by_id, now).id
