"""Reading the files made from watches and quarters."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from audit.watch_reports.tables import Paper
from audit.watch_reports.values import Form, PaperState
from foundation.errors import NotFound
from foundation.files.tables import StoredFile
from monitoring.reports.tables import QuarterlyReport
from monitoring.watches.tables import WatchRun


def find_paper(session: Session, form: Form, about: WatchRun | QuarterlyReport) -> Paper | None:
    """The newest file of a form about a watch or a quarter, or none."""
    chosen = select(Paper).where(Paper.form == form.value, _about(about))
    return session.scalars(chosen.order_by(Paper.id.desc()).limit(1)).first()


def _about(about: WatchRun | QuarterlyReport) -> ColumnElement[bool]:
    return Paper.run_id == about.id if isinstance(about, WatchRun) else Paper.report_id == about.id


def get_paper(session: Session, paper_id: int) -> Paper:
    """A file by number."""
    paper = session.get(Paper, paper_id)
    if paper is None:
        raise NotFound("There is no such file.")
    return paper


def state_of(paper: Paper | None) -> PaperState:
    """Where a file stands."""
    if paper is None:
        return PaperState.NONE
    if paper.problem is not None:
        return PaperState.FAILED
    return PaperState.READY if paper.file_sha256 else PaperState.BUILDING


def sizes_of(session: Session, papers: Sequence[Paper]) -> dict[int, int]:
    """The size in bytes of every file that was made, by its number."""
    wanted = [paper.file_sha256 for paper in papers if paper.file_sha256]
    sizes = dict(
        session.execute(select(StoredFile.sha256, StoredFile.size).where(StoredFile.sha256.in_(wanted))).tuples().all()
    )
    return {paper.id: sizes[paper.file_sha256] for paper in papers if paper.file_sha256 in sizes}
