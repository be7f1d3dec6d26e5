"""One statement that says whether anything the gate has looked at is another thing now.

The gate is passed twice for a score (docs/decisions/0006): before the engine works, and under locks in the commit that
records the score. The second time everything that the product itself can change is read as one row. Where that row is
what it was before the first pass read anything, what was read then still stands; where it is not, all of it is read
again. What only grows is counted, what can change is told by its columns.
"""

from functools import reduce
from typing import Any

from sqlalchemy import JSON, ColumnElement, ScalarSelect, Text, bindparam, cast, func, select
from sqlalchemy.orm import Session

from model_runtime.objections.tables import Objection, ObjectionAnswer
from model_runtime.people.tables import Fact, Person
from model_runtime.people.values import REFERENCE
from model_runtime.training.tables import TrainingAttempt
from registry.catalogue.tables import RegisterState
from registry.evaluations.tables import Evaluation
from registry.footing.tables import SignOff
from registry.models.tables import Approval, Band, Feature, ModelVersion, Use
from registry.safeguards.tables import SafeguardRow

Stamp = tuple[Any, ...]
"""What can open or close the gate for one person, one reader and one use, as it stands at one moment."""


def read_stamp(session: Session, use_id: int, reference: str, account_id: int | None) -> Stamp | None:
    """The stamp of a use, the person with this reference and a reader; none where there is no such use.

    None too where nobody can have such a reference: not everything that is typed may be sent to a database.
    """
    if not REFERENCE.fullmatch(reference):
        return None
    asked = {"use": use_id, "person": reference, "key": reference.lower(), "account": account_id}
    row = session.connection().execute(STAMP, asked).first()
    return tuple(row) if row is not None else None


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


def _said(mapped: Any) -> ScalarSelect[str]:
    """The rows of a version as one text: they are written once, so that somebody changed them behind our back."""
    table = mapped.__table__
    texts: list[ColumnElement[str]] = [func.coalesce(cast(one, Text), "") for one in table.c]
    row = reduce(_beside, texts)
    return select(func.aggregate_strings(row, "|")).where(table.c.version_id == _use.c.version_id).scalar_subquery()


def _beside(said: ColumnElement[str], one: ColumnElement[str]) -> ColumnElement[str]:
    return said + "|" + one


def _counted(mapped: Any, *which: Any) -> ScalarSelect[int]:
    return select(func.count()).select_from(mapped.__table__).where(*which).scalar_subquery()


_use, _approval, _person, _fact, _state = (one.__table__ for one in (Use, Approval, Person, Fact, RegisterState))
_threshold = select(ModelVersion.threshold).where(ModelVersion.id == _use.c.version_id).scalar_subquery()
_standing = (
    select(func.max(_approval.c.id))
    .where(_approval.c.use_id == bindparam("use"), _approval.c.ended_at.is_(None))
    .scalar_subquery()
)
_facts = select(func.count()).select_from(_fact).where(_fact.c.person_id == _person.c.id).correlate(_person)
STAMP = (
    select(
        _use.c.stage,
        _threshold,
        _said(Band),
        _said(Feature),
        *(cast(one, Text) if isinstance(one.type, JSON) else one for one in _approval.c),
        _person.c.id,
        _person.c.agency_code,
        _person.c.born_on,
        _facts.scalar_subquery(),
        select(_state.c.state).scalar_subquery(),
        _counted(SignOff, SignOff.use_id == bindparam("use")),
        _counted(TrainingAttempt, TrainingAttempt.account_id == bindparam("account")),
        _counted(Objection, Objection.person_key == bindparam("key")),
        *(_counted(mapped) for mapped in (ObjectionAnswer, SafeguardRow, Evaluation)),
    )
    .select_from(_use)
    .outerjoin(_approval, _approval.c.id == _standing)
    .outerjoin(_person, _person.c.reference == bindparam("person"))
    .where(_use.c.id == bindparam("use"))
)
"""Rows that only grow are counted: whatever is committed later, in whatever order, makes them more."""
HELD_USE = select(_use.c.id).where(_use.c.id == bindparam("use")).with_for_update(read=True)
HELD_APPROVAL = (
    select(_approval.c.id)
    .where(_approval.c.use_id == bindparam("use"), _approval.c.ended_at.is_(None))
    .with_for_update(read=True)
)
HELD_STATE = select(_state.c.state).with_for_update(read=True)
