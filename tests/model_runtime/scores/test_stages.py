"""Scores in the shadow are shown to nobody; a pilot is for its teams and its number of people (R08)."""

import threading
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import update

from foundation.accounts.queries import find_account
from foundation.accounts.service import change_team
from foundation.errors import Refused
from model_runtime.challenges.queries import list_who_saw
from model_runtime.challenges.service import challenge_score
from model_runtime.judgements.queries import list_tasks
from model_runtime.judgements.service import record_judgement
from model_runtime.scores.audience import SENTENCE
from model_runtime.scores.queries import (
    count_in_shadow,
    get_recorded,
    get_score,
    list_scores_of_person,
    list_scores_of_use,
    read_advisory,
)
from model_runtime.scores.service import record_viewing
from model_runtime.scores.tables import Refusal, Score, Viewing
from registry.models.queries import get_use
from registry.models.service import approve, step_back
from registry.models.tables import Approval
from registry.models.values import PermissionStage
from tests.conftest import PILOT, grant
from tests.model_runtime.conftest import EXPIRES, Meanwhile, approve_use, change, count
from tests.model_runtime.scores.test_views import press

TEAM = "Resettlement team"


def pilot_for(world, people: int) -> None:
    """Approve a pilot for one team and so many people, and put the practitioner in the team."""
    approve_use(world, permission="shadow")
    terms = replace(PILOT, people=people, teams=(TEAM,))
    told = {"expires_on": EXPIRES, "conditions": [], "answers_sha256": "", "reason": "Try it.", "at": world.clock.now()}
    with world.database.write() as session:
        use = get_use(session, world.use_id)
        approve(session, world.cast.chair, use, permission=PermissionStage.PILOT, pilot=terms, **told)
        account = find_account(session, "pat.practitioner")
        change_team(session, world.cast.administrator, account, f" {TEAM}", world.clock.now())
        world.cast.practitioner = account.actor()


