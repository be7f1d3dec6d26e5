"""Who takes part, who votes and when a vote can be closed, checked on plain values."""

import pytest

from assessments.committee.rules import (
    check_choice,
    check_interest,
    check_may_close,
    check_may_declare,
    check_may_preside,
    check_may_put_again,
    check_may_vote,
    check_quorum,
    is_one_sided,
)
from assessments.committee.values import Changed, Choice, Sitting, Voter, choice_title
from foundation.accounts.values import Actor, Role
from foundation.errors import AlgocareError, Conflict, Forbidden, Invalid, Refused

MEMBER = Actor(1, "Member", frozenset({Role.COMMITTEE_MEMBER}))
CHAIR = Actor(2, "Chair", frozenset({Role.CHAIR}))
OWNER = Actor(3, "Owner", frozenset({Role.MODEL_OWNER}))


SEATS = {
    1: Voter("member", independent=True),
    2: Voter("chair"),
    4: Voter("member"),
    5: Voter("deputy"),
    6: Voter("co_opted", independent=True),
}


def sitting(**other) -> Sitting:
    given = {"stage": "open", "use_stage": "submitted", "barred": frozenset({3}), "declared": {1: "none"}, "votes": {}}
    given["seats"] = SEATS
    return Sitting(**{**given, **other})


def refusal(check, *arguments) -> AlgocareError:
    with pytest.raises(AlgocareError) as refused:
        check(*arguments)
    return refused.value


def test_a_member_who_declared_votes_once() -> None:
    check_may_vote(sitting(), MEMBER)
    check_may_vote(sitting(declared={1: "stayed"}), MEMBER)
    assert isinstance(refusal(check_may_vote, sitting(votes={1: "approve"}), MEMBER), Conflict)


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"declared": {}}, "interest_missing"),
        ({"declared": {1: "withdrew"}}, "withdrawn"),
        ({"stage": "closed"}, "vote_closed"),
        ({"stage": "decided"}, "vote_closed"),
        ({"barred": frozenset({1})}, "own_item"),
        ({"seats": {}}, "no_seat"),
        ({"seats": {1: Voter("co_opted")}}, "co_opted"),
    ],
)
def test_everything_else_keeps_a_member_from_voting(other, code) -> None:
    assert refusal(check_may_vote, sitting(**other), MEMBER).code == code


def test_owners_have_no_vote_and_no_declaration() -> None:
    assert isinstance(refusal(check_may_vote, sitting(), OWNER), Forbidden)
    assert isinstance(refusal(check_may_declare, sitting(), OWNER), Forbidden)


def test_somebody_who_answered_and_later_joined_the_committee_takes_no_part() -> None:
    joined = Actor(3, "Once a contributor", frozenset({Role.CHAIR}))
    for check in (check_may_declare, check_may_vote, check_may_preside):
        assert refusal(check, sitting(declared={3: "none"}), joined).code == "own_item"


def test_an_interest_is_declared_once_and_described() -> None:
    check_may_declare(sitting(declared={}), MEMBER)
    assert isinstance(refusal(check_may_declare, sitting(), MEMBER), Conflict)
    check_interest("none", "")
    assert "text" in refusal(check_interest, "stayed", " ").problems
    assert "declared" in refusal(check_interest, "perhaps", "").problems


def test_a_vote_is_for_something_possible_with_a_reason_where_it_asks_for_something() -> None:
    check_choice(sitting(), "approve", "")
    check_choice(sitting(), "abstain", "")
    assert "reason" in refusal(check_choice, sitting(), "reject", " ").problems
    assert "choice" in refusal(check_choice, sitting(), "suspend", "why").problems
    check_choice(sitting(use_stage="approved"), "suspend", "why")


@pytest.mark.parametrize("votes", [{}, {1: "approve"}, {1: "approve", 2: "approve"}])
def test_below_the_quorum_nothing_is_closed(votes) -> None:
    assert refusal(check_may_close, sitting(votes=votes), CHAIR, 3, 1).code == "below_quorum"


@pytest.mark.parametrize(
    ("voted", "code", "words"),
    [
        ([1, 2, 9], "quorum_lost", "The term of 1 member who voted has ended since, so 2 of the 3 votes"),
        ([1, 8, 9], "quorum_lost", "The terms of 2 members who voted have ended since"),
        ([1, 9], "below_quorum", "1 of the 3 votes that are needed"),
        ([1, 2, 6], "quorum_lost", ""),
        ([2, 4, 5], "independents_missing", "0 of the 3 votes come from independent members, and 1 is needed"),
    ],
)
def test_only_votes_of_members_who_sit_today_count_and_one_has_to_be_independent(voted, code, words) -> None:
    told = refusal(check_quorum, sitting(votes=dict.fromkeys(voted, "approve")), 3, 1)
    assert (told.code, words in told.sentence) == (code, True)
    check_quorum(sitting(votes=dict.fromkeys([1, 2, 4], "approve")), 3, 1)
    check_quorum(sitting(votes=dict.fromkeys([2, 4, 5], "approve")), 3, 0)


