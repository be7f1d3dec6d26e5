"""Whether the labels a model is judged by were made after somebody had seen its flag: a feedback loop (R30)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from foundation.clock import london_date
from model_runtime.cohorts.tables import CohortRun, CohortScore, CohortViewing
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score, Viewing
from monitoring.outcomes.queries import counting
from monitoring.outcomes.tables import Outcome
from registry.evaluations.values import SMALLEST_GROUP
from registry.letters.values import LiveFact
from registry.models.tables import RiskModel, Use

MOSTLY = 0.5
"""From this share on, most of the labels may have been made by what people did with the flag."""


def list_facts(session: Session, use: Use, now: datetime) -> Sequence[LiveFact]:
    """How many of the people recorded with the outcome had been flagged, and seen as flagged, before it came."""
    return [tell_loop(*count_loop(session, use))]


def count_loop(session: Session, use: Use) -> tuple[int, int]:
    """People scored for a use and recorded with the outcome, and those of them whose flag somebody had seen before."""
    return _count(session, use.version.model_id, [use])


def count_model_loop(session: Session, model: RiskModel) -> tuple[int, int]:
    """The same over every use of a model."""
    return _count(session, model.id, model.uses)


def _count(session: Session, model_id: int, uses: Collection[Use]) -> tuple[int, int]:
    """What counts is the newest undisputed outcome of each person. A flag that nobody looked at made no label, and a
    score in the shadow was shown to nobody. A flag seen on the very day of the outcome came before it, in doubt.
    """
    had = select(Outcome.person_id, Outcome.observed_on).where(Outcome.id.in_(counting(model_id)), Outcome.happened)
    observed = dict(session.execute(had).tuples().all())
    numbers = [use.id for use in uses]
    scored = select(Score.person_id).where(Score.use_id.in_(numbers)).distinct()
    ran = _cohort(select(Person.id), numbers).where(CohortScore.value.is_not(None)).distinct()
    people = (set(session.scalars(scored)) | set(session.scalars(ran))) & set(observed)
    seen = _first_seen(session, uses, numbers)
    after = [person for person in people if person in seen and london_date(seen[person]) <= observed[person]]
    return len(people), len(after)


def _first_seen(session: Session, uses: Collection[Use], numbers: Sequence[int]) -> dict[int, datetime]:
    """When somebody first looked at a score of a person that flags them, alone or in a run over many."""
    flags = and_(Score.shadow.is_(False), _flags(uses, Score.use_id, Score.value))
    single = select(Score.person_id, func.min(Viewing.at)).join_from(Score, Viewing, Viewing.score_id == Score.id)
    looked = or_(CohortViewing.place.is_(None), CohortViewing.place == CohortScore.place)
    many = _cohort(select(Person.id, func.min(CohortViewing.at)), numbers)
    many = many.join(CohortViewing, and_(CohortViewing.run_id == CohortRun.id, looked))
    many = many.where(CohortRun.shadow.is_(False), _flags(uses, CohortRun.use_id, CohortScore.value))
    seen: dict[int, datetime] = {}
    for chosen in (single.where(flags).group_by(Score.person_id), many.group_by(Person.id)):
        for person, at in session.execute(chosen).tuples():
            seen[person] = min(at, seen.get(person, at))
    return seen


def _cohort(chosen: Any, numbers: Sequence[int]) -> Any:
    """Of finished runs of some uses, the people they were about."""
    joined = chosen.select_from(CohortRun).join(CohortScore, CohortScore.run_id == CohortRun.id)
    joined = joined.join(Person, Person.reference == CohortScore.person_reference)
    return joined.where(CohortRun.use_id.in_(numbers), CohortRun.stage == "finished")


def _flags(uses: Collection[Use], use_id: Any, value: Any) -> ColumnElement[bool]:
    """Whether a score is at or above the threshold of its own version."""
    return or_(False, *(and_(use_id == use.id, value >= use.version.threshold) for use in uses))


def tell_loop(people: int, flagged_before: int) -> LiveFact:
    """In words; of fewer than ten people nothing is said, and it is never a reason to stop by itself."""
    name = "Labels after a flag"
    if people < SMALLEST_GROUP:
        return LiveFact("accuracy", name, "Too few outcomes are known of people it scored to say.", "none")
    said = f"Of {people} people recorded with the outcome, {flagged_before} had been seen as flagged before it came."
    if flagged_before / people < MOSTLY:
        return LiveFact("accuracy", name, said, "good")
    more = "What was done with the flag may have made the record: ask before believing the figures."
    return LiveFact("accuracy", name, f"{said} {more}", "amber", brief="Most labels follow a flag")
