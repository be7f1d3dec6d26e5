"""A practitioner's own judgement on a score."""

import threading

import pytest
from sqlalchemy import func, select

from foundation.accounts.service import open_account
from foundation.accounts.values import Role
from foundation.errors import Conflict, Forbidden, Invalid, NotFound
from model_runtime.judgements.queries import count_views, find_judgement, list_judgements, list_tasks
from model_runtime.judgements.service import record_judgement
from model_runtime.judgements.tables import Judgement
from model_runtime.scores.queries import get_score
from tests.model_runtime.conftest import ledger


@pytest.fixture
def score(approved, ask):
    return ask()


def judge(world, score, actor=None, **changes):
    with world.database.write() as session:
        fresh = get_score(session, world.cast.practitioner, score.reference)
        words = {"view": "disagree", "reason": "They have work now.", "action": "Offer nothing for now.", **changes}
        return record_judgement(session, actor or world.cast.practitioner, fresh, at=world.clock.now(), **words)


@pytest.mark.parametrize("view", ["agree", "disagree", "not_used"])
def test_a_judgement_is_kept_with_its_reason(approved, score, view):
    judge(approved, score, view=view, reason="  They have work now. ")
    with approved.database.read() as session:
        kept = find_judgement(session, score.id, approved.cast.practitioner.account_id)
        assert (kept.view, kept.reason, kept.action) == (view, "They have work now.", "Offer nothing for now.")
        assert kept.at == approved.clock.now()
        assert count_views(session, score.use.version.model_id) == {view: 1}
    (entry,) = ledger(approved.database, "judgement_recorded")
    assert entry["facts"] == {"score": score.reference, "view": view}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"view": ""}, "view"),
        ({"view": "maybe"}, "view"),
        ({"reason": ""}, "reason"),
        ({"reason": " \n "}, "reason"),
        ({"reason": "x" * 4001}, "reason"),
        ({"action": "x" * 4001}, "action"),
        ({"reason": "a\x00b"}, "reason"),
    ],
)
def test_an_incomplete_judgement_is_refused_at_its_field(approved, score, changes, field):
    with pytest.raises(Invalid) as refusal:
        judge(approved, score, **changes)
    assert list(refusal.value.problems) == [field]
    assert ledger(approved.database, "judgement_recorded") == []


def test_what_will_be_done_may_be_left_open(approved, score):
    judge(approved, score, action="")


def test_a_judgement_is_recorded_once(approved, score):
    judge(approved, score)
    with pytest.raises(Conflict, match="already"):
        judge(approved, score, view="agree")
    with approved.database.read() as session:
        assert [one.view for one in list_judgements(session, score.id)] == ["disagree"]


def test_two_presses_at_once_record_one_judgement(approved, score):
    start, outcomes = threading.Barrier(4), []

    def press():
        start.wait(30)
        try:
            judge(approved, score)
            outcomes.append("recorded")
        except Conflict:
            outcomes.append("refused")

    threads = [threading.Thread(target=press) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcomes) == ["recorded", "refused", "refused", "refused"]
    with approved.database.read() as session:
        assert session.scalar(select(func.count(Judgement.id))) == 1


def test_a_colleague_records_their_own(approved, score):
    with approved.database.write() as session:
        colleague = open_account(
            session,
            sign_in_name="kim.colleague",
            name="Kim Colleague",
            roles=[Role.PRACTITIONER],
            agency="ASC",
            password=None,
            at=approved.clock.now(),
        ).actor()
    judge(approved, score)
    judge(approved, score, actor=colleague, view="agree")
    with approved.database.read() as session:
        assert [one.view for one in list_judgements(session, score.id)] == ["disagree", "agree"]


def test_others_do_not_judge(approved, score):
    with pytest.raises(NotFound):
        judge(approved, score, actor=approved.cast.stranger)
    with pytest.raises(Forbidden):
        judge(approved, score, actor=approved.cast.auditor)


def test_a_score_waits_for_the_judgement_of_whoever_asked(approved, score):
    with approved.database.read() as session:
        (task,) = list_tasks(session, approved.cast.practitioner, approved.clock.now())
        assert (task.endpoint, task.arguments, task.since) == (
            "scores.show",
            {"reference": score.reference},
            score.at,
        )
        assert "RC-0001" in task.text
        for other in (approved.cast.stranger, approved.cast.owner, approved.cast.worker):
            assert list_tasks(session, other, approved.clock.now()) == []
    judge(approved, score)
    with approved.database.read() as session:
        assert list_tasks(session, approved.cast.practitioner, approved.clock.now()) == []
