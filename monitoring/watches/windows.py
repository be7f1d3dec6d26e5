"""Whom a watch looks at: the newest score of everybody in a plan's window, single scores and finished runs alike (R12).

Runs over whole populations are read part by part and kept as numbers, never as one object for each person.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from foundation.clock import LONDON, london_date
from foundation.errors import Unavailable
from foundation.web.texts import count_text, date_text
from model_runtime.cohorts.packing import Part, unpack
from model_runtime.cohorts.tables import CohortChunk, CohortRun, CohortScore
from model_runtime.cohorts.values import SCORED
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from monitoring.engine.values import Window
from registry.models.tables import Use
from registry.watch_plans.values import WINDOW_DAYS, WatchPlan

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROWS_AT_ONCE = 1_000


@dataclass(frozen=True)
class ScoredRow:
    """A person's newest score in a window: the inputs as the model got them, `score` in the version's unit."""

    reference: str
    features: Mapping[str, Any]
    score: float
    at: datetime
    as_of: date
    shadow: bool
    artefact_sha256: str


@dataclass(frozen=True)
class RunPart:
    """Those people of a part of a finished run for whom it holds the newest score: inputs (n, f) and scores (n,)."""

    at: datetime
    people: list[str]
    inputs: "NDArray[np.float64]"
    scores: "NDArray[np.float64]"
    days: list[date]
    shadow: bool
    artefact_sha256: str


@dataclass
class Looked:
    """Everybody in a window. `start` is its first moment, none of a window by people that nobody is in."""

    at: datetime
    start: datetime | None
    chosen: str
    rows: list[ScoredRow] = field(default_factory=list)
    parts: list[RunPart] = field(default_factory=list)

    @property
    def people(self) -> int:
        """How many they are."""
        return len(self.rows) + self.in_runs

    @property
    def given(self) -> list[ScoredRow | RunPart]:
        """Single scores and parts of runs together."""
        return [*self.rows, *self.parts]

    @property
    def in_runs(self) -> int:
        """How many of them were scored last in a run over a population."""
        return sum(len(part.people) for part in self.parts)

    @property
    def in_shadow(self) -> int:
        """How many of them were scored last in the shadow, which is shown to nobody."""
        return sum(row.shadow for row in self.rows) + sum(len(part.people) for part in self.parts if part.shadow)

    @property
    def newest(self) -> datetime | None:
        """When the newest score was made."""
        return max((one.at for one in self.given), default=None)

    @property
    def artefacts(self) -> frozenset[str]:
        """The digests of the model files that made the scores."""
        return frozenset(one.artefact_sha256 for one in self.given)

    @property
    def window(self) -> Window:
        """The window as the report states it: how people were chosen, from when to when."""
        told = [f"{self.chosen}, each by their newest score"]
        told += [f"{count_text(self.in_runs, 'was', 'were')} scored in runs over populations"] * bool(self.in_runs)
        told += [f"{count_text(self.in_shadow, 'was', 'were')} scored in the shadow"] * bool(self.in_shadow)
        return Window("; ".join(told), london_date(self.start) if self.start else None, london_date(self.at))


def window_to(plan: WatchPlan, at: datetime) -> Window:
    """The window of a watch due at a moment before anybody was read, as far as the plan alone says."""
    return _empty(plan, at).window


def read_window(session: Session, use: Use, plan: WatchPlan, at: datetime) -> Looked:
    """Everybody in the window of a plan that ends at `at`, each once, by the newest score of this use.

    By days: whole days in London, the day of the watch up to that moment. By people: the newest so many. Scores in
    the shadow count, and so do finished runs. Refused (cohort_changed) when the people of a run were changed.
    """
    looked = _empty(plan, at)
    rows = _rows(session, use.id, looked.start, at, plan.window_people)
    taken: set[str] = set()
    for run in _runs(session, use.id, looked.start, at):
        _take_rows(looked, rows, run.finished_at or at, taken)
        _take_run(session, looked, run, taken, plan.window_people)
    _take_rows(looked, rows, None, taken)
    if plan.window_people is not None:
        _cut(looked, plan.window_people)
    return looked


def _empty(plan: WatchPlan, at: datetime) -> Looked:
    end = date_text(at)
    if plan.window_people is not None:
        return Looked(at, None, f"The {count_text(plan.window_people, 'person', 'people')} scored last up to {end}")
    days = plan.window_days or WINDOW_DAYS
    first = london_date(at) - timedelta(days=days - 1)
    chosen = f"Everyone scored in the {count_text(days, 'day')} to {end}"
    return Looked(at, datetime.combine(first, time(), tzinfo=LONDON), chosen)


def _rows(session: Session, use_id: int, start: datetime | None, at: datetime, most: int | None) -> deque[ScoredRow]:
    """The newest single score of everybody, the newest first; at most so many people."""
    given = (Score.features, Score.value, Score.at, Score.as_of, Score.shadow, Score.artefact_sha256)
    chosen = select(Person.reference, *given).join(Person, Person.id == Score.person_id)
    chosen = chosen.where(Score.use_id == use_id, Score.at <= at)
    chosen = chosen if start is None else chosen.where(Score.at >= start)
    found: dict[str, ScoredRow] = {}
    for row in session.execute(chosen.order_by(Score.at.desc(), Score.id.desc())).yield_per(ROWS_AT_ONCE):
        if most is not None and len(found) >= most:
            break
        found.setdefault(row.reference, ScoredRow(*row))
    return deque(found.values())


def _runs(session: Session, use_id: int, start: datetime | None, at: datetime) -> list[CohortRun]:
    """The finished runs of a window, the newest first."""
    chosen = select(CohortRun).where(CohortRun.use_id == use_id, CohortRun.stage == "finished")
    chosen = chosen.where(CohortRun.finished_at <= at, CohortRun.scored > 0)
    chosen = chosen if start is None else chosen.where(CohortRun.finished_at >= start)
    return list(session.scalars(chosen.order_by(CohortRun.finished_at.desc(), CohortRun.id.desc())))


def find_sent_before(session: Session, use_id: int, at: datetime) -> date | None:
    """The day on which the very file of a use's newest finished run was run before, if that was on an earlier day.

    A window of many months hides a file that nobody refreshes: people drop out at its other end, so no two windows are
    the same (R13).
    """
    runs = _runs(session, use_id, None, at)
    if not runs:
        return None
    newest = runs[0]
    earlier = (london_date(run.finished_at or at) for run in runs[1:] if run.source_sha256 == newest.source_sha256)
    return next((when for when in earlier if when < london_date(newest.finished_at or at)), None)


def _take_rows(looked: Looked, rows: deque[ScoredRow], after: datetime | None, taken: set[str]) -> None:
    """Take the single scores that are newer than a run, of people nobody newer was found of; the newest stand first."""
    while rows and (after is None or rows[0].at >= after):
        row = rows.popleft()
        if row.reference not in taken:
            taken.add(row.reference)
            looked.rows.append(row)


def _take_run(session: Session, looked: Looked, run: CohortRun, taken: set[str], most: int | None) -> None:
    for number in range(run.chunks):
        if most is not None and looked.people >= most:
            return
        part = _part(session, run, number, taken)
        if part.people:
            looked.parts.append(part)


def _part(session: Session, run: CohortRun, number: int, taken: set[str]) -> RunPart:
    """Those of a part who were scored and of whom nothing newer was found."""
    import numpy as np

    chunk = session.get_one(CohortChunk, (run.id, number))
    if Part(chunk.rows, chunk.people, chunk.days, chunk.inputs, chunk.closed).sha256 != chunk.sha256:
        raise Unavailable(f"The people of run {run.reference} were changed after it.", code="cohort_changed")
    opened, first = unpack(chunk.people, chunk.days, chunk.inputs, chunk.closed), number * run.chunk_rows
    session.expunge(chunk)
    mine = CohortScore.run_id == run.id, CohortScore.place >= first, CohortScore.place < first + chunk.rows
    chosen = select(CohortScore.place, CohortScore.value).where(*mine, CohortScore.code == SCORED)
    scored = session.execute(chosen.order_by(CohortScore.place)).tuples().all()
    kept = [(place - first, value) for place, value in scored if opened.people[place - first] not in taken]
    places = [place for place, _ in kept]
    people = [opened.people[place] for place in places]
    taken.update(people)
    inputs = np.frombuffer(opened.inputs, "<f8").reshape(chunk.rows, -1)[places]
    values = np.array([value for _, value in kept], dtype="float64")
    days = [opened.day(place) for place in places]
    return RunPart(run.finished_at or run.asked_at, people, inputs, values, days, run.shadow, run.artefact_sha256)


def _cut(looked: Looked, most: int) -> None:
    """Leave the newest so many; of a run that is cut, the first in the order of its file."""
    kept = list(_newest(looked, most))
    looked.rows = [one for one in kept if isinstance(one, ScoredRow)]
    looked.parts = [one for one in kept if isinstance(one, RunPart)]
    looked.start = min((one.at for one in kept), default=None)


def _newest(looked: Looked, most: int) -> Iterator[ScoredRow | RunPart]:
    left = most
    for one in sorted(looked.given, key=lambda one: one.at, reverse=True):
        if left <= 0:
            return
        yield one if isinstance(one, ScoredRow) else _head(one, left)
        left -= 1 if isinstance(one, ScoredRow) else len(one.people)


def _head(part: RunPart, count: int) -> RunPart:
    if len(part.people) <= count:
        return part
    cut = (part.people[:count], part.inputs[:count], part.scores[:count], part.days[:count])
    return RunPart(part.at, *cut, part.shadow, part.artefact_sha256)
