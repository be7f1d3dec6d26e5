"""The weeks after approval: people are added, scored and judged, outcomes arrive, watches run, a pack is built."""

import csv
import io
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from algocare.demo.challenging import challenge
from algocare.demo.stages import actor_called
from algocare.demo.training import voice_concern
from audit.packs.jobs import build as build_pack
from audit.packs.service import ask_for_pack
from foundation.clock import StoppedClock, london_date
from foundation.database.connection import Database
from foundation.ledger.service import sequence
from model_runtime.engine.client import EngineClient
from model_runtime.judgements.service import record_judgement
from model_runtime.people.service import add_people, read_people
from model_runtime.scores.service import record_viewing, request_score
from model_runtime.scores.tables import Refusal, Score
from monitoring.outcomes.service import record_outcomes
from monitoring.watches.jobs import run_watch
from registry.models.queries import get_model, get_use

SEED = 20261122
DAYS, FIRST_DAY, EVERY_DAY, LEFT_OVER, SHADOWED = 9, 48, 14, 53, 12
"""Days of use, people scored on the first of them and on each other, people not scored yet, and in the shadow."""

REASONS = {
    "agree": "What I know of their housing and work fits this.",
    "disagree": "They have a tenancy and a job to go to, which the model cannot know.",
    "not_used": "We had already agreed the offer at the team meeting.",
}
Say = Callable[[str], None]


def bring_people(database: Database, folder: Path, use_id: int, now: datetime, at: datetime) -> list[str]:
    """Add what is known about everybody at a moment; their references. `now` is the day their ages are for."""
    rows = _read(folder)
    return _add(database, rows, _births(rows, london_date(now)), use_id, at)


def score_in_the_shadow(
    database: Database, clock: StoppedClock, engine: EngineClient, use_id: int, people: Sequence[str], day: datetime
) -> None:
    """Ask about a few people on a day of the shadow: recorded, and shown to nobody."""
    weeks = Weeks(database, clock, engine, use_id, day)
    for number, person in enumerate(people[-SHADOWED:]):
        clock.set(day + timedelta(days=4, minutes=6 * number))
        weeks.ask(person, weeks.purpose, use_id, f"shadow-{person}")


def _read(folder: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((folder / "people.csv").read_text().splitlines()))


def live(
    database: Database,
    clock: StoppedClock,
    engine: EngineClient,
    folder: Path,
    use_id: int,
    people: list[str],
    now: datetime,
    *,
    quiet: bool,
    say: Say,
) -> None:
    """Tell the weeks of the pilot up to `now`; `quiet` stops before them."""
    rows = _read(folder)
    born = _births(rows, london_date(now))
    if quiet:
        _close_ledger(database)
        return
    say(f"Asking for scores about {len(people) - LEFT_OVER} people, with a watch every night")
    weeks = Weeks(database, clock, engine, use_id, now)
    waiting = people[:-LEFT_OVER]
    for back in range(DAYS, 0, -1):
        count = FIRST_DAY if back == DAYS else EVERY_DAY
        weeks.score_on(now - timedelta(days=back), waiting[:count])
        waiting = waiting[count:]
        if back == 1:
            _bring_outcomes(database, use_id, rows, people, now - timedelta(hours=20))
        weeks.watch_after(now - timedelta(days=back))
    challenge(database, clock, people, now)
    voice_concern(database, clock, people)
    _add(database, rows, born, use_id, now - timedelta(hours=3))
    say("Building a compliance pack")
    clock.set(now - timedelta(hours=1))
    _build_pack(database, clock, use_id)
    _close_ledger(database)


def _references(count: int) -> list[str]:
    """Invented references, as a case system might give them."""
    return [f"{chr(65 + n % 23)}{n // 23:02d}-{1000 + (n * 7919) % 9000}" for n in range(count)]


def _births(rows: Sequence[dict[str, str]], today: date) -> list[date]:
    """Invented birth dates that agree with each person's age, today and in the weeks before."""
    days = (today - timedelta(days=30 + (n * 37) % 300) for n in range(len(rows)))
    return [date(day.year - int(row["age"]), day.month, min(day.day, 28)) for day, row in zip(days, rows, strict=True)]


def _add(
    database: Database, rows: Sequence[dict[str, str]], born: Sequence[date], use_id: int, at: datetime
) -> list[str]:
    """Add what is known about everybody on a day; returns their references."""
    references = _references(len(rows))
    with database.write() as session:
        use = get_use(session, use_id)
        names = [feature.name for feature in use.version.features]
        parsed = read_people(_people_file(rows, references, born, names, use.agency_code), "people.csv")
        add_people(session, rows=parsed, as_of=london_date(at), source=use.agency_code, at=at)
    return references


