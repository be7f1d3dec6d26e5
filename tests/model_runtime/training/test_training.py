"""Training: built from the version's own figures, passed with one wrong answer, in date, and kept for ever (R39)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from foundation.database.connection import Database
from foundation.errors import Forbidden, Invalid, NotFound, Refused
from model_runtime.scores.tables import Refusal, Score
from model_runtime.training.jobs import build_training
from model_runtime.training.needs import list_tasks
from model_runtime.training.queries import find_module, find_training, get_attempt, list_versions_without
from model_runtime.training.service import answer_training, queue_missing
from model_runtime.training.tables import TrainingAttempt, TrainingModule
from model_runtime.training.values import FEWEST_ALIKE, Module, Training
from registry.evaluations.jobs import evaluate
from registry.models.queries import get_use
from tests.model_runtime.conftest import ask_of_readers, change, count, ledger, train

NOBODY = Training(None, None)


def module_of(database: Database, version_id: int = 1) -> tuple[TrainingModule, Module]:
    with database.read() as session:
        row = find_module(session, version_id)
        return row, Module.from_dict(row.content)


def answers_of(module: Module, wrong: int = 0) -> dict[str, int]:
    """All right but the first `wrong`."""
    return {
        question.code: (question.right + 1) % len(question.options) if place < wrong else question.right
        for place, question in enumerate(module.questions)
    }


def hand_in(world, answers, actor=None) -> TrainingAttempt:
    with world.database.write() as session:
        row = find_module(session, 1)
        return answer_training(session, actor or world.cast.practitioner, row, answers, world.clock.now())


def standing(world, actor=None, days: int = 365, version_id: int = 1) -> Training:
    account = (actor or world.cast.practitioner).account_id
    with world.database.read() as session:
        return find_training(session, account, version_id, days)


def forget(world) -> None:
    """Before anybody passed: the triggers refuse this, so they are taken off as nobody could from the product."""
    with world.database.write() as session:
        if world.database.engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("DROP TRIGGER training_attempt_keep_DELETE")
        else:
            session.connection().exec_driver_sql("ALTER TABLE training_attempt DISABLE TRIGGER ALL")
    change(world, delete(TrainingAttempt))


def test_the_module_is_the_versions_own_and_names_nobody(world, engine, clock) -> None:
    """It says how often this version is wrong, for whom, and what its owner declared; built once an evaluation."""
    _, module = module_of(world.database)
    assert "Of 100 people it flags, about 54 (46 to 62) are later recorded as returned to custody." in module.figures
    assert any(line.startswith("Age, Under 25: it wrongly flags") for line in module.groups)
    assert module.cases
    assert all(case.wrong >= FEWEST_ALIKE and case.people >= 10 for case in module.cases)
    assert all((module.limits, module.cannot_know, module.challenge_route))
    assert 5 <= len(module.questions) <= 8
    build_training(world.database, clock, engine, 1)
    assert count(world, TrainingModule) == 1
    (entry,) = ledger(world.database, "training_built")
    assert entry["facts"]["module"] == module_of(world.database)[0].sha256


def test_new_figures_need_a_new_module_and_the_worker_is_asked_for_it(world, engine, clock) -> None:
    evaluate(world.database, clock, engine, 1)
    with world.database.write() as session:
        assert list_versions_without(session) == [1]
        assert [queue_missing(session, clock.now()) for _ in range(2)] == [1, 1]
    build_training(world.database, clock, engine, 1)
    with world.database.read() as session:
        assert list_versions_without(session) == []
    assert count(world, TrainingModule) == 2


@pytest.mark.parametrize(("wrong", "passed"), [(0, True), (1, True), (2, False)])
def test_all_right_or_one_wrong_passes(world, wrong: int, passed: bool) -> None:
    """Each attempt is kept, whether passed or not, and nobody else's training changes by it."""
    forget(world)
    _, module = module_of(world.database)
    attempt = hand_in(world, answers_of(module, wrong))
    assert (attempt.passed, attempt.right) == (passed, len(module.questions) - wrong)
    last = Training(date(2026, 11, 22), date(2027, 11, 22))
    assert standing(world) == (last if passed else NOBODY)
    assert standing(world, days=30) == (Training(date(2026, 11, 22), date(2026, 12, 22)) if passed else NOBODY)
    assert standing(world, world.cast.stranger) == NOBODY
    assert standing(world, version_id=2) == NOBODY
    entries = ledger(world.database, "training_answered")  # the stock's two practitioners passed at the same moment
    assert sum(not entry["facts"]["passed"] for entry in entries) == (not passed)
    assert len(entries) == 3
    with world.database.read() as session:
        assert find_training(session, None, 1, 365) == NOBODY
        with pytest.raises(NotFound):
            get_attempt(session, world.cast.stranger, attempt.id)


