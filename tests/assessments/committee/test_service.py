"""The committee at work on a real item."""

import threading

import pytest
from sqlalchemy import select

from algocare.demo.assessing import assess, read_answers
from assessments.committee.papers import gather
from assessments.committee.queries import blind_tally, get_item, list_decided, list_open_items
from assessments.committee.service import open_item
from foundation.accounts.queries import get_account
from foundation.accounts.service import change_roles
from foundation.accounts.values import Role
from foundation.clock import london_date
from foundation.errors import Conflict, Forbidden, Refused
from foundation.ledger.tables import LedgerEntry
from registry.models.queries import get_use


def test_a_submission_waits_on_the_agenda(story) -> None:
    item_id = story.submit()
    with story.database.read() as session:
        (item,) = list_open_items(session)
        assert (item.id, item.kind, item.stage) == (item_id, "submission", "open")
        assert "Return to custody, version 1" in item.question
        assert len(item.fingerprint) == 64
        assert list_decided(session) == []


@pytest.mark.parametrize("who", ["owner", "deputy", "contributor", "officer", "auditor"])
def test_nobody_outside_the_committee_votes(story, who) -> None:
    item = story.submit()
    with pytest.raises(Forbidden):
        story.vote(getattr(story.cast, who), item, "approve")


def test_a_contributor_who_answered_and_later_joined_the_committee_does_not_vote(story, clock) -> None:
    story.cast.owner, owner = story.cast.contributor, story.cast.owner
    story.answer()
    story.cast.owner = owner
    with story.database.write() as session:
        item = assess(session, owner, get_use(session, story.use_id), [], clock.now()).id
        account = get_account(session, story.cast.contributor.account_id)
        change_roles(session, story.cast.administrator, account, {Role.COMMITTEE_MEMBER}, clock.now())
    with story.database.read() as session:
        joined = get_account(session, story.cast.contributor.account_id).actor()
    with pytest.raises(Forbidden, match="answered its assessment"):
        story.declare(joined, item)


def test_votes_are_blind_until_the_chair_closes(story, clock) -> None:
    item_id = story.submit()
    story.vote_all(item_id, mina="approve", tom="reject", grace="approve")
    with story.database.read() as session:
        item = get_item(session, item_id)
        assert blind_tally(session, item) is None
        papers = gather(session, story.cast.chair, item, quorum=3, today=london_date(clock.now()))
        assert (papers.cast, papers.tally, list(papers.votes), list(papers.leading)) == (3, None, [], [])
        cast_entries = session.scalars(select(LedgerEntry.body).where(LedgerEntry.kind == "vote_cast")).all()
        assert len(cast_entries) == 3
        assert not any(b"reject" in body or b"approve" in body for body in cast_entries)
    story.close(item_id)
    with story.database.read() as session:
        assert blind_tally(session, get_item(session, item_id)) == {"approve": 2, "reject": 1}


def test_below_quorum_nothing_is_closed(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve")
    with pytest.raises(Refused) as refused:
        story.close(item)
    assert refused.value.code == "below_quorum"
    story.vote_all(item, grace="abstain")
    story.close(item)


def test_who_withdrew_does_not_vote_and_who_declared_nothing_neither(story) -> None:
    item = story.submit()
    story.declare(story.cast.tom, item, "withdrew", "My brother built it.")
    for who in (story.cast.tom, story.cast.grace):
        with pytest.raises(Refused):
            story.vote(who, item, "approve")


def test_a_vote_after_closing_is_refused(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.declare(story.cast.chair, item)
    story.close(item)
    with pytest.raises(Refused, match="closed"):
        story.vote(story.cast.chair, item, "reject")


def test_two_votes_of_one_member_at_once_leave_one(story) -> None:
    item = story.submit()
    story.declare(story.cast.mina, item)
    together, results = threading.Barrier(2), []

    def cast(choice: str) -> None:
        together.wait(20)
        try:
            story.vote(story.cast.mina, item, choice)
            results.append("cast")
        except Conflict:
            results.append("conflict")

    threads = [threading.Thread(target=cast, args=(choice,)) for choice in ("approve", "reject")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["cast", "conflict"]


def test_the_worker_can_put_a_breach_on_the_agenda(story, clock) -> None:
    story.approve()
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        item = open_item(
            session,
            use,
            kind="breach",
            title="Precision fell",
            question="A watch found that fewer flags were right than was agreed.",
            at=clock.now(),
            actor=story.cast.worker,
        )
        item_id = item.id
    story.decide(item_id, "suspend", None)
    assert story.stage() == "suspended"


def test_the_next_round_shows_what_changed(story, clock) -> None:
    story.decide(story.submit(), "more_information")
    changed = [dict(given, evidence=[]) for given in read_answers()]
    changed[0]["text"] = "Nothing at all happens without a practitioner."
    with story.database.write() as session:
        item = assess(session, story.cast.owner, get_use(session, story.use_id), changed, clock.now())
        item_id = item.id
    with story.database.read() as session:
        item = get_item(session, item_id)
        papers = gather(session, story.cast.mina, item, quorum=3, today=london_date(clock.now()))
    assert [change.code for change in papers.changes] == ["ADV-1"]
    assert "Nothing at all" in papers.changes[0].now
    assert len(papers.earlier) == 1
