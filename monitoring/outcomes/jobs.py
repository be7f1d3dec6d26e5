"""The worker's part: read a Parquet file of outcomes that was handed in, and record all of it or say why nothing."""

from sqlalchemy.orm import Session

from foundation.accounts.queries import get_account
from foundation.accounts.values import WORKER, Actor
from foundation.clock import Clock, london_date
from foundation.database.connection import Database
from foundation.errors import AlgocareError, Forbidden, Invalid
from foundation.files.service import get_content
from monitoring.outcomes.parquet import Unreadable, read_parquet
from monitoring.outcomes.queries import group_columns
from monitoring.outcomes.rules import read_cells, refuse
from monitoring.outcomes.service import hand_in_parquet, keep_refusal, record_outcomes, take_in
from monitoring.outcomes.tables import OutcomeUpload
from monitoring.outcomes.values import PARQUET_BEGINS
from registry.models.queries import get_model
from registry.models.tables import RiskModel

OUR_FAULT = "It could not be read: something went wrong on our side. The service's log has the details."


def read_handed_in(database: Database, clock: Clock, upload_id: int) -> None:
    """Read one file that was handed in; asked again about a file that was read, it changes nothing (R13).

    Who handed it in still has to answer for the model: otherwise nothing is recorded, and that is said too.
    """
    with database.read() as session:
        upload = session.get_one(OutcomeUpload, upload_id)
        done, file = upload.finished_at is not None, upload.file_name
        content = b"" if done else get_content(session, upload.file_sha256 or "")
    if done:
        return
    try:
        _take_in(database, clock, upload_id, content, file)
    except Invalid as refused:
        _say_why(database, clock, upload_id, refused)
    except AlgocareError as problem:
        _say_why(database, clock, upload_id, Invalid(problem.sentence))
    except Exception:
        _say_why(database, clock, upload_id, Invalid(OUR_FAULT))
        raise


def import_file(database: Database, clock: Clock, actor: Actor, slug: str, content: bytes, file: str) -> int:
    """Record a CSV or Parquet file of a model at once, for the command line, and return how many people it held.

    Refused as on the page; what came of a Parquet file is kept beside it, also when it was refused.
    """
    if not content.startswith(PARQUET_BEGINS):
        with database.write() as session:
            return record_outcomes(session, actor, get_model(session, slug), content, file, clock.now())
    with database.write() as session:
        number = hand_in_parquet(session, actor, get_model(session, slug), content, file, clock.now()).id
    read_handed_in(database, clock, number)
    with database.read() as session:
        upload = session.get_one(OutcomeUpload, number)
        refuse(file, upload.problems)
        return upload.rows


def _take_in(database: Database, clock: Clock, upload_id: int, content: bytes, file: str) -> None:
    try:
        names, lines = read_parquet(content)
    except Unreadable as unreadable:
        refuse(file, unreadable.problems)
        raise
    with database.write() as session:
        upload = session.get_one(OutcomeUpload, upload_id)
        model = session.get_one(RiskModel, upload.model_id)
        at = clock.now()
        rows = read_cells(names, lines, file, group_columns(model), london_date(at))
        take_in(session, _handed_in_by(session, upload), model, rows, upload, at)


def _say_why(database: Database, clock: Clock, upload_id: int, problem: Invalid) -> None:
    with database.write() as session:
        upload = session.get_one(OutcomeUpload, upload_id)
        keep_refusal(session, session.get_one(RiskModel, upload.model_id), upload, problem, clock.now())


def _handed_in_by(session: Session, upload: OutcomeUpload) -> Actor:
    if upload.handed_in_by_id is None:
        return WORKER
    account = get_account(session, upload.handed_in_by_id)
    if account.disabled_at is not None:
        raise Forbidden("The account of whoever handed it in has been closed meanwhile.")
    return account.actor()
