"""What a decision needs, checked on plain values."""

from datetime import date

import pytest

from assessments.committee.rules import leading_outcomes
from assessments.committee.values import Sitting
from assessments.decisions.rules import check_decision
from assessments.decisions.values import NewCondition, Proposal
from foundation.errors import Invalid

TODAY, REVIEW, DUE = date(2026, 11, 22), date(2027, 9, 1), date(2026, 12, 4)
GOOD = NewCondition("Agree the leaflet", DUE)


def check(votes, outcome, *, review_on=REVIEW, reasons="Because", conditions=(), use_stage="submitted") -> None:
    cast = dict(enumerate(votes, start=1))
    sitting = Sitting("closed", use_stage, frozenset(), dict.fromkeys(cast, "none"), cast)
    check_decision(sitting, Proposal(outcome, reasons, review_on, tuple(conditions)), TODAY, 12)


def test_a_sound_approval_and_a_sound_conditional_one_pass() -> None:
    check(["approve", "approve", "reject"], "approve")
    check(["approve_with_conditions"], "approve_with_conditions", conditions=[GOOD])
    check(["approve"], "approve", review_on=date(2027, 11, 22))


@pytest.mark.parametrize(
    ("review_on", "sentence"),
    [(None, "Enter the day"), (TODAY, "after today"), (date(2028, 6, 1), "at most 12 months")],
)
def test_an_approval_ends_on_a_sound_review_date(review_on, sentence) -> None:
    with pytest.raises(Invalid, match=sentence) as refused:
        check(["approve"], "approve", review_on=review_on)
    assert "review_on" in refused.value.problems


def test_what_is_no_approval_needs_no_review_date() -> None:
    check(["reject"], "reject", review_on=None)
    check(["retire"], "retire", review_on=None, use_stage="suspended")


@pytest.mark.parametrize(
    ("outcome", "conditions", "field"),
    [
        ("approve_with_conditions", [], "condition_1_text"),
        ("approve_with_conditions", [NewCondition("  ", DUE)], "condition_1_text"),
        ("approve_with_conditions", [GOOD, NewCondition("After the review", date(2027, 9, 2))], "condition_2_due"),
        ("approve_with_conditions", [NewCondition("Due today", TODAY)], "condition_1_due"),
        ("approve_with_conditions", [NewCondition("Odd duty", DUE, "kindness")], "condition_1_duty"),
        ("approve", [GOOD], "condition_1_text"),
    ],
)
def test_conditions_have_a_text_a_day_a_duty_and_the_right_outcome(outcome, conditions, field) -> None:
    with pytest.raises(Invalid) as refused:
        check([outcome], outcome, conditions=conditions)
    assert list(refused.value.problems) == [field]


def test_reasons_are_needed() -> None:
    with pytest.raises(Invalid) as refused:
        check(["reject"], "reject", reasons=" ")
    assert "reasons" in refused.value.problems


@pytest.mark.parametrize(
    ("stage", "outcome"),
    [("submitted", "suspend"), ("approved", "reject"), ("submitted", "abstain"), ("retired", "approve")],
)
def test_an_outcome_the_use_cannot_take_is_refused_even_with_every_vote(stage, outcome) -> None:
    with pytest.raises(Invalid, match="possible for this item"):
        check([outcome, outcome, outcome], outcome, use_stage=stage)


def test_abstentions_lead_nowhere() -> None:
    assert leading_outcomes({"abstain": 3, "reject": 1}) == ("reject",)
    assert leading_outcomes({"approve": 2, "reject": 2, "abstain": 1}) == ("approve", "reject")
    assert leading_outcomes({"abstain": 3}) == ()
