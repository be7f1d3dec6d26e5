"""Changing how a use is watched: proposed by its owner, decided by the committee, and in no other way (R12)."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from assessments.committee.queries import get_item, list_open_items
from assessments.decisions.queries import find_decision, list_open_conditions
from assessments.decisions.referrals import ask_for_review
from assessments.decisions.service import decide_on_advice, record_advice, record_decision
from assessments.decisions.wording import decision_sentence
from assessments.proposals.service import propose_plan
from foundation.errors import Conflict, Forbidden, Invalid, Refused, Unavailable
from foundation.ledger.tables import LedgerEntry
from registry.models.queries import find_approval, get_use
from registry.models.service import suspend
from registry.watch_plans.measures import MEASURES
from registry.watch_plans.queries import find_proposed, get_plan, list_cadences, list_versions, plan_of
from registry.watch_plans.service import put_in_force
from registry.watch_plans.tables import PlanVersion
from registry.watch_plans.values import Limit

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=1)


def proposed(story, by=None, reason: str = "It swings.", at: datetime = NOON, **changes: object) -> int:
    """Propose the plan in force with some changes; the item's number."""
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        plan = replace(plan_of(session, use), **(changes or {"cadence": "weekly"}))
        return propose_plan(session, by or story.cast.owner, use, plan, reason, at).id


def in_force(story):
    with story.database.read() as session:
        return plan_of(session, get_use(session, story.use_id))


def stages(story) -> list[tuple[int, str]]:
    with story.database.read() as session:
        return [(one.number, one.stage) for one in list_versions(session, get_use(session, story.use_id))]


def test_a_plan_is_proposed_decided_and_in_force_from_then_on_and_nothing_else_changes(story) -> None:
    """R12, R40: the declared plan is number 1; the approval, its conditions and its last day stay untouched."""
    story.approve(conditions=[("Ask the people concerned.", date(2027, 1, 31))])
    first = in_force(story)
    with story.database.read() as session:
        before = find_approval(session, get_use(session, story.use_id))
    limits = (*first.thresholds, Limit("band_shift", 0.1, "refer"))
    item = proposed(story, cadence="weekly", window_days=None, window_people=200, thresholds=limits)
    assert in_force(story) == first, "nothing changes before the committee decided"
    assert stages(story) == [(2, "proposed")]
    story.decide(item, "adopt", review_on=None)
    plan = in_force(story)
    assert (plan.number, plan.cadence, plan.window_people, plan.thresholds) == (2, "weekly", 200, limits)
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        after = find_approval(session, use)
        assert (after.id, after.fingerprint, after.expires_on) == (before.id, before.fingerprint, before.expires_on)
        assert len(list_open_conditions(session, [use.id])) == 1, "the conditions of the approval still stand"
        decision = find_decision(session, item)
        assert (decision.outcome, decision.review_on) == ("adopt", None)
        assert "the ethics committee put watch plan 2 in force. 3 votes to put the proposed plan in force." in (
            decision_sentence(decision)
        )
        assert get_plan(session, use, 1) == first
        bodies = session.scalars(select(LedgerEntry.body).where(LedgerEntry.kind == "plan_proposed")).all()
        (facts,) = [json.loads(body)["facts"] for body in bodies]
        assert facts["sha256"] == list_versions(session, use)[0].sha256
    second = proposed(story, at=LATER, cadence="monthly")
    story.decide(second, "adopt", review_on=None)
    assert stages(story) == [(3, "in_force"), (2, "replaced")]
    assert in_force(story).window_people == 200, "a plan begins as the one in force"
    with story.database.read() as session:
        told = [cadence for _, cadence in list_cadences(session, get_use(session, story.use_id))]
    assert told == ["nightly", "weekly", "monthly"]


def test_the_committee_leaves_the_plan_as_it_is(story) -> None:
    story.approve()
    first, item = in_force(story), proposed(story)
    story.decide(item, "keep", review_on=None)
    assert in_force(story) == first
    assert stages(story) == [(2, "refused")]
    again = proposed(story)
    assert stages(story) == [(3, "proposed"), (2, "refused")], "a number is never used twice"
    with story.database.read() as session:
        assert get_item(session, again).plan.number == 3
        assert "left the watch plan as it is" in decision_sentence(find_decision(session, item))


def test_where_the_committee_advises_an_officer_decides_on_the_plan(story) -> None:
    """R09: departing from the advice takes reasons that everybody can read."""
    story.approve()
    item, given = proposed(story), {"at": NOON, "approval_months": 12, "review_on": None}
    story.vote_all(item, mina="adopt", tom="adopt", grace="keep")
    story.close(item)
    with story.database.write() as session:
        record_advice(session, story.cast.chair, get_item(session, item), outcome="adopt", reasons="Yes.", **given)
    assert stages(story) == [(2, "proposed")]
    with story.database.write() as session:
        told = {"outcome": "keep", "reasons": "No.", "published_reasons": "Weekly is too seldom."}
        decide_on_advice(session, story.cast.officer, get_item(session, item), **told, **given)
    assert stages(story) == [(2, "refused")]


