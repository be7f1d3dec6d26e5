"""Plans, thresholds and what they are judged by, without a database."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from algocare.demo.preparing import make_plan
from assessments.validation.judging import describe_costs, describe_threshold, find_tested, judge
from assessments.validation.rules import (
    check_claimed,
    check_later,
    check_may_review,
    check_plan,
    check_reason,
    stood_before,
)
from assessments.validation.tables import SuccessPlan, UnmetReason, Validation, ValidationResult
from assessments.validation.values import Characteristic, LaterData, PlanContent, Threshold, TradeOff
from foundation.accounts.values import Actor, Role
from foundation.errors import Conflict, Forbidden, Invalid, Refused
from registry.evaluations.claims import read_claim
from registry.evaluations.intervals import Estimate
from registry.evaluations.report import GroupFigures
from registry.evaluations.values import Gap, Measures
from registry.models.tables import ModelVersion, RiskModel

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PLAN = make_plan(NOON)
TODAY = NOON.date()
UNSAID = TradeOff("Fairness", "", "One", "Olivia")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"thresholds": ()}, "threshold_1_measure"),
        ({"thresholds": (Threshold("luck", "at_least", 0.5),)}, "threshold_1_measure"),
        ({"thresholds": (Threshold("recall", "at_least", 1.2),)}, "threshold_1_value"),
        ({"thresholds": (Threshold("recall", "at_least", float("nan")),)}, "threshold_1_value"),
        ({"thresholds": (Threshold("recall", "at_least", -0.2),)}, "threshold_1_value"),
        ({"practice": " "}, "practice"),
        ({"cost_miss": ""}, "cost_miss"),
        ({"ratio": 0.0}, "ratio"),
        ({"ratio": float("inf")}, "ratio"),
        ({"agreed_on": date(2026, 11, 23)}, "agreed_on"),
        ({"trade_offs": ()}, "no_trade_off"),
        ({"trade_offs": (UNSAID,)}, "trade_off_1_options"),
        ({"label": "guess"}, "label"),
        ({"hides": ""}, "hides"),
        ({"tested": PLAN.tested[1:]}, "age_reason"),
        ({"tested": (Characteristic("age"), *PLAN.tested[1:])}, "age_reason"),
        ({"known": "x" * 4001}, "known"),
    ],
)
def test_a_plan_with_a_hole_is_refused_at_its_field(change: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_plan(replace(PLAN, **change), TODAY)
    assert list(refused.value.problems) == [field]


def test_a_whole_plan_is_taken_and_comes_back_as_it_was() -> None:
    check_plan(PLAN, TODAY)
    check_plan(replace(PLAN, thresholds=(Threshold("mcc", "at_least", -0.2),), label="direct", hides=""), TODAY)
    check_plan(replace(PLAN, trade_offs=(), no_trade_off="One threshold serves everybody alike."), TODAY)
    assert PlanContent.from_dict(PLAN.to_dict()) == PLAN


OVERALL = GroupFigures(Measures("", "", 1000, 150, 100, 150, 600), Estimate(0.8, 0.77, 0.83), None, None)
GAP = Gap("Sex", "miss_rate", 0.12, ("M", "F"), 0.02, 0.21)


@pytest.mark.parametrize(
    ("measure", "way", "value", "met", "clear"),
    [
        ("precision", "at_least", 0.5, True, True),
        ("precision", "at_least", 0.58, True, False),
        ("precision", "at_least", 0.62, False, False),
        ("precision", "at_least", 0.9, False, True),
        ("miss_rate", "at_most", 0.6, True, True),
        ("false_positive_rate", "at_most", 0.1, False, True),
        ("auc", "at_least", 0.7, True, True),
        ("mcc", "at_least", 0.3, True, True),
        ("gap_miss_rate", "at_most", 0.25, True, True),
        ("gap_miss_rate", "at_most", 0.1, False, False),
        ("gap_precision", "at_most", 0.1, None, False),
    ],
)
def test_a_threshold_is_met_by_the_figure_and_clear_by_its_interval(measure, way, value, met, clear) -> None:
    judged = judge(Threshold(measure, way, value), OVERALL, [GAP])
    assert (judged.met, judged.clear) == (met, clear), judged.sentence
    assert ("within what chance can explain" in judged.sentence) == (not clear and met is not None)


def test_sentences_are_made_from_counts() -> None:
    said = describe_threshold(OVERALL.measures, 0.4, "back")
    assert "flags about 25 of 100 people" in said
    assert "about 10 are flagged and are not" in said
    assert "about 15 are not flagged and are" in said
    assert "would be 0.25" in describe_costs(3, 0.4, "probability")
    groups = [Measures("sex", name, 100, 20, 20, 20, 40) for name in "FM"]
    small = [Measures("race", "A", 100, 20, 20, 20, 40), Measures("race", "B", 12, 3, 3, 3, 3)]
    assert find_tested([*groups, *small], ["sex", "race", "age"]) == ["sex"]


def later(number: int, plan: SuccessPlan | None, sha: str, start: str, end: str, at: int | None, people: int = 9):
    days = {"starts_on": date.fromisoformat(start), "ends_on": date.fromisoformat(end)}
    one = Validation(id=number, file_sha256=sha, plan=plan, **days)
    if at is not None:
        one.result = ValidationResult(computed_at=NOON.replace(hour=at), people=people, problem="", summary={})
    return one


def test_a_plan_counts_only_for_people_nothing_was_known_about() -> None:
    plan = SuccessPlan(made_at=NOON)
    fresh = later(9, plan, "f", "2026-01-01", "2026-06-30", None)
    assert stood_before(fresh, [fresh])
    assert not stood_before(later(9, None, "f", "2026-01-01", "2026-06-30", None), [])
    for known, counts in (
        (later(1, None, "f", "2020-01-01", "2020-02-01", 11), False),  # the same file
        (later(1, None, "g", "2026-06-30", "2026-07-30", 11), False),  # an overlapping time
        (later(1, None, "g", "2026-07-01", "2026-07-30", 11), True),  # another time
        (later(1, None, "g", "2026-06-30", "2026-07-30", 13), True),  # computed after the plan
        (later(1, None, "f", "2026-01-01", "2026-06-30", 11, people=0), True),  # nothing was measured
        (later(1, None, "f", "2026-01-01", "2026-06-30", None), True),  # not computed yet
    ):
        assert stood_before(fresh, [fresh, known]) == counts


def test_a_reason_is_given_once_and_only_for_what_was_not_met() -> None:
    plan = SuccessPlan(made_at=NOON)
    one = later(1, plan, "f", "2026-01-01", "2026-06-30", 13)
    one.result.summary = {"judged": [{"met": False}]}
    check_reason(one, "It only orders offers.")
    with pytest.raises(Invalid):
        check_reason(one, " ")
    one.reason = UnmetReason(text="Said.")
    with pytest.raises(Conflict):
        check_reason(one, "Again.")
    one.result.summary = {"judged": [{"met": True}]}
    with pytest.raises(Refused):
        check_reason(one, "Needless.")


def test_claims_need_a_source_a_figure_and_a_table_that_can_have_them() -> None:
    possible = [read_claim("precision", "0.4"), read_claim("recall", "0.5")]
    assert check_claimed("A paper", possible).possible
    for source, claims, field in (
        ("", possible, "source"),
        ("A paper", [], "precision"),
        ("A paper", [*possible, read_claim("mcc", "0.9")], "recall"),
    ):
        with pytest.raises(Invalid) as refused:
            check_claimed(source, claims)
        assert field in refused.value.problems


@pytest.mark.parametrize(
    ("kind", "evaluated", "code"),
    [
        ("supplied", None, "not_run_here"),
        ("point-score", None, "not_measured_here"),
        ("point-score", "0" * 64, "later_data"),
        ("scikit-learn", "0" * 64, "later_data"),
    ],
)
def test_only_what_runs_here_and_was_measured_is_validated(kind: str, evaluated: str | None, code: str) -> None:
    """R36: a point score like a fitted model; an empty file is refused after that."""
    version = ModelVersion(kind=kind, evaluation_sha256=evaluated)
    data = LaterData("later.csv", b"", "", date(2020, 1, 1), date(2021, 1, 1))
    with pytest.raises((Invalid, Refused)) as refused:
        check_later(data, version, "1" * 64, TODAY)
    assert refused.value.code == code


def test_nobody_reviews_their_own_figures() -> None:
    version = ModelVersion(model=RiskModel(owner_id=1, deputy_id=2))
    member = {number: Actor(number, "x", frozenset({Role.COMMITTEE_MEMBER})) for number in (1, 2, 3, 4)}
    check_may_review(member[4], version, entered_by=3)
    for actor in (member[1], member[2], member[3], Actor(5, "x", frozenset({Role.PRACTITIONER}))):
        with pytest.raises(Forbidden):
            check_may_review(actor, version, entered_by=3)
