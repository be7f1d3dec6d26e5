"""The share of labels that were made after a flag somebody had seen (R30)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from model_runtime.cohorts.tables import CohortViewing
from model_runtime.people.tables import Person
from model_runtime.scores.tables import Score, Viewing
from monitoring.outcomes.facts import count_loop, count_model_loop, tell_loop
from registry.models.queries import get_use
from tests.monitoring.conftest import SCORED_AT


@pytest.mark.parametrize(
    ("people", "flagged", "state"), [(9, 9, "none"), (10, 4, "good"), (10, 5, "amber"), (400, 399, "amber")]
)
def test_labels_that_follow_flags_are_doubted(people: int, flagged: int, state: str) -> None:
    told = tell_loop(people, flagged)
    assert (told.letter, told.state) == ("accuracy", state)
    if state != "none":
        assert f"Of {people} people recorded with the outcome, {flagged} had been seen as flagged" in told.text


def look(story, people, at) -> None:
    """A practitioner looks at every score of some people."""
    with story.database.write() as session:
        chosen = select(Score.id).join(Person).where(Person.reference.in_(people))
        by = story.cast.practitioner.account_id
        session.add_all(Viewing(score_id=number, by_id=by, at=at) for number in session.scalars(chosen))


def test_only_flags_that_were_seen_before_the_outcome_count(story, scored) -> None:
    """R30: of seven people with the outcome, four were flagged: two were seen before it, one after, one never."""
    lowest, highest = scored[:3], scored[-4:]
    people = story.give_scores([*lowest, *highest])
    shadowed = story.give_scores(highest[:1], shadow=True)
    look(story, [*people[:5], *shadowed], SCORED_AT)
    look(story, people[5:6], SCORED_AT + timedelta(days=1))
    story.record([*people, *shadowed], [*lowest, *highest, highest[0]], lambda _: True)
    with story.database.read() as session:
        use = get_use(session, story.use_id)
        assert count_loop(session, use) == count_model_loop(session, use.version.model) == (8, 2)


def test_a_flag_seen_in_a_run_over_many_counts_too(story, scored, run_over) -> None:
    """R30: whoever took out the whole file saw everybody in it."""
    people = story.give_scores(scored[:2])
    run_id = run_over(story, {people[0]: 0.99, people[1]: 0.01})
    story.record(people, scored[:2], lambda _: True)
    with story.database.write() as session:
        assert count_loop(session, get_use(session, story.use_id)) == (2, 0)
        by = story.cast.practitioner.account_id
        session.add(CohortViewing(run_id=run_id, place=None, what="csv", by_id=by, at=SCORED_AT))
        session.flush()
        assert count_loop(session, get_use(session, story.use_id)) == (2, 1)
