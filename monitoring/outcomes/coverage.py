"""How much is known of what happened to the people a model scored, how late it came, and what is still in doubt.

Accuracy is worth no more than the share of people of whom it is known what happened (R13).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import ColumnElement, Subquery, and_, case, func, select, union_all
from sqlalchemy.orm import Session

from foundation.clock import LONDON, london_date
from model_runtime.cohorts.tables import CohortRun, CohortScore
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from monitoring.outcomes.queries import count_conflicts, counting
from monitoring.outcomes.rules import is_late
from monitoring.outcomes.tables import Outcome
from monitoring.outcomes.values import LONG_AGO_DAYS, Source
from registry.models.tables import RiskModel

MONTHS = 24
"""How many months are shown one by one, the newest first."""


@dataclass(frozen=True)
class Month:
    """People scored in a month (in London), and of how many of them it is known what happened."""

    starts_on: date
    scored: int
    known: int


@dataclass(frozen=True)
class Timing:
    """When outcomes came: median days from the score to the day observed, and from there to the record, if any.

    `late` of `people` were recorded more than 90 days after they were observed; `corrected` replace an earlier row.
    """

    people: int
    score_to_observed: float | None
    observed_to_recorded: float | None
    late: int
    corrected: int


@dataclass(frozen=True)
class Coverage:
    """What is known of the people a model scored. `long_ago` are those scored half a year ago or longer."""

    scored: int
    long_ago: int
    long_ago_known: int
    months: Sequence[Month]
    timing: Timing
    conflicts: int

    @property
    def share(self) -> float | None:
        """The part of people scored long ago of whom it is known what happened; of nobody there is none."""
        return self.long_ago_known / self.long_ago if self.long_ago else None


def measure_coverage(session: Session, model: RiskModel, now: datetime) -> Coverage:
    """Count what is known of a model's people at `now`.

    A score counts when it was given, also in the shadow; a run over many when it finished. An outcome is known of a
    score when it was observed on the day of the score's facts or later, as in a watch.
    """
    given, known = _given(model), _known(model.id)
    at_last = now - timedelta(days=LONG_AGO_DAYS)
    people, with_outcome = func.count(given.c.person_id.distinct()), func.count(known.c.person_id.distinct())
    both = select(people, with_outcome).select_from(given).outerjoin(known, _tells(given, known))
    long_ago, long_ago_known = session.execute(both.where(given.c.at <= at_last)).one()
    return Coverage(
        scored=session.scalar(select(people)) or 0,
        long_ago=long_ago,
        long_ago_known=long_ago_known,
        months=_months(session, given, known, now),
        timing=_timing(session, model.id),
        conflicts=count_conflicts(session, model.id),
    )


def _given(model: RiskModel) -> Subquery:
    """Every score of the model's uses: whose, when it was given and as of which day."""
    uses = [use.id for use in model.uses]
    single = select(Score.person_id, Score.at, Score.as_of).where(Score.use_id.in_(uses))
    many = (
        select(Person.id, CohortRun.finished_at, CohortRun.as_of)
        .join_from(CohortRun, CohortScore, CohortScore.run_id == CohortRun.id)
        .join(Person, Person.reference == CohortScore.person_reference)
        .where(CohortRun.use_id.in_(uses), CohortRun.stage == "finished", CohortScore.value.is_not(None))
    )
    return union_all(single, many).subquery()


def _known(model_id: int) -> Subquery:
    return select(Outcome.person_id, Outcome.observed_on).where(Outcome.id.in_(counting(model_id))).subquery()


def _tells(given: Subquery, known: Subquery) -> ColumnElement[bool]:
    return and_(known.c.person_id == given.c.person_id, known.c.observed_on >= given.c.as_of)


def _months(session: Session, given: Subquery, known: Subquery, now: datetime) -> list[Month]:
    """The last 24 months in which anybody was scored, the newest first; a month without anybody in between stays."""
    starts = list_months(london_date(now), MONTHS)
    begins = [datetime(day.year, day.month, 1, tzinfo=LONDON) for day in starts]
    number = case(*((given.c.at >= at, place) for place, at in enumerate(begins)), else_=len(starts)).label("month")
    chosen = select(number, func.count(given.c.person_id.distinct()), func.count(known.c.person_id.distinct()))
    chosen = chosen.select_from(given).outerjoin(known, _tells(given, known)).where(given.c.at >= begins[-1])
    found = {place: (scored, with_outcome) for place, scored, with_outcome in session.execute(chosen.group_by("month"))}
    last = max(found, default=-1)
    return [Month(day, *found.get(place, (0, 0))) for place, day in enumerate(starts[: last + 1])]


def list_months(today: date, count: int) -> list[date]:
    """The first days of the month of `today` and of those before it, the newest first."""
    months = [today.year * 12 + today.month - 1 - back for back in range(count)]
    return [date(month // 12, month % 12 + 1, 1) for month in months]


def _timing(session: Session, model_id: int) -> Timing:
    columns = (Outcome.observed_on, Outcome.recorded_at, Outcome.corrects_id, Outcome.source)
    chosen = select(*columns, Score.at, CohortRun.finished_at).where(Outcome.id.in_(counting(model_id)))
    chosen = chosen.outerjoin(Score, Score.id == Outcome.score_id)
    rows = session.execute(chosen.outerjoin(CohortRun, CohortRun.id == Outcome.cohort_run_id)).tuples().all()
    came = [(day, at) for day, at, _, source, *_ in rows if source != Source.SERVICE]
    given = [(day, single or many) for day, _, _, _, single, many in rows]
    return Timing(
        people=len(rows),
        score_to_observed=_median([(day - london_date(at)).days for day, at in given if at is not None]),
        observed_to_recorded=_median([(london_date(at) - day).days for day, at in came]),
        late=sum(is_late(day, at) for day, at in came),
        corrected=sum(corrects_id is not None for _, _, corrects_id, *_ in rows),
    )


def _median(days: Sequence[int]) -> float | None:
    return median(days) if days else None
