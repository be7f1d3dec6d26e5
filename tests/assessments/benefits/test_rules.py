"""Benefit evaluations without a database: counts that can be true, and when one is asked for."""

from datetime import UTC, date, datetime

import pytest

from assessments.benefits.rules import Benefit, check_benefit, check_until, is_due, sentences_of
from assessments.benefits.tables import BenefitEvaluation
from foundation.errors import Invalid
from registry.models.tables import Approval
from registry.models.values import PermissionStage

GIVEN = {
    "starts_on": date(2026, 1, 1),
    "ends_on": date(2026, 6, 30),
    "flagged": 100,
    "offered": 80,
    "taken_up": 8,
    "taken_up_had": 2,
    "compared": 90,
    "compared_had": 40,
    "outcome": "returned",
    "comparison": "Others.",
    "learned": "Much.",
}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"flagged": 79}, "offered"),
        ({"compared": 39}, "compared_had"),
        ({"taken_up_had": -1}, "taken_up_had"),
        ({"ends_on": date(2025, 12, 31)}, "ends_on"),
        ({"ends_on": date(2026, 12, 31)}, "ends_on"),
        ({"learned": ""}, "learned"),
    ],
)
def test_counts_and_days_that_cannot_be_true_are_refused(change: dict, field: str) -> None:
    check_benefit(Benefit(**GIVEN), date(2026, 11, 22))
    with pytest.raises(Invalid) as refused:
        check_benefit(Benefit(**{**GIVEN, **change}), date(2026, 11, 22))
    assert list(refused.value.problems) == [field]


def test_few_people_are_not_made_into_frequencies() -> None:
    said = sentences_of(BenefitEvaluation(**GIVEN))
    assert said[0] == "Of 100 people flagged, about 80 (71 to 87) were offered support (80 of 100)."
    assert said[2] == "Of 8 people who took it up, 2 returned: too few to say more."
    assert said[-1] == "Too few people to compare the two groups."


def approval(number: int, permission: str, year: int) -> Approval:
    return Approval(id=number, permission=permission, granted_at=datetime(year, 11, 1, 12, tzinfo=UTC))


SHADOW, FIRST, SECOND = approval(1, "shadow", 2024), approval(2, "operational", 2025), approval(3, "operational", 2026)
OPERATIONAL, PILOT = PermissionStage.OPERATIONAL, PermissionStage.PILOT


@pytest.mark.parametrize(
    ("approvals", "standing", "asked", "today", "after"),
    [
        ([SHADOW], SHADOW, OPERATIONAL, date(2026, 12, 1), None),
        ([SHADOW, FIRST], FIRST, PILOT, date(2026, 12, 1), None),
        ([SHADOW, FIRST], FIRST, OPERATIONAL, date(2025, 12, 1), FIRST),
        ([SHADOW, FIRST], None, OPERATIONAL, date(2026, 10, 31), None),
        ([SHADOW, FIRST], None, OPERATIONAL, date(2026, 11, 1), FIRST),
        ([SHADOW, FIRST, SECOND], SECOND, OPERATIONAL, date(2026, 12, 1), SECOND),
    ],
)
def test_an_evaluation_is_due_for_renewal_and_after_a_year(approvals, standing, asked, today, after) -> None:
    assert is_due(approvals, standing, asked, today) is after


@pytest.mark.parametrize(
    ("until", "impact_ends", "operated", "evaluated", "refused"),
    [
        (date(2026, 9, 1), None, [], [], None),
        (date(2026, 9, 2), date(2026, 9, 1), [], [], "1 September 2026: an impact assessment ends"),
        (date(2026, 11, 1), None, [FIRST], [], None),
        (date(2026, 11, 2), None, [FIRST], [], "until 1 November 2026 at most"),
        (date(2027, 11, 1), None, [FIRST], [date(2026, 5, 1)], None),
        (date(2027, 11, 1), None, [FIRST, SECOND], [date(2026, 5, 1)], "until 1 November 2026 at most"),
    ],
)
def test_an_approval_runs_no_longer_than_what_carries_it(until, impact_ends, operated, evaluated, refused) -> None:
    if refused is None:
        check_until(until, impact_ends, operated, evaluated)
        return
    with pytest.raises(Invalid, match=refused):
        check_until(until, impact_ends, operated, evaluated)
