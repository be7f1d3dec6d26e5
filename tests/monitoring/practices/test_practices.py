"""Judgements that look like a habit reach the committee, and stop a use that matters to people (R06, R07)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from assessments.committee.tables import AgendaItem
from model_runtime.judgements import rules
from model_runtime.judgements.service import record_judgement
from model_runtime.people.service import add_people, read_people
from model_runtime.scores.queries import get_score
from model_runtime.scores.service import record_viewing
from model_runtime.scores.tables import Refusal
from monitoring.cases.queries import list_open_cases
from monitoring.practices.jobs import check_practices
from registry.models.queries import get_use
from registry.models.tables import Use
from tests.conftest import grant
from tests.model_runtime.conftest import EXPIRES, a_world, approve_use, asking, people_csv


@pytest.fixture
def habit(registered, cast, clock, engine, monkeypatch):
    """Two people's scores agreed with after five seconds each; the limits are lowered to what two judgements reach."""

    def add(database, *references, at, agency="ASC", **facts):
        rows = read_people(people_csv(*references, agency=agency, **facts), "people.csv")
        with database.write() as session:
            add_people(session, rows=rows, as_of=at.date(), source="ASC", at=at)

    world = a_world(registered, cast, clock, add)
    add(registered, "RC-0003", at=clock.now(), age=31)
    approve_use(world)
    world.ask = asking(world, engine)
    clock.advance(minutes=1)
    for person in ("RC-0001", "RC-0003"):
        given = world.ask(person=person, key=person)
        pat, at = world.cast.practitioner, clock.now()
        with registered.write() as session:
            score = get_score(session, pat, given.reference)
            record_viewing(session, score, pat, at)
            record_judgement(session, pat, score, view="agree", reason="It fits.", at=at + timedelta(seconds=5))
    monkeypatch.setattr(rules, "ENOUGH", 2)
    return world


def told(world) -> tuple[list[str], list[str]]:
    with world.database.read() as session:
        cases = [case.kind for case in list_open_cases(session)]
        return cases, [
            item.question for item in session.scalars(select(AgendaItem)) if "agreed with 2" in item.question
        ]


def test_a_habit_is_a_case_and_on_the_agenda_once(habit) -> None:
    """A use that decides nothing significant goes on; the owner explains and the committee talks about it."""
    assert [check_practices(habit.database, habit.clock) for _ in range(2)] == [1, 0]
    cases, questions = told(habit)
    assert (cases, len(questions)) == (["practice"], 1)
    assert not isinstance(habit.ask(key="afterwards"), Refusal)


def test_a_significant_use_stops_until_the_committee_decides_anew(habit) -> None:
    """R06: involvement that does not show is none. After a new decision only what is judged since counts."""
    with habit.database.write() as session:
        session.execute(update(Use).where(Use.id == habit.use_id).values(significant=True))
    assert check_practices(habit.database, habit.clock) == 1
    refused = habit.ask(key="afterwards")
    assert (refused.code, "really involved" in refused.sentence) == ("suspended", True)
    habit.clock.advance(days=1)
    with habit.database.write() as session:
        use, at = get_use(session, habit.use_id), habit.clock.now()
        grant(session, habit.cast.chair, use, expires_on=EXPIRES, at=at)
    assert check_practices(habit.database, habit.clock) == 0
