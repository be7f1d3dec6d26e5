"""A watch plan: what a declaration says of it, how it reads, and what makes it stricter or looser."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from registry.declarations.parts import WatchPart
from registry.watch_plans.measures import MEASURES, RANGES
from registry.watch_plans.values import Limit, WatchPlan
from registry.watch_plans.wording import compare_plans, plan_lines

OLD = {
    "minimum_rows": 30,
    "stale_after_days": 45,
    "thresholds": [{"measure": "score_drift", "at": 0.2, "action": "refer"}],
}
"""The part `watch` as declarations of the first releases hold it."""


def test_an_old_declaration_is_watched_as_it_was_and_a_plan_is_kept_word_for_word() -> None:
    """R12: 30 days, every night, as many outcomes as rows, where a declaration says nothing else."""
    plan = WatchPlan.from_dict(OLD)
    assert plan == WatchPlan(1, 30, 30, 45, 30, None, "nightly", None, (Limit("score_drift", 0.2, "refer"),))
    other = replace(plan, number=2, window_days=None, window_people=500, cadence="weekly", capacity_per_week=12)
    assert WatchPlan.from_dict(other.content(), 2) == other
    assert WatchPlan.from_dict(WatchPart.model_validate(other.content()).model_dump(mode="json"), 2) == other
    assert plan.same_as(replace(plan, number=9))
    assert not plan.same_as(other)


def refused(**changes: object) -> dict[str, str]:
    with pytest.raises(ValidationError) as error:
        WatchPart.model_validate(OLD | changes)
    return {".".join(map(str, one["loc"])): one["msg"].removeprefix("Value error, ") for one in error.value.errors()}


@pytest.mark.parametrize("code", MEASURES)
def test_a_limit_lies_where_its_measure_can_lie(code: str) -> None:
    """R12: a limit nobody could ever pass, or everybody passes, is refused in a sentence."""
    low, high = RANGES[MEASURES[code].kind]
    for at in (low, high):
        limit = {"measure": code, "at": at, "action": "warn"}
        assert WatchPart.model_validate(OLD | {"capacity_per_week": 5, "thresholds": [limit]})
    for at in (low - 0.0001, high + 0.0001, 0, -1):
        problems = refused(capacity_per_week=5, thresholds=[{"measure": code, "at": at, "action": "warn"}])
        assert MEASURES[code].words in problems["thresholds.0.at"]


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"window": {"days": 7, "people": 50}}, "window.people", "give either days or people"),
        ({"window": {}}, "window.people", "give either days or people"),
        ({"window": {"people": 20}}, "window.people", "a window of so few people"),
        ({"window": {"days": 0}}, "window.days", "greater than or equal to 1"),
        ({"cadence": "daily"}, "cadence", "'nightly', 'weekly' or 'monthly'"),
        ({"capacity_per_week": 0}, "capacity_per_week", "greater than or equal to 1"),
        ({"minimum_outcomes": 3}, "minimum_outcomes", "greater than or equal to 10"),
        (
            {"thresholds": [{"measure": "flags_over_capacity", "at": 1, "action": "warn"}]},
            "thresholds.0.at",
            "say in capacity_per_week how many people a week staff can act on",
        ),
        (
            {"thresholds": [{"measure": "unseen_categories", "at": 1.5, "action": "warn"}]},
            "thresholds.0.at",
            "a whole number from 1 to 1000",
        ),
    ],
)
def test_what_cannot_be_watched_is_refused_at_its_place(changes: dict, place: str, said: str) -> None:
    assert said in refused(**changes)[place]


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        (Limit("score_drift", 0.2, "refer"), Limit("score_drift", 0.1, "refer"), "Stricter"),
        (Limit("score_drift", 0.2, "refer"), Limit("score_drift", 0.3, "refer"), "Looser"),
        (Limit("precision_floor", 0.4, "suspend"), Limit("precision_floor", 0.5, "suspend"), "Stricter"),
        (Limit("precision_floor", 0.4, "suspend"), Limit("precision_floor", 0.4, "warn"), "Looser"),
        (Limit("score_drift", 0.2, "refer"), Limit("score_drift", 0.3, "suspend"), "Both"),
        (Limit("score_drift", 0.2, "refer"), None, "Looser"),
        (None, Limit("score_drift", 0.2, "refer"), "Stricter"),
        (Limit("score_drift", 0.2, "refer"), Limit("score_drift", 0.2, "refer"), ""),
    ],
)
def test_a_changed_limit_says_whether_it_becomes_stricter(before, after, way) -> None:
    """R12: the committee reads which way a change goes; a floor becomes stricter when it rises."""
    one, other = (replace(WatchPlan.from_dict(OLD), thresholds=(x,) if x else ()) for x in (before, after))
    line = compare_plans(one, other)[-1]
    assert line.way == way
    assert line.changed == (before != after)


def test_a_plan_is_told_in_words() -> None:
    plan = replace(WatchPlan.from_dict(OLD), window_days=None, window_people=1200, cadence="monthly")
    told = {line.what: line.after for line in plan_lines(plan)}
    assert told["How often it is watched"] == "On the first of every month"
    assert told["Whom a watch looks at"] == "The 1,200 people scored last"
    assert told["People a week that staff can act on"] == "Nobody said"
    assert told["The scores have moved"].endswith(
        "(population stability index). The ethics committee is asked to look at it."
    )
