"""What waits for whom, at every point of a use's way through the committee."""

from datetime import date, timedelta

from assessments.committee.queries import get_item
from assessments.decisions.queries import find_decision, get_condition, list_open_conditions, list_tasks
from assessments.decisions.referrals import ask_for_review
from assessments.decisions.service import answer_condition
from assessments.decisions.wording import decision_sentence
from assessments.questionnaire.service import start
from registry.models.queries import get_use


def waits(story, clock, *names: str) -> dict[str, list[str]]:
    """The tags of the tasks of some members of the cast."""
    with story.database.read() as session:
        return {
            name: [task.tag for task in list_tasks(session, getattr(story.cast, name), clock.now())] for name in names
        }


def test_a_draft_waits_for_those_who_can_answer_it(story, clock) -> None:
    with story.database.write() as session:
        start(session, story.cast.owner, get_use(session, story.use_id), clock.now())
    found = waits(story, clock, "owner", "deputy", "contributor", "mina", "chair", "auditor", "worker")
    assert {name for name, tags in found.items() if tags} == {"owner", "deputy", "contributor"}
    assert found["owner"] == ["Answers missing"]
    story.answer()
    assert waits(story, clock, "owner")["owner"] == ["Ready to submit"]


def test_members_declare_vote_and_are_done_and_the_chair_closes_and_records(story, clock) -> None:
    item = story.submit()
    assert waits(story, clock, "mina", "chair", "owner") == {
        "mina": ["Interest to declare"],
        "chair": ["Interest to declare"],
        "owner": [],
    }
    story.declare(story.cast.mina, item)
    assert waits(story, clock, "mina")["mina"] == ["Vote open"]
    story.vote(story.cast.mina, item, "approve")
    story.vote_all(item, tom="approve", grace="approve")
    assert waits(story, clock, "mina", "chair") == {"mina": [], "chair": ["Interest to declare", "Vote to close"]}
    story.close(item)
    assert waits(story, clock, "mina", "chair") == {"mina": [], "chair": ["Decision to record"]}
    story.record(item, "approve")
    assert waits(story, clock, "mina", "chair", "owner") == {"mina": [], "chair": [], "owner": []}


def test_what_the_committee_asked_for_waits_for_the_owner_until_a_new_round(story, clock) -> None:
    story.decide(story.submit(), "more_information")
    with story.database.read() as session:
        (task,) = list_tasks(session, story.cast.owner, clock.now())
    assert (task.tag, task.hint, task.since) == ("More asked", "Agreed.", clock.now())
    with story.database.write() as session:
        start(session, story.cast.owner, get_use(session, story.use_id), clock.now())
    assert waits(story, clock, "owner")["owner"] == ["Ready to submit"]


def test_a_condition_waits_for_the_owner_and_then_for_the_chair(story, clock) -> None:
    story.approve([("Write to families", date(2026, 12, 4))])
    assert waits(story, clock, "owner", "chair") == {"owner": ["Condition due"], "chair": []}
    clock.advance(days=13)
    assert waits(story, clock, "owner")["owner"] == ["Overdue"]
    with story.database.write() as session:
        condition, decision = get_condition(session, list_open_conditions(session, [story.use_id])[0].id)
        answer_condition(session, story.cast.owner, condition, decision, "Sent.", clock.now())
    assert waits(story, clock, "owner", "chair") == {"owner": [], "chair": ["Condition to check"]}


def test_a_renewed_approval_leaves_the_old_conditions_behind(story, clock) -> None:
    story.approve([("Write to families", clock.now().date() + timedelta(days=9))])
    with story.database.write() as session:
        item = ask_for_review(session, story.cast.owner, get_use(session, story.use_id), "Renew it", clock.now()).id
    story.decide(item, "approve")
    with story.database.read() as session:
        assert list_open_conditions(session, [story.use_id]) == []


def test_an_ending_approval_reminds_the_owner_until_a_review_is_asked_for(story, clock) -> None:
    story.approve()
    clock.advance(days=260)
    assert waits(story, clock, "owner")["owner"] == ["Review due"]
    clock.advance(days=60)
    assert waits(story, clock, "owner", "mina") == {"owner": ["Approval ended"], "mina": []}
    with story.database.write() as session:
        ask_for_review(session, story.cast.owner, get_use(session, story.use_id), "Renew it", clock.now())
    assert waits(story, clock, "owner")["owner"] == []


def test_a_decision_reads_like_minutes(story) -> None:
    item = story.submit()
    story.vote_all(item, mina="approve", tom="abstain", grace="approve")
    story.close(item)
    story.record(item, "approve")
    with story.database.read() as session:
        said = decision_sentence(find_decision(session, get_item(session, item).id))
    assert said == (
        "On 22 November 2026 the ethics committee approved this use in the shadow. "
        "2 votes to approve and 1 to abstain. "
        "The approval ends on 1 September 2027 unless the committee renews it."
    )