def test_a_vote_that_counted_at_the_close_counts_for_good_and_one_that_did_not_never_does() -> None:
    votes = {1: "approve", 9: "reject", 4: "approve"}
    closed = sitting(votes=votes, stage="closed", counted=frozenset({1, 4}), seats={})
    assert closed.tally == {"approve": 2}
    assert sitting(votes=votes, stage="closed", seats={}).tally == {"approve": 2, "reject": 1}
    assert sitting(votes=votes).tally == {"approve": 2}


def test_a_submission_about_a_use_that_runs_asks_for_the_next_stage() -> None:
    running = sitting(use_stage="approved", submission=True)
    assert (running.matter, Choice.REJECT in running.choices) == ("submitted", True)
    assert (sitting(use_stage="approved").matter, sitting().matter) == ("approved", "submitted")
    titles = [choice_title(Choice.APPROVE, running.matter, asked) for asked in ("shadow", "pilot", "operational", "")]
    assert titles == ["Permit a trial in the shadow", "Permit a pilot", "Permit operational use", "Approve"]
    assert choice_title(Choice.APPROVE_WITH_CONDITIONS, "submitted", "pilot") == "Permit a pilot, with conditions"
    assert choice_title(Choice.APPROVE, "suspended", "pilot") == "Reinstate it"
    assert choice_title(Choice.REJECT, "submitted", "pilot") == "Reject"


@pytest.mark.parametrize(
    ("votes", "brought", "voted_for", "is_so"),
    [
        ({1: "approve", 4: "approve"}, {"council", "police"}, {"council"}, True),
        ({1: "approve", 4: "approve"}, {"council", "police"}, {"council", "police"}, False),
        ({1: "approve", 4: "approve"}, {"council", "health"}, {"council"}, False),
        ({1: "approve", 4: "reject"}, {"council", "police"}, {"council"}, False),
        ({1: "reject"}, {"council", "police"}, set(), False),
        ({}, {"council", "police"}, set(), False),
    ],
)
def test_a_vote_for_an_approval_by_one_agency_alone_can_be_held_again(votes, brought, voted_for, is_so) -> None:
    closed = sitting(stage="closed", votes=votes)
    assert is_one_sided(closed, brought, voted_for) is is_so
    assert not is_one_sided(sitting(votes=votes), brought, voted_for)
    if is_so:
        check_may_put_again(closed, [], True, CHAIR)


def test_only_what_has_changed_is_put_before_the_committee_again() -> None:
    check_may_put_again(sitting(), [Changed.LAW], False, CHAIR)
    assert refusal(check_may_put_again, sitting(), [], False, CHAIR).code == "nothing_changed"
    assert refusal(check_may_put_again, sitting(stage="decided"), [Changed.LAW], False, CHAIR).code == "not_waiting"
    assert isinstance(refusal(check_may_put_again, sitting(), [Changed.LAW], False, MEMBER), Forbidden)


def test_who_abstained_counts_for_the_quorum_but_not_alone() -> None:
    check_quorum(sitting(votes={1: "abstain", 2: "abstain", 4: "reject"}), 3, 1)
    only = sitting(votes={1: "abstain", 2: "abstain", 4: "abstain"})
    assert refusal(check_quorum, only, 3, 1).code == "only_abstentions"


def test_only_a_chair_without_interest_presides() -> None:
    votes = {1: "approve", 4: "approve", 5: "approve"}
    check_may_close(sitting(votes=votes), CHAIR, 3, 1)
    assert isinstance(refusal(check_may_close, sitting(votes=votes), MEMBER, 3, 1), Forbidden)
    withdrew = sitting(votes=votes, declared={2: "withdrew"})
    assert isinstance(refusal(check_may_close, withdrew, CHAIR, 3, 1), Refused)
    assert isinstance(refusal(check_may_close, sitting(votes=votes, stage="closed"), CHAIR, 3, 1), Conflict)
    for seat in ({}, {2: Voter("member")}):
        assert refusal(check_may_preside, sitting(seats=seat), CHAIR).code == "no_seat"


def test_bad_choices_are_invalid_not_errors() -> None:
    assert isinstance(refusal(check_choice, sitting(), "perhaps", ""), Invalid)
