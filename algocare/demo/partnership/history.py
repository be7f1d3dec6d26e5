"""Two years of the invented partnership, month by month: everybody is scored, outcomes come, watches run (R12, R13)."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

from algocare.demo.partnership import answering, permitting
from algocare.demo.partnership.generating import HISTORY, Partnership, generate
from algocare.demo.partnership.months import (
    ASLEEP,
    MISLABELLED,
    MISSING,
    TERMS,
    Calendar,
    cohort_file,
    corrected_file,
    outcomes_file,
)
from algocare.demo.partnership.neet import write_all
from algocare.demo.stages import actor_called
from foundation.accounts.values import Actor
from foundation.clock import LONDON, StoppedClock, london_date
from foundation.database.connection import Database
from foundation.settings import Settings
from model_runtime.cohorts.jobs import run_cohort
from model_runtime.cohorts.pools import LocalPool
from model_runtime.cohorts.service import CohortRequest, add_scored_people, request_cohort, request_file
from model_runtime.cohorts.tables import CohortRun
from model_runtime.engine.client import EngineClient
from monitoring.outcomes.service import record_outcomes
from monitoring.watches.jobs import run_watch
from registry.declarations.reading import read_folder
from registry.declarations.service import register
from registry.declarations.values import read_declaration
from registry.evaluations.jobs import evaluate
from registry.models.queries import get_use

Say = Callable[[str], None]

FAMILIES, SEED = 3_500, 20261124
"""Households of the demonstration, with about 6,000 young people; 55,000 are in the database it is modelled on."""

PILOT_AFTER, OPERATION_AFTER, ATTESTED_AFTER = 2, 13, (7, 19)
"""Before which watches the pilot and operation begin, and the owner attests again between them."""

APPROVED_FOR = 372
"""The days an approval runs: as long as the committee may let it."""


@dataclass
class House:
    """What the story is told with: a database, a clock that is moved, an engine, settings and a folder of files."""

    database: Database
    clock: StoppedClock
    engine: EngineClient
    settings: Settings
    folder: Path


def begins_before(now: datetime) -> datetime:
    """The day on which the partnership has to stand for the story to begin: two months before its first watch."""
    return Calendar.before(now).nights[0] - timedelta(days=60)


AWAKE = frozenset(range(HISTORY)) - {ASLEEP}
"""The months whose watch ran."""


def tell(house: House, now: datetime, say: Say, *, families: int = FAMILIES, watched: Collection[int] = AWAKE) -> int:
    """Tell the two years up to `now`; the number of the use that was watched, in the months of `watched`."""
    calendar, people = Calendar.before(now), generate(families, SEED)
    say(f"Inventing {len(people):,} young people in {families:,} families, and a model of who is NEET at 17")
    write_all(house.folder)
    house.clock.set(_at(calendar, 0, -40))
    with house.database.write() as session:
        permitting.hire(session, house.clock.now())
    _measure_indicator(house)
    until = london_date(_at(calendar, PILOT_AFTER, 30))
    use_id = permitting.permit_shadow(house.database, house.clock, house.engine, house.folder, house.settings, until)
    years = Years(house, use_id, calendar, people)
    say("Scoring everybody of 15 and 16 each month for two years, with a watch after each, and what goes wrong")
    for month in range(len(calendar.nights)):
        years.live(month, watched=month in watched)
    return use_id


def _at(calendar: Calendar, month: int, days: int) -> datetime:
    """Half past nine on a day so many days from a watch."""
    day = london_date(calendar.nights[month]) + timedelta(days=days)
    return datetime.combine(day, time(9, 30), tzinfo=LONDON)


def _measure_indicator(house: House) -> None:
    """The indicator is registered with people to measure it on, as what the model has to beat."""
    data, files = read_folder(house.folder / "roni.yaml")
    with house.database.write() as session:
        owner, limit = actor_called(session, permitting.OWNER), house.settings.upload_mib
        declared = read_declaration(data, "roni.yaml")
        version = register(session, owner, declared, files, house.engine, upload_mib=limit, at=house.clock.now())
        version_id = version.id
    evaluate(house.database, house.clock, house.engine, version_id)


class Years:
    """The months one after the other: a run, now and then outcomes, a watch, and what people do about it."""

    def __init__(self, house: House, use_id: int, calendar: Calendar, people: Partnership) -> None:
        self.house, self.use_id, self.calendar, self.people = house, use_id, calendar, people
        self.pool = LocalPool(lambda: house.engine, 1)
        with house.database.read() as session:
            self.analyst = actor_called(session, permitting.ANALYST)
            self.owner = actor_called(session, permitting.OWNER)
            self.purpose = get_use(session, use_id).code

    def live(self, month: int, *, watched: bool) -> None:
        """One month, to what people do about the watch that ends it; not `watched` is a hole."""
        self._permit(month)
        if month != MISSING:
            self.score(month)
        if month in TERMS:
            self.clock.set(_at(self.calendar, month, -3))
            file = outcomes_file(self.people, month, london_date(self.clock.now()))
            self._record(self.owner, f"count_{self.clock.now():%Y_%m}.csv", file.content)
        if watched:
            self.clock.set(self.calendar.nights[month])
            run_watch(self.house.database, self.clock, self.house.engine, self.use_id, self.calendar.nights[month])
        self._answer(month)

    @property
    def clock(self) -> StoppedClock:
        """The clock that is moved."""
        return self.house.clock

    def score(self, month: int) -> CohortRun:
        """The analyst runs everybody of 15 and 16 on a day of the month."""
        day, database = self.calendar.run_on(month), self.house.database
        self.clock.set(datetime.combine(day, time(10), tzinfo=LONDON))
        content = cohort_file(self.calendar, self.people, month).content
        handed = request_file(f"pupils_{day:%Y_%m}.csv", content)
        asked = CohortRequest(self.analyst, self.purpose, self.use_id, day, handed, f"run of {day}", content)
        answer = request_cohort(database, self.clock, asked)
        if not isinstance(answer, CohortRun):
            raise RuntimeError(f"The demonstration could not be told: {answer.sentence}")
        stage = run_cohort(database, self.clock, self.pool, answer.id)
        with database.write() as session:
            run = session.get_one(CohortRun, answer.id)
            if stage != "finished":
                raise RuntimeError(f"The demonstration could not be told: {run.problem}")
            add_scored_people(session, self.analyst, [self.use_id], self.clock.now())
        return run

    def _permit(self, month: int) -> None:
        house, until = self.house, timedelta(days=APPROVED_FOR)
        self.clock.set(_at(self.calendar, month, -20))
        ends = london_date(self.clock.now()) + until
        if month == PILOT_AFTER:
            permitting.permit_pilot(house.database, self.clock, self.use_id, house.settings, ends)
        elif month == OPERATION_AFTER:
            later = self.calendar, self.people
            permitting.permit_operation(
                house.database, self.clock, house.engine, self.use_id, later, house.settings, ends
            )
        elif month in ATTESTED_AFTER:
            permitting.sign_law(house.database, self.clock, self.use_id)

    def _record(self, actor: Actor, name: str, content: bytes) -> None:
        with self.house.database.write() as session:
            model = get_use(session, self.use_id).version.model
            record_outcomes(session, actor, model, content, name, self.clock.now())

    def _answer(self, month: int) -> None:
        if month == MISLABELLED:
            observed_on = london_date(_at(self.calendar, month, -3))
            self.clock.set(_at(self.calendar, month, 4))
            file = corrected_file(self.people, observed_on, answering.RELABELLED)
            self._record(self.owner, f"count_{observed_on:%Y_%m}_corrected.csv", file.content)
        self.clock.set(_at(self.calendar, month, 5))
        answering.answer(self.house.database, self.clock, self.use_id, month, self.house.settings)
