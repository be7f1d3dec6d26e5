"""Reading outcomes: which one of a person counts, what contradicts what, and what came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from foundation.errors import NotFound
from model_runtime.people.tables import Person
from monitoring.outcomes.tables import Outcome, OutcomeUpload
from monitoring.outcomes.values import SOURCES
from registry.evaluations.queries import find_figures
from registry.models.tables import RiskModel


@dataclass(frozen=True)
class Upload:
    """One file or call of outcomes: its name, when, by whom, how many rows. `number` leads to its own page, if any.

    A Parquet file is `waiting` until the worker has read it; `problems` is how many a refused one had.
    """

    file_name: str
    recorded_at: datetime
    recorded_by_id: int | None
    rows: int
    number: int | None = None
    source: str = SOURCES[None]
    waiting: bool = False
    problems: int = 0


@dataclass(frozen=True)
class Contradiction:
    """Somebody of whom two answers stand for one day, and what was said since, the oldest first. None counts (R13)."""

    person_id: int
    reference: str
    rows: Sequence[Outcome]


def counting(model_id: int) -> Select[Any]:
    """The numbers of the rows that count: of each person the newest, of somebody with an open contradiction none."""
    newest = select(func.max(Outcome.id)).where(Outcome.model_id == model_id).group_by(Outcome.person_id)
    return newest.having(_last_conflict() <= _last_correction())


def latest_outcomes(session: Session, model_id: int) -> dict[int, Outcome]:
    """The outcome that counts for each person: the one recorded last, of nobody whose answers contradict each other.

    `count_conflicts` says how many are left out for that.
    """
    rows = session.scalars(select(Outcome).where(Outcome.id.in_(counting(model_id))))
    return {outcome.person_id: outcome for outcome in rows}


def count_conflicts(session: Session, model_id: int) -> int:
    """How many people's outcomes count for nothing until the owner says which of two answers is right."""
    return session.scalar(select(func.count()).select_from(_contradicted(model_id).subquery())) or 0


def list_conflicts(session: Session, model_id: int) -> list[Contradiction]:
    """Everybody with an open contradiction, by reference."""
    chosen = select(Person.id, Person.reference).where(Person.id.in_(_contradicted(model_id)))
    people = session.execute(chosen.order_by(Person.reference)).tuples().all()
    return [Contradiction(number, reference, _rows_of(session, model_id, number)) for number, reference in people]


def get_conflict(session: Session, model_id: int, person_id: int) -> Contradiction:
    """The open contradiction of one person; refuses somebody who has none."""
    chosen = select(Person.id, Person.reference).where(Person.id.in_(_contradicted(model_id)), Person.id == person_id)
    found = session.execute(chosen).tuples().first()
    if found is None:
        raise NotFound("Nothing contradicts here: somebody said already which outcome is right.")
    return Contradiction(*found, _rows_of(session, model_id, person_id))


def get_upload(session: Session, model_id: int, number: int) -> OutcomeUpload:
    """A file or call of a model's outcomes."""
    found = session.get(OutcomeUpload, number)
    if found is None or found.model_id != model_id:
        raise NotFound("There is no such file of outcomes.")
    return found


def list_uploads(session: Session, model_id: int) -> Sequence[Upload]:
    """What came in for a model, newest first; files of earlier releases are known by their rows alone."""
    chosen = select(OutcomeUpload).where(OutcomeUpload.model_id == model_id)
    found = [_told(one) for one in session.scalars(chosen)] + list(_older(session, model_id))
    return sorted(found, key=lambda one: (one.recorded_at, one.number or 0), reverse=True)


def group_columns(model: RiskModel) -> dict[str, str]:
    """The group columns that the model's versions declare, each with its name; the newest version's name counts."""
    columns: dict[str, str] = {}
    for version in model.versions:
        measured = version.declaration["version"].get("evaluation_data") or {}
        for group in measured.get("groups", ()):
            columns.setdefault(group["column"], group["name"])
    return columns


def known_groups(session: Session, model: RiskModel) -> dict[str, list[str]]:
    """The words that each group column has in the newest version's evaluation, so that a file can use the same."""
    version = model.versions[0] if model.versions else None
    figures = find_figures(session, version.id) if version else None
    words: dict[str, list[str]] = {}
    for column, name in group_columns(model).items():
        words[column] = [each.value for each in (figures.by_group if figures else ()) if each.group == name]
    return words


def _last_conflict() -> ColumnElement[Any]:
    return func.max(case((Outcome.conflict.is_(True), Outcome.id), else_=0))


def _last_correction() -> ColumnElement[Any]:
    return func.max(case((Outcome.corrects_id.is_not(None), Outcome.id), else_=0))


def _contradicted(model_id: int) -> Select[Any]:
    """The people with a contradiction that nobody has settled: no correction was recorded after it."""
    chosen = select(Outcome.person_id).where(Outcome.model_id == model_id).group_by(Outcome.person_id)
    return chosen.having(_last_conflict() > _last_correction())


def _rows_of(session: Session, model_id: int, person_id: int) -> Sequence[Outcome]:
    """What stood before the oldest open contradiction about the same day, and everything that was said since."""
    mine = select(Outcome).where(Outcome.model_id == model_id, Outcome.person_id == person_id).order_by(Outcome.id)
    rows = session.scalars(mine).all()
    corrected = max((place for place, row in enumerate(rows) if row.corrects_id is not None), default=-1)
    first = next(place for place, row in enumerate(rows) if place > corrected and row.conflict)
    before = [row for row in rows[:first] if row.observed_on == rows[first].observed_on]
    return [*before[-1:], *rows[first:]]


def _told(upload: OutcomeUpload) -> Upload:
    return Upload(
        upload.file_name,
        upload.handed_in_at,
        upload.handed_in_by_id,
        upload.rows,
        upload.id,
        SOURCES[upload.source],
        upload.finished_at is None,
        len(upload.problems),
    )


def _older(session: Session, model_id: int) -> Sequence[Upload]:
    columns = (Outcome.file_name, Outcome.recorded_at, Outcome.recorded_by_id)
    chosen = select(*columns, func.count()).where(Outcome.model_id == model_id, Outcome.source.is_(None))
    return [Upload(*row) for row in session.execute(chosen.group_by(*columns)).tuples()]