def test_a_later_failure_takes_nothing_away_and_answers_are_complete(world) -> None:
    _, module = module_of(world.database)
    world.clock.advance(days=10)
    hand_in(world, answers_of(module, 3))
    assert standing(world).passed_on == date(2026, 11, 22)
    for missing in ({}, answers_of(module) | {"limit": 9}, answers_of(module) | {"limit": True}):
        with pytest.raises(Invalid) as refusal:
            hand_in(world, missing)
        assert "limit" in refusal.value.problems
    with pytest.raises(Forbidden):
        hand_in(world, answers_of(module), world.cast.owner)


def test_without_training_in_date_there_is_no_score(approved, ask) -> None:
    """R39: the gate refuses and says what to do; a score comes again once it is passed."""
    approved.clock.advance(days=40)
    ask_of_readers(approved, training_days=30)
    approved.add(approved.database, "RC-0009", at=approved.clock.now(), as_of=approved.clock.now().date())
    refusal = ask(person="RC-0009")
    assert isinstance(refusal, Refusal)
    assert (refusal.code, "22 December 2026" in refusal.sentence) == ("not_trained", True)
    train(approved.database, "pat.practitioner", 1, approved.clock.now())
    assert isinstance(ask(person="RC-0009", key="another press"), Score)


def test_nothing_is_built_before_there_are_figures(founded, engine, clock, model_folder, cast) -> None:
    from registry.declarations.reading import read_folder
    from registry.declarations.service import register
    from registry.declarations.values import read_declaration

    data, files = read_folder(model_folder / "model.yaml")
    with founded.write() as session:
        declaration = read_declaration(data, "model.yaml")
        owner = cast(founded).owner
        number = register(session, owner, declaration, files, engine, upload_mib=20, at=clock.now()).id
    with pytest.raises(Refused, match="not measured yet"):
        build_training(founded, clock, engine, number)
    with founded.read() as session:
        assert find_module(session, number) is None


def test_training_to_pass_and_training_that_lapses_are_tasks(approved) -> None:
    """A practitioner is told 30 days before, of approved uses of their agency and team; nobody else is."""

    def tags(who, days: int = 0) -> list[str]:
        with approved.database.read() as session:
            return [task.tag for task in list_tasks(session, who, approved.clock.now() + timedelta(days=days))]

    people = approved.cast
    assert [tags(people.practitioner, days) for days in (0, 334)] == [[], []]
    assert tags(people.practitioner, 335) == ["Training lapses soon"]
    assert tags(people.practitioner, 366) == ["Training needed"]
    assert tags(people.stranger, 366) == tags(people.owner, 366) == []
    forget(approved)
    assert tags(people.practitioner) == ["Training needed"]


@pytest.mark.one_database
def test_the_pages_teach_ask_and_explain(approved, visit) -> None:
    """Without script: read, answer, be told what was wrong and why, and try again."""
    forget(approved)
    _, module = module_of(approved.database)
    browser, page = visit(approved.database, "practitioner"), "/training/return-to-custody/1"
    assert "Not passed" in browser.get("/training").get_data(as_text=True)
    shown = browser.get(page).get_data(as_text=True)
    assert shown.count('type="radio"') == sum(len(question.options) for question in module.questions)
    assert "(right)" not in shown
    asked = browser.send(page, {module.questions[0].code: "0"})
    assert asked.status_code == 422
    assert "Answer question 2" in asked.get_data(as_text=True)
    sent = {code: str(place) for code, place in answers_of(module, 2).items()}
    result = browser.send(page, sent, follow_redirects=True).get_data(as_text=True)
    assert "Not passed yet" in result
    assert module.questions[0].why in result
    sent = {code: str(place) for code, place in answers_of(module).items()}
    assert "You passed" in browser.send(page, sent, follow_redirects=True).get_data(as_text=True)
    assert "In date" in browser.get("/training").get_data(as_text=True)
    with approved.database.read() as session:
        number = session.scalars(select(TrainingAttempt.id).order_by(TrainingAttempt.id.desc())).first()
    assert visit(approved.database, "auditor").get(f"/training/attempts/{number}").status_code == 403
    committee = visit(approved.database, "committee_member").get(page).get_data(as_text=True)
    assert committee.count("(right)") == len(module.questions)
    assert visit(approved.database, "practitioner").get("/training/return-to-custody/9").status_code == 404
    with approved.database.read() as session:
        assert get_use(session, approved.use_id).version_id == 1
