"""Which score an outcome is about: the newest one of the person as it stood on the day the outcome was observed (R13).

A score that was given later, or from facts of a later day, never matches: nobody could have acted on it by then.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from model_runtime.cohorts.tables import CohortRun, CohortScore
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from monitoring.outcomes.values import Match, OutcomeRow
from registry.models.tables import RiskModel

AT_ONCE = 500
"""People looked up in one statement; both databases bound the number of parameters."""


@dataclass(frozen=True)
class Given:
    """One score of somebody: when it was given, as of which day its facts were, and what an outcome keeps of it."""

    person: str
    at: datetime
    as_of: date
    match: Match


def find_people(session: Session, references: Sequence[str]) -> dict[str, int]:
    """The people who are known here, by reference."""
    found: dict[str, int] = {}
    for part in parts(references):
        chosen = select(Person.reference, Person.id).where(Person.reference.in_(part))
        found |= dict(session.execute(chosen).tuples().all())
    return found


def match_scores(session: Session, model: RiskModel, rows: Sequence[OutcomeRow]) -> dict[str, Match]:
    """By reference, the newest score by any use of the model as it stood; who had none then is left out.

    Of several scores given at the same moment the one recorded last counts. A run over many counts from when it
    finished, for nobody sees a result of it before; one that was withdrawn never does. Scores in the shadow count:
    they are given to be measured.
    """
    observed = {row.person: row.observed_on for row in rows}
    thresholds = {use.id: use.version.threshold for use in model.uses}
    runs = _finished_runs(session, thresholds)
    newest: dict[str, Given] = {}
    for part in parts(list(observed)):
        for one in (*_singles(session, part, thresholds), *_places(session, part, runs, thresholds)):
            standing = newest.get(one.person)
            if stood(one, observed[one.person]) and (standing is None or one.at >= standing.at):
                newest[one.person] = one
    return {person: one.match for person, one in newest.items()}


def stood(given: Given, day: date) -> bool:
    """Whether a score stood on a day: given on it or before, from facts that were as of it or before."""
    return london_date(given.at) <= day and given.as_of <= day


T = TypeVar("T")


def parts(things: Sequence[T]) -> Iterator[list[T]]:
    """The same in lists that one statement takes."""
    rest = iter(things)
    while part := list(islice(rest, AT_ONCE)):
        yield part


def _singles(session: Session, part: Sequence[str], thresholds: Mapping[int, float]) -> Iterator[Given]:
    columns = (Person.reference, Score.at, Score.as_of, Score.id, Score.value, Score.use_id)
    chosen = select(*columns).join_from(Score, Person, Person.id == Score.person_id).order_by(Score.id)
    chosen = chosen.where(Person.reference.in_(part), Score.use_id.in_(thresholds))
    for person, at, as_of, number, value, use_id in session.execute(chosen).tuples():
        yield Given(person, at, as_of, Match(number, None, None, value >= thresholds[use_id]))


def _finished_runs(session: Session, thresholds: Mapping[int, float]) -> dict[int, CohortRun]:
    chosen = select(CohortRun).where(CohortRun.stage == "finished", CohortRun.use_id.in_(thresholds))
    return {run.id: run for run in session.scalars(chosen)}


def _places(
    session: Session, part: Sequence[str], runs: Mapping[int, CohortRun], thresholds: Mapping[int, float]
) -> Iterator[Given]:
    if not runs:
        return
    columns = (CohortScore.person_reference, CohortScore.run_id, CohortScore.place, CohortScore.value)
    chosen = select(*columns).where(CohortScore.person_reference.in_(part), CohortScore.run_id.in_(runs))
    for person, run_id, place, value in session.execute(chosen.order_by(CohortScore.run_id)).tuples():
        run = runs[run_id]
        if value is not None and run.finished_at is not None:
            match = Match(None, run_id, place, value >= thresholds[run.use_id])
            yield Given(person, run.finished_at, run.as_of, match)
