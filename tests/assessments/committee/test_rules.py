"""Who takes part, who votes and when a vote can be closed, checked on plain values."""

import pytest

from assessments.committee.rules import (
    check_choice,
    check_interest,
    check_may_close,
    check_may_declare,
    check_may_preside,
    check_may_vote,
    check_quorum,
)
from assessments.committee.values import Sitting
from foundation.accounts.values import Actor, Role
from foundation.errors import AlgocareError, Conflict, Forbidden, Invalid, Refused

MEMBER = Actor(1, "Member", frozenset({Role.COMMITTEE_MEMBER}))
CHAIR = Actor(2, "Chair", frozenset({Role.CHAIR}))
OWNER = Actor(3, "Owner", frozenset({Role.MODEL_OWNER}))


def sitting(**other) -> Sitting:
    given = {"stage": "open", "use_stage": "submitted", "barred": frozenset({3}), "declared": {1: "none"}, "votes": {}}
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
    assert refusal(check_may_close, sitting(votes=votes), CHAIR, 3).code == "below_quorum"


def test_who_abstained_counts_for_the_quorum_but_not_alone() -> None:
    check_quorum(sitting(votes={1: "abstain", 2: "abstain", 4: "reject"}), 3)
    only = sitting(votes={1: "abstain", 2: "abstain", 4: "abstain"})
    assert refusal(check_quorum, only, 3).code == "only_abstentions"


def test_only_a_chair_without_interest_presides() -> None:
    votes = {1: "approve", 4: "approve", 5: "approve"}
    check_may_close(sitting(votes=votes), CHAIR, 3)
    assert isinstance(refusal(check_may_close, sitting(votes=votes), MEMBER, 3), Forbidden)
    withdrew = sitting(votes=votes, declared={2: "withdrew"})
    assert isinstance(refusal(check_may_close, withdrew, CHAIR, 3), Refused)
    assert isinstance(refusal(check_may_close, sitting(votes=votes, stage="closed"), CHAIR, 3), Conflict)


def test_bad_choices_are_invalid_not_errors() -> None:
    assert isinstance(refusal(check_choice, sitting(), "perhaps", ""), Invalid)
