"""Which plan a watch follows, when it is due, and what its absence looks like (R12, R13)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from foundation.clock import LONDON
from monitoring.watches.jobs import run_nightly
from monitoring.watches.queries import get_run, list_due, list_holes, result_of
from monitoring.watches.rules import check_batch_is_its_own, find_holes, is_due, last_due, night
from registry.models.queries import get_use
from registry.watch_plans.queries import find_in_force, plan_of
from registry.watch_plans.service import propose, put_in_force
from registry.watch_plans.tables import PlanVersion
from registry.watch_plans.values import Limit

FIRST_NIGHT = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
SCORED_AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


def decided(story, at: datetime, **changes: object) -> None:
    """The committee puts another plan in force."""
    with story.database.write() as session:
        use = get_use(session, story.use_id)
        plan = replace(plan_of(session, use), **changes)
        put_in_force(session, story.cast.chair, propose(session, story.cast.owner, use, plan, "So.", at), "Yes.", at)


@pytest.mark.parametrize(
    ("cadence", "days"),
    [
        ("nightly", [date(2026, 11, day) for day in range(27, 31)] + [date(2026, 12, 1)]),
        ("weekly", [date(2026, 11, 30)]),
        ("monthly", [date(2026, 12, 1)]),
    ],
)
def test_a_watch_is_due_every_night_on_mondays_or_on_the_first(cadence: str, days: list[date]) -> None:
    span = [date(2026, 11, 27) + timedelta(days=each) for each in range(5)]
    assert [day for day in span if is_due(cadence, day)] == days
    now = datetime(2026, 12, 2, 2, 30, tzinfo=UTC)
    assert last_due(now, 2, cadence) == night(days[-1] if cadence != "nightly" else date(2026, 12, 1), 2)


@pytest.mark.parametrize("hour", [0, 1, 2, 3])
@pytest.mark.parametrize("change", [date(2026, 3, 29), date(2026, 10, 25)])
def test_summer_time_neither_makes_nor_hides_a_hole(change: date, hour: int) -> None:
    """R13: on the day clocks change there is one watch like on any other day, whatever its hour."""
    first, last = change - timedelta(days=2), change + timedelta(days=2)
    days = [first + timedelta(days=each) for each in range(5)]
    start = datetime(first.year, first.month, first.day, tzinfo=LONDON) - timedelta(hours=1)
    end = datetime(last.year, last.month, last.day, 12, tzinfo=LONDON)
    assert find_holes([], start, end, hour) == days
    assert find_holes(days, start, end, hour) == []
    assert find_holes([day for day in days if day != change], start, end, hour) == [change]
    mondays = [day for day in days if day.weekday() == 0]
    assert find_holes([], start, end, hour, lambda at: "weekly") == mondays
    assert len({night(day, hour).astimezone(UTC) for day in days}) == 5


def test_a_watch_follows_the_plan_in_force_and_an_earlier_one_keeps_its_own(story, scored) -> None:
    """R12, R13: the figures that were within the old limit breach the new one; the watch before stays what it was."""
    story.record(story.give_scores(scored), scored, lambda row: row.returned)
    (before,) = story.night(FIRST_NIGHT)
    assert (before.verdict, before.plan_number) == ("passed", 1), before.sentence
    decided(story, FIRST_NIGHT + timedelta(hours=8), thresholds=(Limit("precision_floor", 0.99, "refer"),))
    story.give_scores(scored[:1], FIRST_NIGHT + timedelta(hours=9))
    (after,) = story.night(FIRST_NIGHT + timedelta(days=1))
    result = result_of(after)
    assert (after.verdict, after.plan_number) == ("breached", 2)
    assert [(one.measure, one.limit) for one in result.breaches] == [("precision_floor", 0.99)]
    assert "version 1, model file " in result.deployment
    assert result.deployment.endswith(", watch plan 2.")
    decided(story, FIRST_NIGHT + timedelta(days=1, hours=8), minimum_rows=len(scored) + 9)
    (third,) = story.night(FIRST_NIGHT + timedelta(days=2))
    assert (result_of(third).batch.code, third.plan_number) == ("too_small", 3)
    with story.database.read() as session:
        kept = get_run(session, before.id)
        assert (kept.plan_number, kept.verdict) == (1, "passed")


def test_a_plan_that_was_changed_in_the_database_fails_the_watch(story, scored) -> None:
    """R12: a limit that nobody decided on is never watched by, and that is said."""
    story.give_scores(scored)
    decided(story, SCORED_AT, cadence="nightly", minimum_rows=20)
    with story.database.write() as session:
        loosened = find_in_force(session, get_use(session, story.use_id)).content | {"thresholds": []}
        session.execute(update(PlanVersion).values(content=loosened))
    (run,) = story.night(FIRST_NIGHT)
    assert run.verdict == "failed"
    assert "is not what the committee decided on" in run.sentence


def test_due_nights_and_holes_follow_the_plan_of_their_day(story, scored) -> None:
    """R12, R13: from the night a weekly plan is in force only Mondays are due, and only a missed Monday is a hole."""
    decided(story, datetime(2026, 11, 23, 9, tzinfo=UTC), cadence="weekly")  # a Monday
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        due = [day for day in range(22, 31) if list_due(session, datetime(2026, 11, day, 2, tzinfo=UTC))]
        assert due == [22, 23, 30]
        holes = list_holes(session, use, datetime(2026, 12, 1, 12, tzinfo=UTC), 2)
        assert holes == [date(2026, 11, day) for day in (21, 22, 23, 30)]
    story.give_scores(scored)
    story.clock.set(datetime(2026, 11, 25, 2, tzinfo=UTC))
    assert run_nightly(story.database, story.clock, story.engine, story.clock.now()) == []
    (run,) = story.night(datetime(2026, 11, 30, 2, tzinfo=UTC))
    assert run.verdict == "passed"


def test_scores_of_another_model_file_are_no_batch(story) -> None:
    """R13: a batch from a model that is not live fails the check."""
    with story.database.read() as session:
        version = get_use(session, story.use_id).version
    check_batch_is_its_own(version, {version.artefact_sha256})
    check_batch_is_its_own(version, set())
    with pytest.raises(Exception, match="given by a model file that is not live"):
        check_batch_is_its_own(version, {version.artefact_sha256, "f" * 64})
