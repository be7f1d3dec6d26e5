"""Recording outcomes: a whole file or nothing of it."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.accounts.rules import check_permission
from foundation.accounts.values import Actor, Permission
from foundation.clock import london_date
from foundation.ledger.service import record
from foundation.ledger.values import digest
from model_runtime.people.tables import Person
from monitoring.outcomes.queries import group_columns
from monitoring.outcomes.rules import check_may_record, read_outcomes, refuse
from monitoring.outcomes.tables import Outcome
from monitoring.outcomes.values import OutcomeRow
from registry.models.tables import RiskModel

AT_ONCE = 500
"""References looked up in one statement; both databases bound the number of parameters."""


def record_outcomes(session: Session, actor: Actor, model: RiskModel, content: bytes, file: str, at: datetime) -> int:
    """Record a file of outcomes of a model and return how many people it held (see `read_outcomes` for the file).

    Only the owner, the deputy or the worker does. People the service does not know are listed and nothing is kept.
    """
    check_permission(actor, Permission.RECORD_OUTCOMES)
    check_may_record(model, actor)
    rows = read_outcomes(content, file, group_columns(model), london_date(at))
    people = _people(session, rows)
    unknown = [row for row in rows if row.person not in people]
    refuse(file, {f"row {row.row}, column person": f"{row.person} is not known here." for row in unknown})
    for row in rows:
        session.add(
            Outcome(
                person_id=people[row.person],
                model_id=model.id,
                happened=row.happened,
                observed_on=row.observed_on,
                groups=dict(row.groups),
                file_name=file[:200],
                recorded_at=at,
                recorded_by_id=actor.account_id,
            )
        )
    session.flush()
    _note(session, actor, model, content, len(rows), at)
    return len(rows)


def _people(session: Session, rows: Sequence[OutcomeRow]) -> dict[str, int]:
    found: dict[str, int] = {}
    for part in _parts([row.person for row in rows]):
        chosen = select(Person.reference, Person.id).where(Person.reference.in_(part))
        found |= dict(session.execute(chosen).tuples().all())
    return found


def _parts(references: Sequence[str]) -> Iterator[list[str]]:
    rest = iter(references)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def _note(session: Session, actor: Actor, model: RiskModel, content: bytes, rows: int, at: datetime) -> None:
    record(
        session,
        "outcomes_recorded",
        actor=actor.reference,
        at=at,
        model=model.slug,
        facts={"rows": rows, "file_sha256": digest(content)},
    )
