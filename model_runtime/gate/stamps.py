"""One statement that says whether anything the gate has looked at is another thing now.

The gate is passed twice for a score (docs/decisions/0006): before the engine works, and under locks in the commit that
records the score. Everything that the product itself can change, and every row that is read into objects, is read as
one row of plain values. Where that row is what it was when the gate was passed before, what was read then still stands;
where it is not, all of it is read again. Rows that only grow are counted, all others are told by their columns.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import JSON, ColumnElement, ScalarSelect, Select, Table, Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from foundation.accounts.tables import Account
from foundation.files.tables import StoredFile
from model_runtime.objections.tables import Objection, ObjectionAnswer
from model_runtime.people.tables import Fact, Person
from model_runtime.people.values import REFERENCE
from model_runtime.training.tables import TrainingAttempt
from registry.catalogue.tables import RegisterState
from registry.evaluations.tables import Evaluation
from registry.footing.tables import SignOff
from registry.models.tables import Approval, ApprovalFooting, Band, Feature, ModelVersion, RiskModel, Use
from registry.safeguards.tables import SafeguardRow


@dataclass(frozen=True)
class Stamp:
    """What can open or close the gate as it stands at one moment: `of_use` for one use, whoever asks about whomever.

    The rest is about one person, their row, and how many facts and objections there are about them, and about one
    reader, how often they tried to pass a training. `artefact_bytes` is how long the stored file of the version is,
    none when there is none of its name.
    """

    person: tuple[int, str, str, date | None] | None
    facts: int
    objections: int
    trainings: int
    artefact_bytes: int | None
    of_use: tuple[Any, ...]


def read_stamp(session: Session, use_id: int, reference: str, account_id: int | None) -> Stamp | None:
    """The stamp of a use, the person with this reference and a reader; none where there is no such use.

    None too where nobody can have such a reference: not everything that is typed may be sent to a database.
    """
    if not REFERENCE.fullmatch(reference):
        return None
    asked = {"use": use_id, "person": reference, "key": reference.lower(), "account": account_id}
    connection = session.connection()
    row = connection.execute(STAMPS[connection.dialect.name], asked).first()
    if row is None:
        return None
    number, known_as, agency, born_on, facts, objections, trainings, artefact_bytes, *of_use = row
    person = (number, known_as, agency, born_on) if number is not None else None
    return Stamp(person, facts, objections, trainings, artefact_bytes, tuple(of_use))


def hold_case(session: Session, use_id: int) -> None:
    """Hold the use, its approval and the register as they are until the transaction ends.

    SQLite has one writer at a time and needs no more. Elsewhere a suspension, a revision of the register or an end of
    the approval either came before these locks or waits for the commit.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        return
    for held in (HELD_USE, HELD_APPROVAL, HELD_STATE):
        connection.execute(held, {"use": use_id}).all()


def _plain(table: Table) -> list[ColumnElement[Any]]:
    """The columns of a table as they are stored: no JSON is taken apart."""
    return [cast(column, Text) if isinstance(column.type, JSON) else column for column in table.columns]


def _table(mapped: Any) -> Table:
    found: Table = mapped.__table__
    return found


def _counted(mapped: Any, *which: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(_table(mapped)).where(*which).scalar_subquery()


_use, _version, _model, _approval = (_table(mapped) for mapped in (Use, ModelVersion, RiskModel, Approval))
_footing, _evaluation, _person, _fact = (_table(mapped) for mapped in (ApprovalFooting, Evaluation, Person, Fact))
_file, _account, _state, _sign_off = (_table(mapped) for mapped in (StoredFile, Account, RegisterState, SignOff))
_ended, _measured = _approval.alias(), _evaluation.alias()
_standing = (
    select(func.max(_ended.c.id)).where(_ended.c.use_id == bindparam("use"), _ended.c.ended_at.is_(None))
).scalar_subquery()
_figures = (
    select(func.max(_measured.c.id)).where(_measured.c.version_id == _use.c.version_id).correlate(_use)
).scalar_subquery()


def _statement(said: Callable[[Sequence[ColumnElement[Any]]], ColumnElement[str]]) -> Select[Any]:
    """The stamp, for a database in which `said` makes one text of rows: written once, they may have been changed
    behind our back."""
    of_both = (
        *(_person.c.id, _person.c.reference, _person.c.agency_code, _person.c.born_on),
        select(func.count()).select_from(_fact).where(_fact.c.person_id == _person.c.id).scalar_subquery(),
        _counted(Objection, Objection.person_key == bindparam("key")),
        _counted(TrainingAttempt, TrainingAttempt.account_id == bindparam("account")),
    )
    length = select(func.length(_file.c.content)).where(_file.c.sha256 == _version.c.artefact_sha256)
    rows = ((_table(Feature), "version_id"), (_table(Band), "version_id"), (_sign_off, "use_id"))
    of_use = (
        *(one for table in (_use, _version, _model, _approval, _footing, _evaluation) for one in _plain(table)),
        select(_account.c.name).where(_account.c.id == _model.c.owner_id).scalar_subquery(),
        *(
            select(said(_plain(table)))
            .where(table.c[of] == (_use.c.id if of == "use_id" else _version.c.id))
            .scalar_subquery()
            for table, of in rows
        ),
        select(_state.c.state).scalar_subquery(),
        *(_counted(mapped) for mapped in (ObjectionAnswer, SafeguardRow)),
    )
    asked = (*of_both, length.scalar_subquery(), *of_use)
    return (
        select(*(one.label(f"part_{number}") for number, one in enumerate(asked)))
        .select_from(_use)
        .join(_version, _version.c.id == _use.c.version_id)
        .join(_model, _model.c.id == _version.c.model_id)
        .outerjoin(_approval, _approval.c.id == _standing)
        .outerjoin(_footing, _footing.c.approval_id == _approval.c.id)
        .outerjoin(_evaluation, _evaluation.c.id == _figures)
        .outerjoin(_person, _person.c.reference == bindparam("person"))
        .where(_use.c.id == bindparam("use"))
    )


STAMPS = {
    "sqlite": _statement(lambda columns: func.json_group_array(func.json_array(*columns))),
    "postgresql": _statement(lambda columns: cast(func.json_agg(func.json_build_array(*columns)), Text)),
}
"""Put together once: a stamp is taken twice for each score."""
HELD_USE = select(_use.c.id).where(_use.c.id == bindparam("use")).with_for_update(read=True)
HELD_APPROVAL = (
    select(_approval.c.id)
    .where(_approval.c.use_id == bindparam("use"), _approval.c.ended_at.is_(None))
    .with_for_update(read=True)
)
HELD_STATE = select(_state.c.state).with_for_update(read=True)
