"""Reading reports over all models, and putting one together."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from foundation.accounts.queries import find_partnership
from foundation.clock import london_date
from foundation.errors import NotFound, Unavailable
from foundation.ledger.values import content_digest
from monitoring.cases.tables import Case
from monitoring.reports.collecting import WITHHELD, list_live, tell_use
from monitoring.reports.tables import QuarterlyReport
from monitoring.reports.values import FORMAT, Content, Period, Quarter
from monitoring.reports.writing import in_order, summarise, unsaid


def write_content(session: Session, period: Period, made_at: datetime, hour: int) -> Content:
    """Everything a report says about a period, as plain values: words first, and nothing about anybody (R12)."""
    uses = in_order([tell_use(session, use, period, hour) for use in list_live(session, period)])
    partnership = find_partnership(session)
    return {
        "format": FORMAT,
        "partnership": partnership.name if partnership else "",
        "demonstration": partnership.demonstration if partnership else None,
        "quarter": period.quarter.code,
        "title": period.quarter.title,
        "starts_on": period.quarter.starts_on.isoformat(),
        "ends_on": london_date(period.until).isoformat(),
        "whole": period.whole,
        "made_at": made_at.isoformat(),
        "summary": summarise(uses, _outside(session)),
        "uses": uses,
        "unsaid": unsaid(uses),
        "withheld": WITHHELD,
    }


def _outside(session: Session) -> int:
    """Cases about what runs without being registered, which belong to no use, that nobody has closed (R42)."""
    chosen = select(func.count()).select_from(Case).where(Case.use_id.is_(None), Case.stage != "closed")
    return session.scalar(chosen) or 0


def list_reports(session: Session) -> Sequence[QuarterlyReport]:
    """Every report, the newest quarter first, and in it the whole quarter before what was made within it."""
    of_whole = QuarterlyReport.part == 0
    order = (QuarterlyReport.quarter.desc(), of_whole.desc(), QuarterlyReport.part.desc())
    return session.scalars(select(QuarterlyReport).order_by(*order)).all()


def find_report(session: Session, quarter: Quarter, part: int | None = None) -> QuarterlyReport | None:
    """A report of a quarter by its part; without one that of the whole quarter, or the newest made within it."""
    reports = [one for one in list_reports(session) if one.quarter == quarter.code]
    return next((one for one in reports if part is None or one.part == part), None)


def get_report(session: Session, quarter: Quarter, part: int | None = None) -> QuarterlyReport:
    """A report as `find_report` says; refused when there is none, or when it was changed in the database."""
    report = find_report(session, quarter, part)
    if report is None:
        raise NotFound(f"There is no report of {quarter.title} yet.")
    return check_intact(report)


def check_intact(report: QuarterlyReport) -> QuarterlyReport:
    """Refuse a report whose content no longer has its digest."""
    if content_digest(report.content) != report.sha256:
        raise Unavailable("This report no longer matches its fingerprint and is not shown.", code="report_changed")
    return report


def next_part(session: Session, quarter: Quarter) -> int:
    """The number of the next report that is made within a quarter."""
    chosen = select(func.max(QuarterlyReport.part)).where(QuarterlyReport.quarter == quarter.code)
    return (session.scalar(chosen) or 0) + 1