def test_only_its_owner_proposes_with_a_reason_one_at_a_time_about_a_watched_use(story) -> None:
    with pytest.raises(Refused) as early:
        proposed(story)
    assert early.value.code == "not_watched"
    story.approve()
    for who in (story.cast.chair, story.cast.other_owner, story.cast.protector, story.cast.administrator):
        with pytest.raises(Forbidden):
            proposed(story, by=who)
    with pytest.raises(Invalid) as silent:
        proposed(story, reason="  ")
    assert "reason" in silent.value.problems
    with pytest.raises(Invalid, match="Nothing is different from plan 1"):
        proposed(story, cadence="nightly")
    proposed(story, by=story.cast.deputy)
    with pytest.raises(Conflict, match="Plan 2 waits for the committee already"):
        proposed(story)
    assert [number for number, _ in stages(story)] == [2]


def test_a_threshold_is_changed_in_no_other_way(story) -> None:
    """R12: neither a row written past the committee nor one changed after it is ever watched by."""
    story.approve()
    first, item = in_force(story), proposed(story, minimum_rows=20)
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        waiting = find_proposed(session, use)
        for who in (story.cast.owner, story.cast.administrator, story.cast.protector):
            with pytest.raises(Forbidden):
                put_in_force(session, who, waiting, "I say so.", NOON)
        with pytest.raises(Refused):
            record_decision(
                session, story.cast.chair, get_item(session, item), outcome="adopt", reasons="Now.", review_on=None,
                at=NOON, approval_months=12,
            )  # fmt: skip
    assert in_force(story) == first
    loosened = first.content() | {"thresholds": []}
    with story.database.write() as session:
        session.execute(update(PlanVersion).values(content=loosened))
    story.vote_all(item, mina="adopt", tom="adopt", grace="adopt")
    story.close(item)
    with pytest.raises(Refused) as changed:
        story.record(item, "adopt", None)
    assert changed.value.code == "changed_since_vote"
    with story.database.write() as session:
        session.execute(update(PlanVersion).values(stage="in_force"))
    with pytest.raises(Unavailable) as refused:
        in_force(story)
    assert refused.value.code == "plan_changed"


def test_a_proposal_keeps_no_review_waiting_and_ends_with_the_use(story) -> None:
    story.approve()
    item = proposed(story)
    with story.database.write() as session:
        suspend(session, story.cast.chair, get_use(session, story.use_id), "Stopped.", NOON)
    story.decide(item, "adopt", review_on=None)
    assert story.stage() == "suspended", "a plan lifts no suspension"
    proposed(story, cadence="monthly")
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        review = ask_for_review(session, story.cast.owner, use, "Its time may be over.", NOON).id
    story.decide(review, "retire", review_on=None)
    assert stages(story) == [(3, "withdrawn"), (2, "in_force")]
    with story.database.read() as session:
        assert list_open_items(session) == []
        assert session.scalar(select(func.count()).select_from(PlanVersion)) == 2


@pytest.mark.one_database
def test_the_pages_show_both_plans_side_by_side(story, visit) -> None:
    """R12: from the form to the committee's decision in the browser; everything typed wrong stands at its field."""
    story.approve()
    owner, address = visit(story.database, "model_owner"), f"/uses/{story.use_id}/watch-plan"
    page = owner.get(address).get_data(as_text=True)
    assert "Propose another plan" in page
    assert "No other plan was proposed" in page
    typed = {
        **{f"limit__{measure}__at": "" for measure in MEASURES},
        "cadence": "weekly",
        "window__days": "30",
        "minimum_rows": "30",
        "minimum_outcomes": "30",
        "stale_after_days": "45",
        "limit__score_drift__at": "0.1",
        "limit__score_drift__action": "suspend",
        "reason": "It is scored once a week.",
    }
    wrong = typed | {
        "window__people": "50",
        "limit__precision_floor__at": "40",
        "limit__precision_floor__action": "refer",
    }
    answer = owner.send(f"{address}/change", wrong)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "Give either days or people." in page
    assert "A limit on the share of flagged people who had the outcome is a number from 0.001 to 1." in page
    assert owner.send(f"{address}/change", typed | {"reason": ""}).status_code == 422
    assert owner.send(f"{address}/change", typed).status_code == 303
    with story.database.read() as session:
        (item,) = list_open_items(session)
        plan = item.plan.plan
        assert (plan.cadence, plan.thresholds) == ("weekly", (Limit("score_drift", 0.1, "suspend"),))
    member = visit(story.database, "committee_member")
    page = member.get(f"/committee/items/{item.id}").get_data(as_text=True)
    for wanted in ("Change of how it is watched", "Every night", "Every Monday", "Stricter", "Looser", "No limit"):
        assert wanted in page
    assert "It is approved only when a member from each votes for it" not in page
    assert member.send(f"{address}/change", typed).status_code == 403
    story.vote_all(item.id, mina="adopt", tom="adopt", grace="keep")
    story.close(item.id)
    chair = visit(story.database, "chair")
    page = chair.get(f"/committee/items/{item.id}").get_data(as_text=True)
    assert "Put the proposed plan in force" in page
    assert "Review date" not in page
    sent = {"outcome": "adopt", "reasons": "Weekly is enough."}
    answer = chair.send(f"/committee/items/{item.id}/decide", sent, page=f"/committee/items/{item.id}")
    assert answer.status_code == 302
    page = owner.get(address).get_data(as_text=True)
    assert "It is watched by plan 2" in page
    assert "In force" in page
    for path in ("/committee", f"/committee/items/{item.id}"):
        assert "put watch plan 2 in force" in member.get(path).get_data(as_text=True)
