"""Commands about reports over all models: ask for one, and keep what was put together."""

import json
from datetime import datetime

from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.jobs.service import enqueue
from foundation.jobs.tables import Job
from foundation.ledger.service import record
from foundation.ledger.values import content_digest
from monitoring.reports.queries import find_report, next_part
from monitoring.reports.tables import QuarterlyReport
from monitoring.reports.values import Content, Period, quarter_of

JOB = "make_quarterly"


def ask_for_report(session: Session, actor: Actor, at: datetime) -> Job:
    """The chair asks for the report of this quarter up to today; asked twice within a minute it is made once."""
    check_permission(actor, Permission.CHAIR)
    quarter = quarter_of(at)
    key = f"{JOB}:{quarter.code}:{at.isoformat(timespec='minutes')}"
    payload = {"quarter": quarter.code, "asked_by": actor.account_id}
    return enqueue(session, JOB, key, payload, asked_by=actor.reference, at=at)


def keep_report(
    session: Session, period: Period, content: Content, asked_by_id: int | None, at: datetime
) -> QuarterlyReport:
    """Keep a report under its digest; that of a whole quarter is kept once, and the first one stands."""
    quarter = period.quarter
    standing = find_report(session, quarter, 0) if period.whole else None
    if standing is not None:
        return standing
    stored = json.loads(json.dumps(content))  # as the database gives it back, so that its digest holds
    report = QuarterlyReport(
        quarter=quarter.code,
        part=0 if period.whole else next_part(session, quarter),
        ends_on=datetime.fromisoformat(stored["ends_on"]).date(),
        made_at=at,
        asked_by_id=asked_by_id,
        content=stored,
        sha256=content_digest(stored),
    )
    session.add(report)
    session.flush()
    facts = {"quarterly_report": report.id, "quarter": report.quarter, "part": report.part, "sha256": report.sha256}
    actor = "worker" if asked_by_id is None else f"account:{asked_by_id}"
    record(session, "quarterly_report", actor=actor, at=at, facts=facts)
    return report
