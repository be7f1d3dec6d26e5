"""Making the PDF of minutes: what the worker calls."""

from datetime import datetime

from sqlalchemy.orm import Session

from audit.exports.document import paper_environment
from audit.exports.pdf import write_pdf
from audit.minutes.queries import read_public
from audit.minutes.service import keep_pdf
from audit.minutes.tables import Minutes
from audit.minutes.values import Section
from audit.minutes.writing import write_full
from foundation.clock import Clock
from foundation.database.connection import Database
from foundation.errors import AlgocareError

FAULT = "The PDF could not be made; the worker's log says why. Tell the administrator."


def build(database: Database, clock: Clock, minutes_id: int, form: str) -> None:
    """Make the PDF of one form of agreed minutes; what goes wrong is written on them, and raised.

    A paragraph that is withheld meanwhile asks for another PDF, so what was made before it is thrown away.
    """
    try:
        with database.read() as session:
            minutes = session.get_one(Minutes, minutes_id)
            marks = len(minutes.redactions)
            html = make_document(minutes, _sections(session, minutes, form), form)
            at = datetime.fromisoformat(minutes.record["agreed_at"])
        content = write_pdf(html, at)
        with database.write() as session:
            minutes = session.get_one(Minutes, minutes_id)
            session.refresh(minutes, ["stage"], with_for_update=True)  # its row alone, not what it is joined to
            session.expire(minutes, ["redactions"])
            if form == "full" or len(minutes.redactions) == marks:
                keep_pdf(session, minutes, form, content, clock.now())
    except Exception as error:
        with database.write() as session:
            minutes = session.get_one(Minutes, minutes_id)
            minutes.problem = error.sentence if isinstance(error, AlgocareError) else FAULT
        raise


def _sections(session: Session, minutes: Minutes, form: str) -> list[Section]:
    return write_full(minutes.record) if form == "full" else read_public(session, minutes)


def make_document(minutes: Minutes, sections: list[Section], form: str) -> str:
    """The minutes as one HTML page for paper, in the styles of a compliance pack."""
    template = paper_environment().get_template("audit/minutes/document.html")
    return template.render(record=minutes.record, sections=sections, form=form)
