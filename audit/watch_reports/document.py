"""Reports of a watch and of a quarter as HTML for paper: the words and figures of their pages (R12)."""

from dataclasses import dataclass
from datetime import datetime

from audit.exports.document import paper_environment
from monitoring.reports.courses import COURSES, Course
from monitoring.reports.values import Content
from monitoring.watches.reading import WatchReport


@dataclass(frozen=True)
class Cover:
    """What stands on every document: whose it is, whether it is a demonstration, and when it was made."""

    partnership: str
    demonstration: str | None
    made_at: datetime


def render_watch(report: WatchReport, cover: Cover) -> str:
    """The report of a watch as one page of HTML without any outside file."""
    template = paper_environment().get_template("audit/watch_reports/watch.html")
    return template.render(report=report, run=report.run, cover=cover, made_at=cover.made_at.isoformat())


def render_quarter(content: Content, sha256: str) -> str:
    """The report of a quarter as one page of HTML without any outside file."""
    template = paper_environment().get_template("audit/watch_reports/quarter.html")
    return template.render(content=content, sha256=sha256, courses={one.value: COURSES[one] for one in Course})
