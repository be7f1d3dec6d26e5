"""Home: what waits for whom, and since when."""

from collections.abc import Callable
from datetime import timedelta

from algocare.demo.assessing import assess, read_answers
from algocare.home.queries import list_tasks
from assessments.questionnaire.service import start
from foundation.accounts.values import Role
from foundation.database.connection import Database
from foundation.jobs.service import enqueue, finish
from registry.models.queries import find_use

QUORUM = 3


def texts(database: Database, actor, now) -> list[str]:
    with database.read() as session:
        return [task.text for task in list_tasks(session, actor, now, QUORUM)]


def test_a_registered_model_waits_for_its_owner_until_its_assessment_is_begun(
    registered: Database, cast, clock
) -> None:
    people = cast(registered)
    assert "Assess Return to custody, version 1" in texts(registered, people.owner, clock.now())
    assert "Assess Return to custody, version 1" in texts(registered, people.deputy, clock.now())
    assert texts(registered, people.practitioner, clock.now()) == []
    with registered.write() as session:
        start(session, people.owner, find_use(session, "return-to-custody", "resettlement-support"), clock.now())
    waiting = texts(registered, people.owner, clock.now())
    assert "Assess Return to custody, version 1" not in waiting
    assert len(waiting) == 1


def test_a_submission_waits_for_every_member_and_says_since_when(
    registered: Database, cast, clock, visit: Callable
) -> None:
    people = cast(registered)
    with registered.write() as session:
        use = find_use(session, "return-to-custody", "resettlement-support")
        assess(session, people.owner, use, read_answers(), clock.now() - timedelta(days=12))
    for member in (people.mina, people.tom, people.chair):
        assert any("Return to custody" in text for text in texts(registered, member, clock.now()))
    page = visit(registered, Role.COMMITTEE_MEMBER).get("/home").get_data(as_text=True)
    assert "for 12 days" in page


def test_a_failed_job_waits_for_the_administrator(founded: Database, cast, clock) -> None:
    people = cast(founded)
    with founded.write() as session:
        job = enqueue(session, "build_pack", "build_pack:1", {}, asked_by="test", at=clock.now())
        finish(session, job.id, clock.now(), "The disk is full.")
    assert texts(founded, people.administrator, clock.now()) == ["A job failed: build pack"]
    assert texts(founded, people.auditor, clock.now()) == []


def test_unverified_law_waits_for_the_data_protection_officer(founded: Database, cast, clock) -> None:
    people = cast(founded)
    assert texts(founded, people.protector, clock.now()) == ["13 legal gateways are not verified by a lawyer"]


def test_an_empty_page_says_what_will_appear(founded: Database, visit: Callable) -> None:
    page = visit(founded, Role.PRACTITIONER).get("/home").get_data(as_text=True)
    assert "not yet recorded your judgement, it appears here" in page


def test_health_answers_without_signing_in(founded: Database, visit: Callable) -> None:
    assert visit(founded).get("/health").json == {"status": "good"}
