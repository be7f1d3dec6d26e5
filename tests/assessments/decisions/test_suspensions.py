"""Suspensions: each is kept, decided on or lapses; an overdue critical condition makes one by itself."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assessments.committee.papers import gather
from assessments.committee.queries import list_open_items
from assessments.decisions.jobs import check_conditions
from assessments.decisions.queries import get_condition, list_open_conditions
from assessments.decisions.referrals import suspend_and_refer
from assessments.decisions.service import answer_condition, meet_condition
from assessments.decisions.suspensions import (
    keep_suspension,
    list_lapsing,
    list_suspensions,
    list_unsettled,
    settle_suspensions,
)
from assessments.decisions.values import NewCondition
from foundation.errors import Forbidden
from foundation.lifecycle.queries import find_last_change
from registry.models.queries import find_approval, get_use
from registry.models.service import suspend

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
OPENED = NOON + timedelta(hours=2)
CLOSED = NOON + timedelta(hours=4)


def stop(story, who: str, at: datetime = NOON) -> int:
    with story.database.write() as session:
        return suspend_and_refer(session, getattr(story.cast, who), get_use(session, story.use_id), "Doubt", at).id


def settle(story, who: str = "chair") -> list[str]:
    with story.database.write() as session:
        actor = getattr(story.cast, who)
        return [one.kind for one in settle_suspensions(session, actor, since=OPENED, at=CLOSED)]


@pytest.mark.parametrize(
    ("who", "kind"), [("chair", "chair"), ("officer", "officer"), ("protector", "protection"), ("deputy", "owner")]
)
@pytest.mark.one_database
def test_a_suspension_nobody_decided_on_lapses_when_the_meeting_is_closed(story, who, kind) -> None:
    story.approve()
    stop(story, who)
    with story.database.read() as session:
        assert [one.kind for one in list_lapsing(session, OPENED)] == [kind]
        papers = gather(session, story.cast.mina, list_open_items(session)[0], quorum=3, today=NOON.date())
        assert papers.suspension.kind == kind
    with pytest.raises(Forbidden):
        settle(story, "secretary")
    assert (settle(story), story.stage()) == ([kind], "approved")
    assert settle(story) == []
    with story.database.read() as session:
        (kept,) = list_suspensions(session, story.use_id)
        assert (kept.lapsed_at, kept.ratified_at, kept.lifted_at) == (CLOSED, None, None)
        assert find_last_change(session, "use", story.use_id).step == "lapse"
        assert len(list_open_items(session)) == 1


def test_what_was_decided_or_made_during_the_meeting_does_not_lapse(story) -> None:
    story.approve()
    item = stop(story, "officer")
    story.decide(item, "suspend", None)
    assert (settle(story), story.stage()) == ([], "suspended")
    with story.database.write() as session:
        (kept,) = list_suspensions(session, story.use_id)
        assert (kept.ratified_at, kept.item_id) == (NOON, item)
        assert list_unsettled(session) == []


def test_a_use_that_was_let_go_on_has_no_suspension_left_and_a_later_one_waits_for_the_next_meeting(story) -> None:
    story.approve()
    story.decide(stop(story, "officer"), "approve", date(2027, 3, 3))
    with story.database.read() as session:
        (kept,) = list_suspensions(session, story.use_id)
        assert (kept.lifted_at, kept.ratified_at) == (NOON, None)
    stop(story, "chair", OPENED + timedelta(minutes=5))
    assert (settle(story), story.stage()) == ([], "suspended")


@pytest.mark.one_database
def test_what_a_watch_stopped_never_lapses(story) -> None:
    """The committee set the limit with its approval: only a new item brings the use back (R12)."""
    story.approve()
    with story.database.write() as session:
        use, worker = get_use(session, story.use_id), story.cast.worker
        suspend(session, worker, use, "Precision fell.", NOON)
        keep_suspension(session, worker, use, kind="watch", reason="Precision fell.", at=NOON, item=None)
    assert (settle(story), story.stage()) == ([], "suspended")


def test_an_overdue_critical_condition_suspends_once_and_only_a_decision_lifts_it(story, clock) -> None:
    due = date(2026, 12, 4)
    story.approve([NewCondition("Agree the leaflet.", due, critical=True), NewCondition("Write to families", due)])
    clock.set(datetime(2026, 12, 4, 23, 0, tzinfo=UTC))
    assert (check_conditions(story.database, clock), story.stage()) == (0, "approved")
    assert lapses_on(story) == due
    clock.set(datetime(2026, 12, 5, 2, 0, tzinfo=UTC))
    assert (check_conditions(story.database, clock), story.stage()) == (1, "suspended")
    assert check_conditions(story.database, clock) == 0
    with story.database.read() as session:
        (item,) = list_open_items(session)
        (kept,) = list_suspensions(session, story.use_id)
        assert (kept.kind, kept.by_id, kept.item_id) == ("condition", None, item.id)
        assert "was due on 4 December 2026 and is not met: Agree the leaflet." in item.question
        assert list_lapsing(session, clock.now() + timedelta(days=9)) == []
    story.decide(item.id, "approve", date(2027, 3, 3))
    assert (check_conditions(story.database, clock), story.stage()) == (0, "approved")


@pytest.mark.one_database
def test_a_condition_that_is_met_or_not_critical_suspends_nothing(story, clock) -> None:
    due = date(2026, 12, 4)
    story.approve([NewCondition("Agree the leaflet", due, critical=True), NewCondition("Write to families", due)])
    with story.database.write() as session:
        first = next(one for one in list_open_conditions(session, [story.use_id]) if one.critical)
        condition, decision = get_condition(session, first.id)
        answer_condition(session, story.cast.owner, condition, decision, "Agreed.", NOON)
        assert lapses_on(story) == due
        meet_condition(session, story.cast.chair, condition, decision, NOON)
    assert lapses_on(story) is None
    clock.set(datetime(2026, 12, 20, 2, 0, tzinfo=UTC))
    assert (check_conditions(story.database, clock), story.stage()) == (0, "approved")


def lapses_on(story) -> date | None:
    """The day that the gate reads with the approval (R11)."""
    with story.database.read() as session:
        standing = find_approval(session, get_use(session, story.use_id))
        return standing.lapses_on if standing is not None else None
