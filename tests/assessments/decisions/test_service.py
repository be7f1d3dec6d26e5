"""Decisions: what each outcome does to the use, and everything that keeps a wrong one from being recorded."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from assessments.committee.papers import gather
from assessments.committee.queries import get_item, list_open_items
from assessments.committee.service import put_again
from assessments.decisions.queries import (
    find_advice,
    get_condition,
    list_decisions,
    list_departures,
    list_open_conditions,
)
from assessments.decisions.referrals import ask_for_review, suspend_and_refer
from assessments.decisions.service import answer_condition, decide_on_advice, meet_condition, record_advice
from assessments.decisions.tables import Decision
from assessments.decisions.values import NewCondition
from assessments.decisions.wording import decision_sentence
from assessments.questionnaire.queries import find_current
from foundation.accounts.queries import get_account
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from foundation.ledger.tables import LedgerEntry
from registry.models.queries import find_approval, get_use
from registry.models.rules import fingerprint
from registry.models.values import PilotTerms

PILOT = PilotTerms("Offers reach people sooner.", "Two in three take it up.", "A complaint upheld.", 400, ("Any team",))
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REVIEW = date(2027, 9, 1)


def approval_of(story):
    with story.database.read() as session:
        return find_approval(session, get_use(session, story.use_id))


def advise(story, item: int, outcome: str, conditions=(), review_on=REVIEW) -> None:
    given = {"reasons": "Agreed.", "review_on": review_on, "conditions": conditions, "approval_months": 12}
    with story.database.write() as session:
        record_advice(session, story.cast.chair, get_item(session, item), outcome=outcome, at=NOON, **given)


def determine(story, item: int, outcome: str, actor=None, **more) -> None:
    given = {"reasons": "I agree.", "at": NOON, "approval_months": 12, **more}
    with story.database.write() as session:
        decide_on_advice(session, actor or story.cast.officer, get_item(session, item), outcome=outcome, **given)


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
        use, how_far = get_use(session, story.use_id), (approval.permission, approval.terms)
        assert approval.fingerprint == fingerprint(use, answers, *how_far)
        assert list_decisions(session, [story.use_id])[0].fingerprint == fingerprint(use, answers)
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
    with pytest.raises(Refused, match="here now: the answers or their evidence changed") as refused:
        story.record(item, "approve")
    assert refused.value.code == "changed_since_vote"
    assert story.stage() == "submitted"
    assert approval_of(story) is None


def test_evidence_or_a_use_that_changed_after_the_vote_stops_the_decision_until_it_is_put_again(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.close(item)
    with story.database.write() as session:
        find_current(session, story.use_id).evidence[0].title = "Another report"
    with pytest.raises(Refused, match="the answers or their evidence changed"):
        story.record(item, "approve")
    with story.database.write() as session:
        get_use(session, story.use_id).purpose = "Something wider"
    with pytest.raises(Refused, match="the model, its declaration or its use and the answers or their evidence"):
        story.record(item, "approve")
    with story.database.write() as session:
        again = put_again(session, story.cast.chair, get_item(session, item), NOON).id
    story.decide(again, "reject", None)
    assert story.stage() == "rejected"


def test_what_stops_a_use_never_waits_for_the_law(story) -> None:
    story.approve()
    with story.database.write() as session:
        item = ask_for_review(session, story.cast.owner, get_use(session, story.use_id), "Renew it", NOON).id
    story.vote_all(item, mina="suspend", tom="suspend", grace="suspend")
    story.close(item)
    story.change_law()
    story.record(item, "suspend", None)
    assert story.stage() == "suspended"


def test_what_brings_council_and_police_together_needs_a_vote_of_each(story) -> None:
    """The votes alone would carry it; no member from the police voted for it (R10)."""
    item = story.submit()
    with story.database.write() as session:
        get_account(session, story.cast.owner.account_id).agency = "BCC"
    story.vote_all(item, mina="approve", tom="approve", chair="approve", grace="reject")
    with story.database.read() as session:
        papers = gather(session, story.cast.mina, get_item(session, item), quorum=3, today=NOON.date())
        assert papers.both
    story.close(item)
    with pytest.raises(Refused, match="No member from a police force did") as refused:
        story.record(item, "approve")
    assert (refused.value.code, story.stage()) == ("one_agency", "submitted")
    with story.database.write() as session:
        again = put_again(session, story.cast.chair, get_item(session, item), NOON).id
    story.decide(again, "approve")
    assert story.stage() == "approved"


def test_a_pilot_refused_leaves_the_shadow_and_a_pilot_permitted_ends_on_its_day(story) -> None:
    """The next stage is asked for while the use is approved; a decision against it takes nothing away (R08)."""
    story.approve()
    before = approval_of(story).id
    item = story.ask_for_pilot()
    story.decide(item, "more_information", None)
    assert (story.stage(), approval_of(story).id, assessment_stage(story)) == ("approved", before, "returned")
    item = story.ask_for_pilot()
    story.decide(item, "reject", None)
    assert (story.stage(), approval_of(story).id, assessment_stage(story)) == ("approved", before, "decided")
    with story.database.read() as session:
        said = decision_sentence(list_decisions(session, [story.use_id])[0])
    assert "the ethics committee rejected this use as a pilot." in said
    item = story.ask_for_pilot()
    story.decide(item, "approve", date(2027, 3, 3))
    after = approval_of(story)
    assert (after.permission, after.expires_on, after.pilot) == ("pilot", date(2027, 3, 3), PILOT)


def test_the_next_stage_is_not_granted_to_a_use_that_was_suspended_meanwhile(story) -> None:
    story.approve()
    item = story.ask_for_pilot()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.close(item)
    with story.database.write() as session:
        suspend_and_refer(session, story.cast.officer, get_use(session, story.use_id), "Complaint", NOON)
    with pytest.raises(Refused) as refused:
        story.record(item, "approve")
    assert (refused.value.code, story.stage()) == ("use_suspended", "suspended")


def test_where_the_committee_advises_nothing_runs_before_an_officer_decides(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve_with_conditions", tom="approve_with_conditions", grace="reject")
    story.close(item)
    due = NewCondition("Agree the leaflet", date(2026, 12, 4), critical=True)
    advise(story, item, "approve_with_conditions", [due])
    assert (story.stage(), approval_of(story)) == ("submitted", None)
    for who, kind in ((story.cast.chair, Forbidden), (story.cast.owner, Forbidden)):
        with pytest.raises(kind):
            determine(story, item, "approve_with_conditions", actor=who)
    with pytest.raises(Conflict):
        story.record(item, "approve_with_conditions", conditions=[due])
    determine(story, item, "approve_with_conditions")
    assert (story.stage(), approval_of(story).expires_on) == ("approved", REVIEW)
    with story.database.read() as session:
        (decision,) = list_decisions(session, [story.use_id])
        assert (decision.by_officer, decision.departs, decision.published_reasons) == (True, False, "")
        assert [one.critical for one in decision.conditions] == [True]
        assert decision.conditions[0].owner_id == story.cast.owner.account_id
        assert "the accountable officer approved this use in the shadow with 1 condition, as the" in decision_sentence(
            decision
        )
    with pytest.raises(Conflict):
        determine(story, item, "reject", published_reasons="No.")


def test_an_officer_departs_from_the_advice_only_with_published_reasons(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.close(item)
    advise(story, item, "approve")
    with pytest.raises(Invalid) as refused:
        determine(story, item, "reject", published_reasons=" ")
    assert list(refused.value.problems) == ["published_reasons"]
    determine(story, item, "reject", published_reasons="The leaflet is not ready.")
    assert (story.stage(), approval_of(story)) == ("rejected", None)
    with story.database.read() as session:
        (departed,) = list_departures(session)
        assert (departed.outcome, find_advice(session, item).outcome) == ("reject", "approve")
        assert departed.published_reasons == "The leaflet is not ready."
        assert "departing from the committee's advice" in decision_sentence(departed)


def test_an_officer_is_held_to_what_the_committee_is_held_to(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="reject", tom="reject", grace="reject")
    story.close(item)
    advise(story, item, "reject", review_on=None)
    with story.database.write() as session:
        get_account(session, story.cast.owner.account_id).agency = "BCC"
    given = {"published_reasons": "It helps.", "review_on": REVIEW}
    with pytest.raises(Refused) as refused:
        determine(story, item, "approve", **given)
    assert (refused.value.code, story.stage()) == ("one_agency", "submitted")
    with story.database.write() as session:
        find_current(session, story.use_id).answers[0].text = "Something else altogether"
    with pytest.raises(Refused, match="the answers or their evidence changed"):
        determine(story, item, "reject")


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
