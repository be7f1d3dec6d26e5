"""Decisions: what each outcome does to the use, and everything that keeps a wrong one from being recorded."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from assessments.committee.queries import get_item, list_open_items
from assessments.decisions.queries import get_condition, list_decisions, list_open_conditions
from assessments.decisions.referrals import ask_for_review, suspend_and_refer
from assessments.decisions.service import answer_condition, meet_condition
from assessments.decisions.tables import Decision
from assessments.decisions.values import NewCondition
from assessments.questionnaire.queries import find_current
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.ledger.tables import LedgerEntry
from registry.models.queries import find_approval, get_use
from registry.models.rules import fingerprint

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REVIEW = date(2027, 9, 1)


def approval_of(story):
    with story.database.read() as session:
        return find_approval(session, get_use(session, story.use_id))


def assessment_stage(story) -> str:
    with story.database.read() as session:
        return find_current(session, story.use_id).stage


def test_approval_runs_until_the_review_date_and_is_bound_to_what_was_voted_on(story) -> None:
    story.approve()
    approval = approval_of(story)
    assert story.stage() == "approved"
    assert approval.expires_on == REVIEW
    with story.database.read() as session:
        answers = find_current(session, story.use_id).answers_sha256
        assert approval.fingerprint == fingerprint(get_use(session, story.use_id), answers)
        assert list_decisions(session, [story.use_id])[0].fingerprint == approval.fingerprint
    assert assessment_stage(story) == "decided"


def test_the_decision_stands_in_the_ledger_with_its_tally(story) -> None:
    story.approve()
    with story.database.read() as session:
        body = session.scalars(select(LedgerEntry.body).where(LedgerEntry.kind == "decision_recorded")).one()
    assert b'"tally":{"approve":3}' in body
    assert b'"review_on":"2027-09-01"' in body


@pytest.mark.parametrize(
    ("outcome", "stage", "round_stage"),
    [("more_information", "returned", "returned"), ("reject", "rejected", "decided")],
)
def test_a_submission_that_is_not_approved_gives_no_scores(story, outcome, stage, round_stage) -> None:
    story.decide(story.submit(), outcome)
    assert (story.stage(), assessment_stage(story)) == (stage, round_stage)
    assert approval_of(story) is None


def test_conditions_go_into_the_approval_and_wait_for_owner_and_chair(story) -> None:
    due = NOON.date() + timedelta(days=20)
    story.approve([NewCondition("Agree the leaflet", due, "lawful"), ("Repeat the check", due)])
    assert approval_of(story).conditions == ["Agree the leaflet", "Repeat the check"]
    with story.database.write() as session:
        first = list_open_conditions(session, [story.use_id])[0]
        condition, decision = get_condition(session, first.id)
        with pytest.raises(Refused, match="not yet shown"):
            meet_condition(session, story.cast.chair, condition, decision, NOON)
        answer_condition(session, story.cast.owner, condition, decision, "Agreed on 1 December.", NOON)
        with pytest.raises(Forbidden):
            meet_condition(session, story.cast.owner, condition, decision, NOON)
        meet_condition(session, story.cast.chair, condition, decision, NOON)
    with story.database.read() as session:
        assert [one.text for one in list_open_conditions(session, [story.use_id])] == ["Repeat the check"]


def test_a_stranger_does_not_answer_a_condition(story) -> None:
    story.approve([("Agree the leaflet", NOON.date() + timedelta(days=20))])
    with story.database.write() as session:
        condition, decision = get_condition(session, list_open_conditions(session, [story.use_id])[0].id)
        with pytest.raises(Forbidden):
            answer_condition(session, story.cast.contributor, condition, decision, "Done", NOON)


def test_a_suspension_stops_at_once_and_the_committee_can_lift_it(story) -> None:
    story.approve()
    with story.database.write() as session:
        item = suspend_and_refer(session, story.cast.officer, get_use(session, story.use_id), "Complaint", NOON)
        item_id, kind = item.id, item.kind
    assert (story.stage(), kind) == ("suspended", "review")
    before = approval_of(story).id
    story.decide(item_id, "approve", date(2027, 3, 3))
    after = approval_of(story)
    assert story.stage() == "approved"
    assert (after.id != before, after.expires_on) == (True, date(2027, 3, 3))


def test_keeping_a_suspension_moves_nothing(story) -> None:
    story.approve()
    with story.database.write() as session:
        item_id = suspend_and_refer(session, story.cast.chair, get_use(session, story.use_id), "Doubt", NOON).id
    story.decide(item_id, "suspend", None)
    assert story.stage() == "suspended"


def test_a_review_can_suspend_a_running_use(story) -> None:
    story.approve()
    with story.database.write() as session:
        item_id = ask_for_review(session, story.cast.owner, get_use(session, story.use_id), "Renew it", NOON).id
    story.decide(item_id, "suspend", None)
    assert story.stage() == "suspended"


def test_retiring_ends_the_approval_and_clears_the_agenda(story) -> None:
    story.approve()
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        review = ask_for_review(session, story.cast.owner, use, "Renew it", NOON).id
        stopped = suspend_and_refer(session, story.cast.chair, use, "Doubt", NOON).id
    story.decide(stopped, "retire", None)
    assert story.stage() == "retired"
    assert approval_of(story) is None
    with story.database.read() as session:
        assert list_open_items(session) == []
        assert get_item(session, review).stage == "dropped"


def test_suspending_needs_a_reason(story) -> None:
    story.approve()
    with story.database.write() as session, pytest.raises(Invalid) as refused:
        suspend_and_refer(session, story.cast.chair, get_use(session, story.use_id), "  ", NOON)
    assert "reason" in refused.value.problems
    assert story.stage() == "approved"


def test_one_review_at_a_time_and_only_by_the_owner(story) -> None:
    story.approve()
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        ask_for_review(session, story.cast.deputy, use, "Renew it", NOON)
        with pytest.raises(Conflict):
            ask_for_review(session, story.cast.owner, use, "Renew it", NOON)
        with pytest.raises(Forbidden):
            ask_for_review(session, story.cast.contributor, use, "Renew it", NOON)


def test_only_what_most_votes_were_for_can_be_recorded(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="reject")
    story.close(item)
    with pytest.raises(Invalid, match="Most votes were to approve") as refused:
        story.record(item, "reject")
    assert "outcome" in refused.value.problems
    story.record(item, "approve")
    assert story.stage() == "approved"


def test_an_abstention_counts_for_the_quorum_and_for_no_outcome(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="abstain", tom="abstain", grace="reject")
    story.close(item)
    story.record(item, "reject", None)
    assert story.stage() == "rejected"


def test_of_tied_outcomes_the_chair_chooses_and_no_other(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="reject", grace="approve", chair="reject")
    story.close(item)
    with pytest.raises(Invalid, match=r"tied\. Choose between approve and reject"):
        story.record(item, "more_information")
    story.record(item, "reject")
    assert story.stage() == "rejected"


def test_a_refused_decision_leaves_everything_as_it_was(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.close(item)
    with pytest.raises(Invalid):
        story.record(item, "approve", None)
    assert (story.stage(), assessment_stage(story)) == ("submitted", "submitted")
    with story.database.read() as session:
        assert get_item(session, item).stage == "closed"


def test_nothing_is_recorded_while_the_vote_is_open_or_by_a_member(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    with pytest.raises(Refused) as refused:
        story.record(item, "approve")
    assert refused.value.code == "vote_not_closed"
    story.close(item)
    with pytest.raises(Forbidden):
        story.record(item, "approve", actor=story.cast.mina)


def test_an_answer_that_changed_after_the_vote_stops_the_decision(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.close(item)
    with story.database.write() as session:
        find_current(session, story.use_id).answers[0].text = "Something else altogether"
    with pytest.raises(Refused) as refused:
        story.record(item, "approve")
    assert refused.value.code == "changed_since_vote"
    assert story.stage() == "submitted"
    assert approval_of(story) is None


def test_of_two_chairs_at_once_one_decides_and_the_other_is_told(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="reject", grace="approve", chair="reject")
    story.close(item)
    together, results = threading.Barrier(2), []

    def chair(outcome: str) -> None:
        together.wait(20)
        try:
            story.record(item, outcome)
            results.append("recorded")
        except Conflict:
            results.append("conflict")

    threads = [threading.Thread(target=chair, args=(outcome,)) for outcome in ("approve", "reject")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["conflict", "recorded"]
    with story.database.read() as session:
        assert session.scalar(select(func.count()).select_from(Decision)) == 1
        outcome = session.scalars(select(Decision.outcome)).one()
    assert story.stage() == {"approve": "approved", "reject": "rejected"}[outcome]