def _people_file(
    rows: Sequence[dict[str, str]], references: list[str], born: Sequence[date], names: list[str], agency: str
) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(["reference", "agency", "born_on", *names])
    for reference, birth, row in zip(references, born, rows, strict=True):
        writer.writerow([reference, agency, birth.isoformat(), *(row[name] for name in names)])
    return written.getvalue().encode()


class Weeks:
    """The practitioner's days and the worker's nights."""

    def __init__(
        self, database: Database, clock: StoppedClock, engine: EngineClient, use_id: int, now: datetime
    ) -> None:
        self.database, self.clock, self.engine, self.use_id, self.now = database, clock, engine, use_id, now
        self.chance = random.Random(SEED)  # noqa: S311 (a believable story, not a secret)
        with database.read() as session:
            self.practitioner = actor_called(session, "pat.practitioner")
            self.purpose = get_use(session, use_id).code

    def score_on(self, day: datetime, people: Sequence[str]) -> None:
        """Score some people in the morning of a day, and ask once for a purpose that nobody approved."""
        for number, person in enumerate(people):
            self.clock.set(day.replace(hour=9, minute=0) + timedelta(minutes=7 * number))
            self._score(person)
        if len(people) == FIRST_DAY:
            self.ask(people[0], "Deciding who to visit first on a warrant", None, "demonstration-other-purpose")

    def watch_after(self, day: datetime) -> None:
        """Run the watch of the night after a day."""
        night = (day + timedelta(days=1)).replace(hour=2, minute=0, second=0, microsecond=0)
        self.clock.set(min(night, self.now))
        run_watch(self.database, self.clock, self.engine, self.use_id, self.clock.now())

    def ask(self, person: str, purpose: str, use_id: int | None, key: str) -> Score | Refusal:
        """Ask for a score as the practitioner."""
        return request_score(
            self.database,
            self.clock,
            self.engine,
            self.practitioner,
            person_reference=person,
            use_id=use_id,
            purpose=purpose,
            request_key=key,
        )

    def _score(self, person: str) -> None:
        answer = self.ask(person, self.purpose, self.use_id, f"demonstration-{person}")
        if not isinstance(answer, Score):
            raise RuntimeError(f"The demonstration could not be told: {answer.sentence}")
        self.clock.advance(minutes=2)
        view = self.chance.choices(["agree", "disagree", "not_used"], [70, 20, 10])[0]
        judged, action = self.chance.random() < 0.97, "Offer a resettlement worker." if view == "agree" else ""
        with self.database.write() as session:
            score, seen = session.get_one(Score, answer.id), self.clock.now()
            record_viewing(session, score, self.practitioner, seen)
            if judged:
                at = seen + timedelta(seconds=self.chance.randint(70, 290))
                told = {"view": view, "reason": REASONS[view], "action": action}
                record_judgement(session, self.practitioner, score, **told, at=at)


def _bring_outcomes(
    database: Database, use_id: int, rows: Sequence[dict[str, str]], people: list[str], at: datetime
) -> None:
    """Outcomes of two in three people become known; the data set has no dates, so they carry the day they came."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    with database.write() as session:
        use = get_use(session, use_id)
        groups = [g["column"] for g in use.version.declaration["version"]["evaluation_data"]["groups"]]
        writer.writerow(["person", "happened", "observed_on", *groups])
        for number, (reference, row) in enumerate(zip(people, rows, strict=True)):
            if number % 3 and number < len(people) - LEFT_OVER:
                happened = "yes" if row["returned"] == "1" else "no"
                writer.writerow([reference, happened, london_date(at).isoformat(), *(row[g] for g in groups)])
        owner = actor_called(session, "olivia.owner")
        model = get_model(session, use.version.model.slug)
        record_outcomes(session, owner, model, written.getvalue().encode(), "outcomes.csv", at)


def _build_pack(database: Database, clock: StoppedClock, use_id: int) -> None:
    with database.write() as session:
        auditor = actor_called(session, "anna.auditor")
        model = get_use(session, use_id).version.model
        pack_id = ask_for_pack(session, auditor, model, clock.now()).id
    build_pack(database, clock, pack_id)


def _close_ledger(database: Database) -> None:
    with database.write() as session:
        while sequence(session):
            pass
