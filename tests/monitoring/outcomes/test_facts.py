"""The share of labels that were made after a flag (R30)."""

import pytest

from monitoring.outcomes.facts import count_loop, tell_loop
from registry.models.queries import get_use


@pytest.mark.parametrize(
    ("people", "flagged", "state"), [(9, 9, "none"), (10, 4, "good"), (10, 5, "amber"), (400, 399, "amber")]
)
def test_labels_that_follow_flags_are_doubted(people: int, flagged: int, state: str) -> None:
    told = tell_loop(people, flagged)
    assert (told.letter, told.state) == ("accuracy", state)
    if state != "none":
        assert f"Of {people} people recorded with the outcome, {flagged} had been flagged" in told.text


def test_only_flags_before_the_record_count(story, scored, clock) -> None:
    lowest, highest = scored[:3], scored[-4:]
    rows = [*lowest, *highest]
    people = story.give_scores(rows)
    story.record(people, rows, lambda _: True)
    clock.advance(days=1)
    late = story.give_scores(highest[:1], clock.now())
    clock.advance(days=-1)
    story.record(late, highest[:1], lambda _: True)
    with story.database.read() as session:
        assert count_loop(session, get_use(session, story.use_id)) == (8, 4)
