"""An outcome is matched to the newest score as it stood on the day it was observed (R13)."""

from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select

from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score
from monitoring.outcomes.tables import Outcome
from tests.monitoring.conftest import SCORED_AT
from tests.monitoring.outcomes.conftest import record_lines

DAY = timedelta(days=1)


def matched(story, reference: str) -> Outcome:
    """The newest outcome of somebody."""
    with story.database.read() as session:
        mine = select(Outcome).join(Person, Person.id == Outcome.person_id).where(Person.reference == reference)
        return session.scalars(mine.order_by(Outcome.id.desc())).first()


def scores_of(story, reference: str) -> list[Score]:
    """The scores of somebody, the oldest first."""
    with story.database.read() as session:
        chosen = select(Score).join(Person, Person.id == Score.person_id).where(Person.reference == reference)
        return list(session.scalars(chosen.order_by(Score.at)))


def test_a_later_score_never_matches(story, scored, run_over) -> None:
    """R13: of scores on 20 and 22 November, an outcome of the 21st is about the first; of the 19th about none.

    A run that finished later does not match either, although its facts were as of the days before.
    """
    high, low = scored[-1], scored[0]
    early, before = story.give_scores([high, high])
    story.score_again(early, low, SCORED_AT + 2 * DAY)
    run_over(story, {early: 0.1, before: 0.1}, at=SCORED_AT + 3 * DAY, as_of=date(2026, 11, 18))
    story.clock.set(SCORED_AT + 5 * DAY)
    record_lines(story, f"{early},yes,2026-11-21", f"{before},yes,2026-11-19")
    found = matched(story, early)
    assert (found.score_id, found.flagged) == (scores_of(story, early)[0].id, True)
    assert (matched(story, before).score_id, matched(story, before).flagged) == (None, None)
    record_lines(story, f"{early},no,2026-11-22")
    found = matched(story, early)
    assert (found.score_id, found.flagged) == (scores_of(story, early)[1].id, False)


def test_a_score_from_facts_of_a_later_day_never_matches(story, scored, run_over) -> None:
    """R13: what was given before but is as of a later day says nothing about the day."""
    person, *_ = story.give_scores(scored[:1], SCORED_AT - 3 * DAY)
    run_over(story, {person: 0.9}, at=SCORED_AT, as_of=date(2026, 11, 25))
    story.clock.set(SCORED_AT + 9 * DAY)
    record_lines(story, f"{person},yes,2026-11-24")
    assert matched(story, person).score_id == scores_of(story, person)[0].id
    record_lines(story, f"{person},yes,2026-11-25")
    assert matched(story, person).cohort_place == 0


def test_the_newest_of_single_scores_and_finished_runs_is_matched(story, scored, run_over) -> None:
    """R13: a run counts from when it finished; one that was withdrawn and one that left the person out never do."""
    first, second, third = story.give_scores(scored[:3])
    run_id = run_over(story, {"P-other": 0.2, first: 0.99, second: None}, at=SCORED_AT + DAY)
    run_over(story, {third: 0.99}, at=SCORED_AT + DAY, stage="withdrawn")
    story.clock.set(SCORED_AT + 5 * DAY)
    record_lines(story, f"{first},yes,2026-11-22", f"{second},no,2026-11-22", f"{third},no,2026-11-22")
    found = matched(story, first)
    assert (found.score_id, found.cohort_run_id, found.cohort_place, found.flagged) == (None, run_id, 1, True)
    for person in (second, third):
        assert matched(story, person).score_id == scores_of(story, person)[0].id


def test_the_day_is_one_in_london(story, scored) -> None:
    """R13: half past midnight in British summer time is the next day, although it is not in UTC."""
    person, *_ = story.give_scores(scored[:1], datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    record_lines(story, f"{person},yes,2026-07-01")
    assert matched(story, person).score_id is None
    record_lines(story, f"{person},yes,2026-07-02")
    assert matched(story, person).score_id is not None