def test_a_score_in_the_shadow_is_kept_to_be_measured_and_shown_to_nobody(world, ask):
    approve_use(world, permission="shadow")
    pat, at = world.cast.practitioner, world.clock.now()
    first = ask()
    assert (first.shadow, first.reference) == (True, ask().reference)
    with world.database.write() as session:
        score = get_recorded(session, pat, first.reference)
        for act in (
            lambda: get_score(session, pat, first.reference),
            lambda: read_advisory(score),
            lambda: record_viewing(session, score, pat, at),
            lambda: record_judgement(session, pat, score, view="agree", reason="So.", at=at),
            lambda: challenge_score(session, pat, score, kind="score", text="Wrong.", at=at),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert (refused.value.code, refused.value.sentence) == ("in_shadow", SENTENCE)
    with world.database.read() as session:
        assert list_tasks(session, pat, at) == []
        assert list_scores_of_person(session, score.person_id) == []
        assert count_in_shadow(session, score.person_id) == 1
        assert list_who_saw(session, [score.id]) == []
        assert [one.value for one in list_scores_of_use(session, world.use_id)] == [first.value]
    with world.database.write() as session:
        grant(session, world.cast.chair, get_use(session, world.use_id), expires_on=EXPIRES, at=at)
    shown = ask(key="later")
    assert not shown.shadow
    with world.database.read() as session:
        assert read_advisory(get_score(session, pat, shown.reference)).reference == shown.reference
        with pytest.raises(Refused):
            get_score(session, pat, first.reference)
    assert count(world, Viewing) == 0


@pytest.mark.one_database
def test_the_page_of_a_score_in_the_shadow_is_as_careful_as_a_refusal(world, visit):
    approve_use(world, permission="shadow")
    browser = visit(world.database, "practitioner")
    assert "In the shadow: a score is recorded to be measured" in browser.get("/people/RC-0001").get_data(as_text=True)
    answer = press(browser, purpose=str(world.use_id))
    address = answer.headers["Location"]
    page = unescape(browser.get(address).get_data(as_text=True))
    for part in (SENTENCE, "22 November 2026", "3 March 2027", "The ethics committee decides", "Until then, decide"):
        assert part in page
    with world.database.read() as session:
        (score,) = list_scores_of_use(session, world.use_id)
    told = [score.advisory["band"], score.advisory["frequency"]["sentence"], score.advisory["reasons"][0]["sentence"]]
    closed = [browser.get(f"{address}{ending}") for ending in (".json", ".csv", "/challenge")]
    closed.append(browser.send(f"{address}/judgement", {"view": "agree", "reason": "So."}, page="/people/RC-0001"))
    assert [answer.status_code for answer in closed] == [409] * 4
    person = unescape(browser.get("/people/RC-0001").get_data(as_text=True))
    assert "1 score was recorded in the shadow" in person
    assert score.reference not in person
    pages = [page, *(answer.get_data(as_text=True) for answer in closed), browser.get("/home").get_data(as_text=True)]
    assert [(part, number) for part in told for number, shown in enumerate(pages) if part in unescape(shown)] == []
    assert count(world, Viewing) == 0


def test_a_pilot_is_for_its_team_and_its_number_of_people(world, ask, add):
    add(world.database, "RC-0003", "RC-0004", at=world.clock.now())
    outside = replace(world.cast.practitioner, team="South team")
    pilot_for(world, people=2)
    assert ask(actor=outside, key="no team").code == "not_in_pilot"
    first = ask(key="first")
    assert isinstance(first, Score)
    with world.database.read() as session:
        mine = replace(world.cast.practitioner, team="")
        colleague = replace(mine, account_id=world.cast.stranger.account_id)
        for allowed in (mine, replace(colleague, team=TEAM.upper())):
            assert get_score(session, allowed, first.reference).reference == first.reference
        with pytest.raises(Refused) as refused:
            get_score(session, colleague, first.reference)
        assert refused.value.code == "not_in_pilot"
    assert isinstance(ask(person="RC-0003", key="second"), Score)
    assert ask(person="RC-0004", key="third").code == "pilot_full"
    again = ask(key="first again")
    assert isinstance(again, Score)
    assert not again.shadow
    world.clock.set(datetime(2027, 3, 4, 0, 0, tzinfo=UTC))
    add(world.database, "RC-0001", at=world.clock.now(), as_of=world.clock.now().date())
    over = ask(key="after its last day")
    assert (over.code, "the pilot of this use ended on 3 March 2027" in over.sentence) == ("approval_expired", True)


@pytest.mark.parametrize(
    "values",
    [
        {"terms": {**PILOT.to_dict(), "people": 400, "teams": [TEAM, "South team"]}},
        {"terms": {**PILOT.to_dict(), "people": 500, "teams": [TEAM]}},
        {"permission": "operational", "terms": {}},
        {"permission": "shadow", "terms": {}},
    ],
)
def test_an_approval_changed_behind_the_products_back_gives_no_score(world, ask, values):
    pilot_for(world, people=400)
    change(world, update(Approval).where(Approval.permission == "pilot").values(**values))
    assert ask().code == "content_changed"


def test_eight_people_at_once_get_the_one_place_that_is_left(world, ask, add):
    people = [f"RC-1{number:03}" for number in range(8)]
    add(world.database, *people, at=world.clock.now())
    pilot_for(world, people=2)
    assert isinstance(ask(), Score)
    start, answers, faults = threading.Barrier(8), [], []

    def press_for(person: str):
        try:
            start.wait(30)
            answers.append(ask(person=person, key=person))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=press_for, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert not faults
    assert sorted(answer.code for answer in answers if isinstance(answer, Refusal)) == ["pilot_full"] * 7
    assert count(world, Score) == 2


def test_a_step_back_while_the_engine_works_still_counts(approved, ask, engine):
    """The score that was asked for in operation is recorded in the shadow: the approval is read afresh."""

    def back():
        with approved.database.write() as session:
            use, at = get_use(session, approved.use_id), approved.clock.now()
            step_back(session, approved.cast.protector, use, PermissionStage.SHADOW, "Figures got worse.", at)

    assert ask(engine=Meanwhile(engine, back)).shadow
