"""The committee at work on a real item."""

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from algocare.demo.assessing import assess, read_answers
from assessments.committee.papers import gather
from assessments.committee.queries import blind_tally, get_item, list_decided, list_open_items
from assessments.committee.service import open_item, put_again
from assessments.questionnaire.queries import get_assessment
from assessments.questionnaire.service import attach
from foundation.accounts.queries import get_account
from foundation.accounts.service import change_roles
from foundation.accounts.values import Role
from foundation.clock import london_date
from foundation.errors import Forbidden, Refused
from foundation.ledger.tables import LedgerEntry
from registry.models.queries import get_use

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


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
    draft, helper = story.answer(), story.cast.contributor
    with story.database.write() as session:
        note = {"text": "See there.", "upload_mib": 1, "at": clock.now()}
        attach(session, helper, get_assessment(session, draft), "ADV-1", "A note", **note)
        item = assess(session, story.cast.owner, get_use(session, story.use_id), [], clock.now()).id
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
        assert blind_tally(session, item, NOON.date()) is None
        papers = gather(session, story.cast.chair, item, quorum=3, today=london_date(clock.now()))
        assert (papers.cast, papers.tally, list(papers.votes), list(papers.leading)) == (3, None, [], [])
        cast_entries = session.scalars(select(LedgerEntry.body).where(LedgerEntry.kind == "vote_cast")).all()
        assert len(cast_entries) == 3
        assert not any(b"reject" in body or b"approve" in body for body in cast_entries)
    story.close(item_id)
    with story.database.read() as session:
        assert blind_tally(session, get_item(session, item_id), NOON.date()) == {"approve": 2, "reject": 1}


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


def at_once(count: int, work) -> list[str]:
    """What `work(number)` said in as many threads that begin together; a refusal says its code."""
    together, said = threading.Barrier(count), []

    def run(number: int) -> None:
        together.wait(60)
        try:
            said.append(work(number))
        except Refused as refused:
            said.append(refused.code)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return said


def test_of_fifty_votes_of_one_member_at_once_one_is_cast(story) -> None:
    item = story.submit()
    story.declare(story.cast.mina, item)

    def cast(number: int) -> str:
        story.vote(story.cast.mina, item, "approve" if number % 2 else "reject")
        return "cast"

    assert sorted(at_once(50, cast)) == ["cast"] + ["voted_already"] * 49


def test_of_fifty_who_close_and_vote_at_once_one_closes_and_every_vote_that_was_cast_counts(story) -> None:
    item_id = story.submit()
    story.vote_all(item_id, mina="approve", tom="approve", grace="approve")
    story.declare(story.cast.chair, item_id)

    def act(number: int) -> str:
        if number % 2:
            story.close(item_id)
            return "closed"
        story.vote(story.cast.chair, item_id, "approve")
        return "cast"

    said = at_once(50, act)
    assert said.count("closed") == 1
    assert set(said) <= {"closed", "cast", "vote_closed", "voted_already"}
    with story.database.read() as session:
        item = get_item(session, item_id)
        assert sorted(item.counted) == sorted(vote.member_id for vote in item.votes)
        assert len(item.votes) == 3 + said.count("cast")


def test_a_role_without_a_seat_votes_and_closes_nothing(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="approve", grace="approve")
    story.end_seat("chair")
    for attempt in (lambda: story.declare(story.cast.chair, item), lambda: story.close(item)):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.code == "no_seat"


def test_a_term_that_ends_during_the_vote_takes_its_vote_with_it(story) -> None:
    """The quorum is counted when the chair closes, and again by whoever asks the page (R10)."""
    item_id = story.submit()
    story.vote_all(item_id, mina="approve", tom="reject", grace="approve")
    story.end_seat("tom")
    with pytest.raises(Refused) as refused:
        story.close(item_id)
    assert refused.value.code == "quorum_lost"
    story.vote_all(item_id, chair="approve")
    story.close(item_id)
    with story.database.read() as session:
        item = get_item(session, item_id)
        assert blind_tally(session, item, NOON.date()) == {"approve": 3}
        assert story.cast.tom.account_id not in item.counted
        closed = session.scalars(select(LedgerEntry.body).where(LedgerEntry.kind == "vote_closed")).one()
        assert b'"lapsed":1' in closed
        papers = gather(session, story.cast.mina, item, quorum=3, today=NOON.date())
        assert [(vote.name, vote.counts) for vote in papers.votes if not vote.counts] == [("Tom Ashdown", False)]


def test_what_changed_is_put_before_the_committee_again_and_the_old_votes_stay_in_the_record(story) -> None:
    item_id = story.submit()
    story.vote_all(item_id, mina="approve", tom="approve", grace="approve")
    story.close(item_id)
    with story.database.write() as session, pytest.raises(Refused, match="Nothing has changed"):
        put_again(session, story.cast.chair, get_item(session, item_id), NOON)
    story.change_law()
    with pytest.raises(Refused) as refused:
        story.record(item_id, "approve")
    assert refused.value.code == "changed_since_vote"
    assert "the law it rests on" in refused.value.sentence
    with story.database.write() as session:
        again = put_again(session, story.cast.chair, get_item(session, item_id), NOON).id
    with story.database.read() as session:
        old, new = get_item(session, item_id), get_item(session, again)
        assert (old.stage, len(old.votes), new.stage, len(new.votes)) == ("dropped", 3, "open", 0)
        assert (new.title, new.assessment_id) == (old.title, old.assessment_id)
        assert new.law_sha256 != old.law_sha256
        assert [item.id for item in list_open_items(session)] == [again]
    story.vote_all(again, mina="reject", tom="reject", grace="approve")
    story.close(again)
    story.record(again, "reject", None)
    assert story.stage() == "rejected"


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
