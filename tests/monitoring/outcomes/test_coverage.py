"""How much is known of the people a model scored, and how late it came (R13)."""

from datetime import UTC, date, datetime, timedelta

import pytest

from monitoring.outcomes.coverage import Coverage, Timing, list_months, measure_coverage
from monitoring.outcomes.wording import tell_coverage, tell_timing
from registry.models.queries import get_model
from tests.monitoring.outcomes.conftest import record_lines

APRIL = datetime(2026, 4, 10, 12, 0, tzinfo=UTC)


def test_coverage_is_counted_by_the_month_people_were_scored(story, scored, run_over) -> None:
    """R13: single scores and finished runs, a person once in a month; late, corrected and conflicting beside it."""
    early = story.give_scores(scored[:4], APRIL)
    story.score_again(early[0], scored[0], APRIL + timedelta(days=1))
    late = story.give_scores(scored[:1], datetime(2026, 6, 30, 23, 30, tzinfo=UTC))
    run_over(story, {early[3]: 0.4, late[0]: None, "P-unknown": 0.2}, at=APRIL + timedelta(days=30))
    run_over(story, {late[0]: 0.4}, at=APRIL + timedelta(days=30), stage="failed")
    story.clock.set(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    record_lines(story, f"{early[0]},yes,2026-04-20", f"{early[1]},no,2026-11-20", f"{early[2]},no,2026-11-20")
    record_lines(story, f"{early[2]},yes,2026-11-20", f"{early[3]},no,2026-04-30", f"{late[0]},no,2026-06-01")
    heading = "person,happened,observed_on,correction,reason"
    record_lines(story, f"{early[1]},yes,2026-11-20,yes,Found later.", heading=heading)
    with story.database.read() as session:
        found = measure_coverage(session, get_model(session, "return-to-custody"), story.clock.now())
    assert (found.scored, found.long_ago, found.long_ago_known, found.conflicts) == (5, 4, 3, 1)
    months = {one.starts_on: (one.scored, one.known) for one in found.months}
    assert {day: counts for day, counts in months.items() if counts[0]} == {
        date(2026, 7, 1): (1, 0),
        date(2026, 5, 1): (1, 0),
        date(2026, 4, 1): (4, 3),
    }
    assert (len(months), found.months[0].starts_on) == (8, date(2026, 11, 1))
    assert (found.timing.people, found.timing.late, found.timing.corrected) == (4, 3, 1)
    assert found.timing.score_to_observed == 20
    assert tell_coverage(found) == "Of 4 people scored more than 6 months ago, what happened is known for 3 (75%)."


def test_nothing_known_is_said_as_such(registered, clock) -> None:
    """R13: too early is never fine."""
    with registered.read() as session:
        found = measure_coverage(session, get_model(session, "return-to-custody"), clock.now())
    assert (found.scored, found.share, list(found.months)) == (0, None, [])
    assert "Nobody has been scored yet" in tell_coverage(found)
    assert "no watch can say" in tell_timing(found.timing)[0]


@pytest.mark.one_database
def test_months_and_sentences() -> None:
    """R13: months are counted back over the year; figures are said with their words."""
    assert list_months(date(2027, 1, 31), 3) == [date(2027, 1, 1), date(2026, 12, 1), date(2026, 11, 1)]
    timing = Timing(1204, 45.5, 1, 1000, 3)
    assert "too early" in tell_coverage(Coverage(1, 0, 0, (), timing, 0))
    assert tell_timing(timing)[:3] == [
        "An outcome counts for 1,204 people.",
        "It was observed 45.5 days after the score (median).",
        "It was recorded here 1 day after that (median).",
    ]
